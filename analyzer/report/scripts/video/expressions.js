// Expressions over time: outlines of stacked areas, and the values at a moment.
//
// Samples are times, null between runs, and a row of probabilities for each expression.
import { nearest, runsOf } from "../common/spans.js";

/** @import { Samples } from "./data.js" */

const LONE_S = 0.1; // a lone sample is drawn this long to each side
const NEAR_S = 0.2; // a run speaks for this long around it

/**
 * Return one closed outline for each run and expression, {x, y} with nulls between runs.
 * @param {Samples} samples
 * @param {(t: number) => number | null} toMs
 */
export function outlines({ t, p }, toMs) {
  const shapes = p.map(() => ({ x: [], y: [] }));
  for (const [from, to] of runsOf(t)) {
    const isLone = to - from === 1;
    const times = isLone ? [t[from] - LONE_S, t[from] + LONE_S] : t.slice(from, to);
    const x = times.map(toMs);
    let low = x.map(() => 0);
    for (const [e, row] of p.entries()) {
      const high = low.map((below, i) => below + row[isLone ? from : from + i]);
      extend(shapes[e], [...x, ...[...x].reverse()], [...high, ...[...low].reverse()]);
      low = high;
    }
  }
  return shapes;
}

function extend(shape, x, y) {
  if (shape.x.length) {
    shape.x.push(null);
    shape.y.push(null);
  }
  shape.x.push(...x);
  shape.y.push(...y);
}

/**
 * Return the samples less the usual expression; no samples where there is none.
 * @param {Samples} samples
 * @param {number[] | null | undefined} usual
 * @returns {Samples}
 */
export function differences(samples, usual) {
  const { t, p, low, high } = samples;
  if (!usual) return { t: [], p: p.map(() => []) };
  const less = (rows) =>
    rows?.map((row, e) => row.map((value) => (value === null ? null : value - usual[e])));
  return { t, p: less(p), low: less(low), high: less(high) };
}

/**
 * Return the closed outline of the band of one expression, {x, y} with nulls between runs.
 * @param {Samples} samples
 * @param {number} e place of the expression
 * @param {(t: number) => number | null} toMs
 */
export function bandOutline({ t, low, high }, e, toMs) {
  const shape = { x: [], y: [] };
  if (!low || !high) return shape;
  for (const [from, to] of runsOf(t)) {
    const x = t.slice(from, to).map(toMs);
    const [below, above] = [low[e].slice(from, to), high[e].slice(from, to)];
    extend(shape, [...x, ...[...x].reverse()], [...above, ...below.reverse()]);
  }
  return shape;
}

/**
 * Return the probabilities at a moment, null where no run is near.
 * @param {Samples} samples
 * @param {number} moment
 * @returns {number[] | null}
 */
export function sampleAt({ t, p }, moment) {
  for (const [from, to] of runsOf(t)) {
    if (moment < t[from] - NEAR_S || moment > t[to - 1] + NEAR_S) continue;
    const best = from + nearest(t.slice(from, to), moment);
    return p.map((row) => row[best]);
  }
  return null;
}
