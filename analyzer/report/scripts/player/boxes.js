// Boxes of the people in a picture: where they are between samples, and which lies under a point.
//
// A box is [x, y, width, height] in px of the recording.
import { lastBefore, nearest } from "../common/spans.js";

const REACH_S = 0.35; // a box is shown this long around its sample
const BRIDGE_S = 1.1; // between samples closer than this a box moves in a straight line

/** @typedef {[number, number, number, number]} Box */

/**
 * Return the box at t, moved along between its neighbours; null where nothing was seen.
 * @param {number[]} times ascending
 * @param {(Box | null)[]} boxes one for each time
 * @param {number} t
 * @returns {Box | null}
 */
export function boxAt(times, boxes, t) {
  const before = lastBefore(times, t);
  const after = before + 1;
  const a = before >= 0 ? boxes[before] : null;
  const b = after < times.length ? boxes[after] : null;
  if (a && b && times[after] - times[before] <= BRIDGE_S) {
    const share = (t - times[before]) / (times[after] - times[before]);
    const between = a.map((value, i) => value + (b[i] - value) * share);
    return /** @type {Box} */ (between);
  }
  if (a && t - times[before] <= REACH_S) return a;
  if (b && times[after] - t <= REACH_S) return b;
  return null;
}

/**
 * Return the tracks to be seen at t: their boxes and what was told of each at the nearest sample.
 * @param {Record<string, any>} tracks by name, as a file of boxes holds them
 * @param {number} t
 */
export function seenAt(tracks, t) {
  return Object.entries(tracks).flatMap(([name, { t: times, face, body, said }]) => {
    const seen = { name, face: boxAt(times, face, t), body: boxAt(times, body, t) };
    return seen.face || seen.body ? [{ ...seen, said: said[nearest(times, t)] }] : [];
  });
}

/** Return the name of the track under a point, that of the smallest box; null where none is. */
export function hit(seen, x, y) {
  const holds = ([left, top, w, h]) => x >= left && x <= left + w && y >= top && y <= top + h;
  let best = null;
  let least = Number.POSITIVE_INFINITY;
  for (const { name, face, body } of seen) {
    for (const box of [face, body]) {
      if (!box || !holds(box) || box[2] * box[3] >= least) continue;
      best = name;
      least = box[2] * box[3];
    }
  }
  return best;
}

/**
 * Return where a picture lies inside a frame that keeps its shape.
 * @param {{width: number, height: number}} frame px of the screen
 * @param {number} width of the picture
 * @param {number} height of the picture
 */
export function placeIn(frame, width, height) {
  const scale = Math.min(frame.width / width, frame.height / height);
  return {
    scale,
    left: (frame.width - width * scale) / 2,
    top: (frame.height - height * scale) / 2,
  };
}
