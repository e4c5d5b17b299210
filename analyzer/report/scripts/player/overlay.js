// Drawing of boxes and their labels on the canvas over the player.
import { placeLabels } from "./labels.js";

/** @typedef {import("./boxes.js").Box} Box */
/** @typedef {{name: string, face: Box | null, body: Box | null}} Seen one of the boxes is there */

const SHADE = "rgba(0,0,0,.55)";

/** Clear the canvas and make it as sharp as the screen; returns what draws on it. */
export function cleared(canvas, frame) {
  const density = window.devicePixelRatio || 1;
  const [width, height] = [frame.width, frame.height].map((px) => Math.round(px * density));
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const pen = canvas.getContext("2d");
  pen.setTransform(density, 0, 0, density, 0, 0);
  pen.clearRect(0, 0, frame.width, frame.height);
  return pen;
}

/**
 * Draw the boxes of one track.
 * @param {CanvasRenderingContext2D} pen
 * @param {{face: Box | null, body: Box | null}} seen one of them is there
 * @param {{scale: number, left: number, top: number}} place of the picture
 * @param {{on: boolean, colour: string}} look on: the track is selected
 */
export function drawBoxes(pen, { face, body }, place, { on, colour }) {
  if (body) stroke(pen, body, place, colour, on ? 1.5 : 1, [4, 3]);
  if (face) stroke(pen, face, place, colour, on ? 2.5 : 1.5, []);
}

/**
 * Draw the labels of all tracks where they have room, that of the selected one first.
 * @param {CanvasRenderingContext2D} pen
 * @param {(Seen & {on: boolean, texts: string[]})[]} seen
 * @param {{scale: number, left: number, top: number}} place of the picture
 * @param {{width: number, height: number}} frame
 */
export function drawLabels(pen, seen, { scale, left, top }, { width, height }) {
  const size = innerWidth >= 2800 ? 18 : 11;
  const font = (on) => `${on ? 600 : 400} ${size}px system-ui, sans-serif`;
  pen.font = font(true); // the wider one, so that every label fits
  const wishes = seen
    .map(({ name, face, body, on, texts }) => {
      const [x, y, w, h] = /** @type {Box} */ (face || body);
      /** @type {Box} */
      const box = [left + x * scale, top + y * scale, w * scale, h * scale];
      return { name, on, texts, box };
    })
    .sort((a, b) => Number(b.on) - Number(a.on) || b.box[2] * b.box[3] - a.box[2] * a.box[3]);
  const selected = wishes[0]?.on ? wishes[0].name : null;
  const wide = (text) => pen.measureText(text).width + 8;
  for (const label of placeLabels(wishes, { width, height, high: size + 4 }, wide)) {
    const on = label.name === selected;
    pen.font = font(on);
    pen.fillStyle = on ? "rgba(0,0,0,.85)" : "rgba(0,0,0,.6)";
    pen.fillRect(label.x, label.y, label.w, label.h);
    pen.fillStyle = "#fff";
    pen.fillText(label.text, label.x + 4, label.y + size);
  }
}

function stroke(pen, [x, y, w, h], { scale, left, top }, colour, width, dash) {
  pen.setLineDash(dash);
  for (const [line, style] of [
    [width + 2, SHADE],
    [width, colour],
  ]) {
    pen.lineWidth = line;
    pen.strokeStyle = style;
    pen.strokeRect(left + x * scale, top + y * scale, w * scale, h * scale);
  }
}
