// Places of labels beside boxes: none covers another, whatever the crowd.

/** @typedef {import("./boxes.js").Box} Box */

/**
 * @typedef {object} Wish
 * @property {string} name of the track
 * @property {Box} box px of the screen
 * @property {string[]} texts from the longest that may stand there to the shortest
 */

/** @typedef {{name: string, text: string, x: number, y: number, w: number, h: number}} Label */

/**
 * Return the labels that have room. The first wish gets its longest text. All others get their
 * shortest, and then the longest for which there is still room: in a crowd many short labels tell
 * more than few long ones. A box whose spots are all taken stays without a label.
 * @param {Wish[]} wishes the most important first
 * @param {object} room
 * @param {number} room.width px of the frame
 * @param {number} room.height px of the frame
 * @param {number} room.high px of one label
 * @param {(text: string) => number} widthOf a label with this text, px
 * @returns {Label[]}
 */
export function placeLabels(wishes, room, widthOf) {
  /** @type {Label[]} */
  const placed = [];
  const free = (label, own) => !placed.some((other) => other !== own && covers(label, other));
  /** @param {Wish} wish @param {string[]} texts @param {Label | null} own */
  const find = (wish, texts, own = null) =>
    texts.flatMap((text) => labels(wish, text, room, widthOf)).find((label) => free(label, own));
  for (const [place, wish] of wishes.entries()) {
    const label = find(wish, place ? wish.texts.slice(-1) : wish.texts);
    if (label) placed.push(label);
  }
  for (const [place, own] of placed.entries()) {
    const wish = /** @type {Wish} */ (wishes.find(({ name }) => name === own.name));
    placed[place] = find(wish, wish.texts.slice(0, -1), own) ?? own;
  }
  return placed;
}

/**
 * Return a label at each of its spots, moved into the frame.
 * @param {Wish} wish
 * @param {string} text
 * @param {{width: number, height: number, high: number}} room
 * @param {(text: string) => number} widthOf
 * @returns {Label[]}
 */
function labels({ name, box }, text, { width, height, high }, widthOf) {
  const w = widthOf(text);
  return spots(box, w, high).map(([x, y]) => ({
    name,
    text,
    x: Math.max(0, Math.min(x, width - w)),
    y: Math.max(0, Math.min(y, height - high)),
    w,
    h: high,
  }));
}

/** Above, below and inside a box, from its left edge; above from its right edge. */
function spots([x, y, w, h], wide, high) {
  const right = x + w - wide;
  return [
    [x, y - high - 1],
    [x, y + h + 1],
    [right, y - high - 1],
    [x, y + 1],
  ];
}

/** @param {Label} one @param {Label} other */
export function covers(one, other) {
  return (
    one.x < other.x + other.w &&
    other.x < one.x + one.w &&
    one.y < other.y + other.h &&
    other.y < one.y + one.h
  );
}
