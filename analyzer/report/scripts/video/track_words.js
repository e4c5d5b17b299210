// Words about a track: who it may be, its expression and its actions.
import { clothesSure, clothesWords } from "../common/clothes.js";
import { element, swatch, tag } from "../common/dom.js";

/** @import { Track } from "./data.js" */

export const percent = (share) => (share === null ? "–" : `${Math.round(share * 100)} %`);

/**
 * In plain words: "candidate Anna", "unknown-1", "not assessed".
 * @param {Track} track
 */
export function called({ status, person, known, group }) {
  if (known) return `${status} ${person}`;
  return person || (group ? `similar appearance ${group}` : status);
}

/**
 * Return the actions that fill most of the time, each put into words.
 * @param {Track} track
 * @param {(action: [string, number]) => string} words
 * @param {number} most
 */
export function actionsOf({ actions }, words, most) {
  if (actions.length === 1 && actions[0][0] === "unknown") return "action unknown";
  return actions.slice(0, most).map(words).join(", ") || "action not told";
}

/** @param {Track} track */
export function facesOf({ assessed, faces, seen }) {
  if (!faces) return `no face in ${seen} samples`;
  const told = assessed === null ? "" : `${percent(assessed)} of faces assessed · `;
  return `${told}a face in ${faces} of ${seen} samples`;
}

const dim = (text) => element("span", { className: "dim", text });

/**
 * As elements: status, then the person where one is known.
 * @param {Track} track
 */
export function who({ status, person, known, candidate, group }) {
  if (known) return [tag(status), " ", element("b", { text: person })];
  if (status === "rejected") return [tag(status), " ", dim(candidate ? candidate.person : "")];
  const words = person || (status === "unknown" ? "unknown person" : "identity not assessed");
  return group && !person ? [tag("similar"), " ", dim(group)] : [dim(words)];
}

/**
 * As elements: the expression told most often, with its share of the assessed faces.
 * @param {Track} track
 * @param {Record<string, string>} colours
 */
export function expression({ emotion, share }, colours) {
  if (!emotion) {
    return [element("span", { className: "swatch hatch" }), dim("expression not assessed")];
  }
  const much = element("span", { className: "num", text: percent(share) });
  return [swatch(colours[emotion]), `${emotion} `, much];
}

/**
 * As an element: the clothes in plain words, and on hover how sure they are.
 * @param {Track} track
 */
export function clothing({ clothes }) {
  const words = clothesWords(clothes);
  const className = clothes[0] || clothes[2] ? "clothes" : "clothes dim";
  return element("span", { className, text: words, title: `clothes: ${clothesSure(clothes)}` });
}
