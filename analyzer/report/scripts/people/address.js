// Address of a choice of people: what is wished for stands behind "people" in it.
import { EVERYBODY } from "./filter.js";

/** @import { Wish } from "./data.js" */

const KEYS = /** @type {(keyof Wish)[]} */ (Object.keys(EVERYBODY));

/**
 * Read the part of an address after "#"; null where it does not speak of people.
 * @param {string} hash
 * @returns {Wish | null}
 */
export function readWish(hash) {
  const found = new URLSearchParams(hash.replace(/^#/, ""));
  if (!found.has("people")) return null;
  const wish = { ...EVERYBODY };
  for (const key of KEYS) wish[key] = found.get(key) ?? "";
  return wish;
}

/**
 * Write the part of an address from "#" on; in a report of one file it names the page as well.
 * @param {string} hash of now
 * @param {Wish} wish
 */
export function writeWish(hash, wish) {
  const page = new URLSearchParams(hash.replace(/^#/, "")).get("page");
  const wishes = KEYS.filter((key) => wish[key]);
  const words = wishes.map((key) => `&${key}=${encodeURIComponent(wish[key])}`).join("");
  return `#${page ? `page=${page}&` : ""}people${words}`;
}
