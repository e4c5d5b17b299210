// Address of a choice of events: what is wished for stands behind "events" in it.

/** @typedef {{kind: string, place: string, words: string, order: string}} WallWish */

/** @type {WallWish} */
export const EVERY_EVENT = { kind: "all", place: "", words: "", order: "level" };

const KEYS = /** @type {(keyof WallWish)[]} */ (Object.keys(EVERY_EVENT));
const MARK = "events";

const parametersOf = (hash) => new URLSearchParams(hash.replace(/^#/, ""));

/**
 * Read the part of an address after "#"; null where it does not speak of events.
 * @param {string} hash
 * @returns {WallWish | null}
 */
export function readWall(hash) {
  const found = parametersOf(hash);
  if (!found.has(MARK)) return null;
  const wish = { ...EVERY_EVENT };
  for (const key of KEYS) wish[key] = found.get(key) || EVERY_EVENT[key];
  return wish;
}

/** Return the part of an address that speaks of events, from its "&" on; "" where none does. */
export function wallPart(hash) {
  const wish = readWall(hash);
  return wish ? partOf(wish) : "";
}

/**
 * Write the part of an address from "#" on; page, track and time stay in it.
 * @param {string} hash of now
 * @param {WallWish} wish
 */
export function writeWall(hash, wish) {
  const found = parametersOf(hash);
  const kept = ["page", "track", "t"].filter((key) => found.has(key));
  const before = kept.map((key) => `${key}=${encodeURIComponent(found.get(key) ?? "")}`).join("&");
  return `#${before}${partOf(wish).slice(before ? 0 : 1)}`;
}

/** @param {WallWish} wish */
function partOf(wish) {
  const wishes = KEYS.filter((key) => wish[key] !== EVERY_EVENT[key]);
  const words = wishes.map((key) => `&${key}=${encodeURIComponent(wish[key])}`);
  return `&${MARK}${words.join("")}`;
}
