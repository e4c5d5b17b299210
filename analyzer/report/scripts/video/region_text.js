// Regions as the camera file has them, and what makes a polygon one.
//
// Corners are shares of the width and height of the picture.

/** @import { Region } from "../player/regions.js" */

/**
 * Return the text for the camera file: the sections of the regions, and of the camera where none is
 * known.
 * @param {Region[]} regions
 * @param {string} camera "" where none is known
 * @param {string} file name of the recording
 */
export function regionText(regions, camera, file) {
  const head = camera
    ? `# below the [[camera]] section of ${quoted(camera)}, in place of its regions`
    : `[[camera]]\nname = ${quoted(file)}\npattern = ${quoted(patternOf(file))}`;
  const sections = regions.map(
    ({ kind, name, corners }) =>
      `[[camera.${kind}]]\nname = ${quoted(name)}\ncorners = [${corners
        .map(([x, y]) => `[${share(x)}, ${share(y)}]`)
        .join(", ")}]`,
  );
  return `${[head, ...sections].join("\n\n")}\n`;
}

const share = (value) => String(Number(value.toFixed(4)));

// Brackets are signs of patterns.
const patternOf = (file) => file.replace(/[[\]*?]/g, "?");

// A basic string of TOML is written as one of JSON is.
const quoted = (text) => JSON.stringify(text);

/** Return a name that none of the regions has. */
export function freeName(regions, wish) {
  const taken = new Set(regions.map(({ name }) => name));
  if (wish && !taken.has(wish)) return wish;
  const stem = wish || "region";
  let number = wish ? 2 : 1;
  while (taken.has(`${stem} ${number}`)) number += 1;
  return `${stem} ${number}`;
}

/**
 * Return why corners make no polygon yet, "" where they do.
 * @param {[number, number][]} corners
 */
export function whyOpen(corners) {
  if (corners.length < 3) return "three corners or more make a polygon";
  if (crossesItself(corners)) return "its edges cross; take a corner back";
  if (Math.abs(area(corners)) < 1e-6) return "its corners lie on a line";
  return "";
}

function crossesItself(corners) {
  const edges = corners.map((corner, i) => [corner, corners[(i + 1) % corners.length]]);
  return edges.some((edge, i) =>
    edges
      .slice(i + 2)
      .some((other, j) => !(i === 0 && i + 2 + j === edges.length - 1) && cross(edge, other)),
  );
}

const cross = ([a, b], [c, d]) =>
  area([a, b, c]) * area([a, b, d]) < 0 && area([c, d, a]) * area([c, d, b]) < 0;

function area(corners) {
  return corners.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = corners[(i + 1) % corners.length];
    return sum + x * nextY - nextX * y;
  }, 0);
}
