// Blocks of the action strip: their looks, and how much of the chart they take.
//
// An action is [start, end, place in data.actions, share or null, why].
import { colour } from "../timeline/figure.js";

/** @import { Action, ActionLook } from "./data.js" */

const CLEAR = "rgba(0,0,0,0)";
const PALE = ["standing", "walking"]; // dark labels can be read on these

/**
 * Return what the trace of blocks shows but for their labels.
 * @param {Action[]} actions
 * @param {ActionLook[]} looks
 * @param {string[]} lanes
 * @param {(t: number) => number | null} toMs
 */
export function blocksOf(actions, looks, lanes, toMs) {
  const of = actions.map(([, , index]) => looks[index]);
  const [ink, line] = [colour("--ink"), colour("--line")];
  const isOutline = ({ kind }) => kind === "outline";
  const solid = ({ name }) => (PALE.includes(name) ? "#16191d" : "#ffffff");
  return {
    x: actions.map(([start, end]) => (end - start) * 1000),
    base: actions.map(([start]) => toMs(start)),
    y: of.map(({ name }) => lanes.indexOf(name)),
    textfont: { size: 10, color: of.map((look) => (isOutline(look) ? ink : solid(look))) },
    marker: {
      color: of.map((look) => (isOutline(look) ? CLEAR : look.colour)),
      line: { width: 1, color: of.map((look) => (look.name === "unknown" ? line : look.colour)) },
    },
  };
}

/**
 * Return the share of a chart that the strip takes: what its lanes need, the rest is for the
 * expressions.
 */
export function stripShare(lanes, room, wide) {
  return Math.min(0.45, (lanes * 17 * (wide ? 1.5 : 1)) / room);
}

/**
 * Return what stands in each block: its name where that fits, else its letter, else nothing.
 * @param {Action[]} actions
 * @param {ActionLook[]} looks
 * @param {number} msPerPixel
 */
export function labelsOf(actions, looks, msPerPixel) {
  return actions.map(([start, end, index]) => {
    const { name, letter } = looks[index];
    const fits = (words) => ((end - start) * 1000) / msPerPixel > 4 + 6.2 * words.length;
    return [name, letter].find(fits) ?? "";
  });
}
