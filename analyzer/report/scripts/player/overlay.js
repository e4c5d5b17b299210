// Drawing of boxes and their labels on the canvas over the player.

/** @typedef {import("./boxes.js").Box} Box */

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
 * Draw the boxes of one track with its label.
 * @param {CanvasRenderingContext2D} pen
 * @param {{face: Box | null, body: Box | null}} seen one of them is there
 * @param {{scale: number, left: number, top: number, right: number}} place of the picture
 * @param {{on: boolean, colour: string, words: string}} look on: the track is selected
 */
export function drawTrack(pen, { face, body }, place, { on, colour, words }) {
  if (body) stroke(pen, body, place, colour, on ? 1.5 : 1, [4, 3]);
  if (face) stroke(pen, face, place, colour, on ? 2.5 : 1.5, []);
  const [x, y] = /** @type {Box} */ (face || body);
  label(pen, words, place.left + x * place.scale, place.top + y * place.scale, place.right, on);
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

function label(pen, words, x, y, right, on) {
  const high = innerWidth >= 2800 ? 18 : 11;
  pen.font = `${on ? 600 : 400} ${high}px system-ui, sans-serif`;
  const wide = pen.measureText(words).width + 8;
  const left = Math.max(0, Math.min(x, right - wide));
  const low = Math.max(high + 3, y - 3);
  pen.fillStyle = on ? "rgba(0,0,0,.85)" : "rgba(0,0,0,.6)";
  pen.fillRect(left, low - high - 2, wide, high + 4);
  pen.fillStyle = "#fff";
  pen.fillText(words, left + 4, low - 2);
}
