// Address of a moment on a video page: which track, which time, and whether to play.

/** Read the part of an address after "#"; the track is null and the time NaN where not named. */
export function readAddress(hash) {
  const wish = new URLSearchParams(hash.replace(/^#/, ""));
  const t = Number.parseFloat(wish.get("t") ?? "");
  return { track: wish.get("track"), t, play: Boolean(wish.get("play")) };
}

/** Write the address of a track at a time after the address of its page. */
export function addressOf(page, track, t) {
  return `${page}track=${track}&t=${t.toFixed(3)}`;
}
