// Time axis shared by all charts of a page: its margins, the window of time it shows, and places.

/** A wall screen: everything half as large again. */
export const WIDE = globalThis.innerWidth >= 2800;
export const LEFT = WIDE ? 276 : 184; // px; names of lanes stand here
export const RIGHT = 12;
export const SHORTEST_S = 0.4; // a narrower window shows less than two samples

/** @typedef {[number, number]} Range seconds, from and to */

/** Return the place of time t in px on a chart of this width. */
export function xOf(t, [a, b], width) {
  return LEFT + ((t - a) / (b - a)) * (width - LEFT - RIGHT);
}

/** Return the time at a share of the window; shares outside it are its ends. */
export function timeAt(share, [a, b]) {
  return a + Math.min(1, Math.max(0, share)) * (b - a);
}

/**
 * Return the window from a to b, not narrower than SHORTEST_S and inside the video.
 * @returns {Range}
 */
export function windowOf(a, b, duration) {
  const missing = Math.max(0, SHORTEST_S - (b - a)) / 2;
  return [Math.max(0, a - missing), Math.min(duration, b + missing)];
}

/** Return the window scaled about a time that keeps its place. */
export function scaled([a, b], factor, about) {
  return [about - (about - a) * factor, about + (b - about) * factor];
}

/** Return the window of the same length moved so that t lies inside, near the edge it left by. */
export function movedTo(t, [a, b]) {
  if (t >= a && t <= b) return [a, b];
  const length = b - a;
  const margin = length * 0.05;
  const start = Math.max(0, t < a ? t - margin : t + margin - length);
  return [start, start + length];
}

/** Return how many ticks stand side by side: the longest is 00:00:00.000. */
export function ticksOn(width) {
  return Math.max(2, Math.min(12, Math.floor((width - LEFT - RIGHT) / (WIDE ? 150 : 90))));
}
