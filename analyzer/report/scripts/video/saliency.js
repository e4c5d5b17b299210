// What the answer for the best face rests on, drawn over its picture when asked.
import { byId } from "../common/dom.js";

/** @import { Why } from "./data.js" */

const STEP = 6; // px of the chip between two patches, as in analyzer/emotions/explanation.py
const FIRST = 3; // where the cell of the first patch begins
const FOR = [213, 94, 0]; // hiding it lowers the answer
const AGAINST = [0, 114, 178];
const MOST_ALPHA = 0.7;
const FAINT = 0.2; // falls below it are not drawn in full strength

/**
 * Return the colour of every patch, row by row: red, green, blue and opacity, 0 to 255.
 * @param {number[][]} grid
 */
export function coloursOf(grid) {
  const falls = grid.flat();
  const most = Math.max(FAINT, ...falls.map(Math.abs));
  return falls.flatMap((fall) => [
    ...(fall > 0 ? FOR : AGAINST),
    Math.round(255 * MOST_ALPHA * Math.sqrt(Math.abs(fall) / most)),
  ]);
}

/**
 * Draw over the picture of a face; nothing where it is not the explained one, or not asked.
 * @param {Why | null | undefined} why
 * @param {boolean} isShown
 * @param {string[]} emotions
 */
export function showSaliency(why, isShown, emotions) {
  const [canvas, picture] = [byId("saliency"), byId("shot")];
  canvas.hidden = !why || !isShown;
  byId("why-told").hidden = canvas.hidden;
  if (!why || !isShown) return;
  byId("why-told").textContent =
    `apparent ${emotions[why.emotion]} ${why.p.toFixed(2)} rests on what is orange, blue speaks against it`;
  if (picture.complete) draw(canvas, picture, why);
  else picture.addEventListener("load", () => draw(canvas, picture, why), { once: true });
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLImageElement} picture
 * @param {Why} why
 */
function draw(canvas, picture, { grid, at }) {
  [canvas.width, canvas.height] = [picture.naturalWidth, picture.naturalHeight];
  const side = grid.length;
  const cells = new OffscreenCanvas(side, side);
  const colours = new ImageData(new Uint8ClampedArray(coloursOf(grid)), side, side);
  cells.getContext("2d")?.putImageData(colours, 0, 0);
  const context = canvas.getContext("2d");
  if (!context) return;
  const [a, b, c, d, e, f] = at;
  context.setTransform(a, b, c, d, e, f);
  context.imageSmoothingQuality = "high";
  context.drawImage(cells, FIRST, FIRST, side * STEP, side * STEP);
}
