// Regions of a camera over the picture: what is left out is shaded, with its name.
//
// Corners are shares of the width and height of the picture.

/** @typedef {{kind: "look" | "leave_out", name: string, corners: [number, number][]}} Region */

const SHADE = "rgba(10,12,16,.5)";
const LINE = "#ffb000";

/**
 * Shade what is left out, and everything outside of what is looked at.
 * @param {CanvasRenderingContext2D} pen
 * @param {Region[]} regions
 * @param {{scale: number, left: number, top: number}} place of the picture
 * @param {{width: number, height: number}} size of the picture in px
 */
export function drawRegions(pen, regions, place, size) {
  if (!regions.length) return;
  const outlines = regions.map((region) => ({ ...region, path: pathOf(region, place, size) }));
  const looks = outlines.filter(({ kind }) => kind === "look");
  const away = outlines.filter(({ kind }) => kind === "leave_out");
  pen.fillStyle = SHADE;
  if (looks.length) shadeOutside(pen, looks, place, size);
  for (const { path } of away) pen.fill(path);
  for (const { path, kind } of outlines) {
    pen.setLineDash(kind === "look" ? [] : [6, 4]);
    pen.lineWidth = 1.5;
    pen.strokeStyle = LINE;
    pen.stroke(path);
  }
  pen.font = "11px system-ui, sans-serif";
  for (const region of outlines) drawName(pen, region, place, size);
}

function pathOf({ corners }, { scale, left, top }, { width, height }) {
  const path = new Path2D();
  corners.forEach(([x, y], i) => {
    const at = [left + x * width * scale, top + y * height * scale];
    if (i) path.lineTo(at[0], at[1]);
    else path.moveTo(at[0], at[1]);
  });
  path.closePath();
  return path;
}

// What lies outside of every one of them: polygons may overlap.
function shadeOutside(pen, looks, { scale, left, top }, { width, height }) {
  pen.save();
  for (const look of looks) {
    const outside = new Path2D();
    outside.rect(left, top, width * scale, height * scale);
    outside.addPath(look.path);
    pen.clip(outside, "evenodd");
  }
  pen.fillRect(left, top, width * scale, height * scale);
  pen.restore();
}

function drawName(pen, { name, kind, corners }, { scale, left, top }, { width, height }) {
  const [x, y] = corners.reduce((a, b) => (b[1] < a[1] ? b : a));
  const text = kind === "look" ? `looked at: ${name}` : `left out: ${name}`;
  const wide = pen.measureText(text).width + 8;
  const at = Math.min(left + x * width * scale, left + width * scale - wide);
  const from = top + y * height * scale;
  pen.fillStyle = "rgba(0,0,0,.75)";
  pen.fillRect(at, from, wide, 15);
  pen.fillStyle = LINE;
  pen.fillText(text, at + 4, from + 11);
}
