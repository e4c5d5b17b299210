// Viewer: who the selected track may be, what is known of it, and the candidate beside it.
import { byId, element } from "../common/dom.js";
import { picture } from "../common/portrait.js";
import { actionsOf, clothing, expression, facesOf, percent, who } from "./track_words.js";

/** @import { Candidate, Similar, Track } from "./data.js" */

/**
 * @param {Track} track
 * @param {Record<string, string>} colours
 * @param {import("../common/clock.js").Clock} clock
 */
export function showTrack(track, colours, clock) {
  const name = element("span", { className: "num", text: track.name });
  byId("selected-name").replaceChildren(name, " ", ...who(track));
  const times = element("span", { className: "num", text: clock.stretch(track.start, track.end) });
  const actions = actionsOf(track, ([label, share]) => `${label} ${percent(share)}`, 3);
  byId("selected-facts").replaceChildren(
    element("p", {}, times),
    element("p", {}, clothing(track)),
    element("p", { text: actions }),
    element("p", {}, ...expression(track, colours)),
    element("p", { className: "dim", text: facesOf(track) }),
    element("p", { id: "why-told", hidden: true }),
    element("p", { id: "similar-words", hidden: true }),
  );
  const { candidate } = track;
  const evidence = candidate ? evidenceOf(candidate, track.name) : [];
  byId("selected-evidence").replaceChildren(...evidence);
  byId("similar").hidden = true;
}

/**
 * Show the tracks of similar appearance, told apart from candidates by a face.
 * @param {Similar[]} similar
 * @param {string} why there is no picture where there is none
 */
export function showSimilar(similar, why) {
  /** @param {Similar} other */
  const words = ({ name, place, similarity }) => [place, name, similarity].join(" ").trim();
  /** @param {Similar} other */
  const title = ({ similarity, gap }) =>
    `similar appearance, similarity ${similarity}${gap ? `; ${gap} between` : ""}`;
  const tile = (other) => {
    const { href, body } = other;
    const shown = picture(body, [36, 66], "", why);
    const text = element("span", { text: words(other) });
    return element("li", {}, element("a", { href, title: title(other) }, shown, text));
  };
  const link = (other) =>
    element("a", { href: other.href, title: title(other), text: words(other) });
  byId("similar").hidden = !similar.length;
  byId("similar-list").replaceChildren(...similar.map(tile));
  byId("similar-words").hidden = !similar.length;
  const links = similar.flatMap((other, place) => [place ? ", " : " ", link(other)]);
  byId("similar-words").replaceChildren("similar appearance:", ...links);
}

/**
 * The candidate beside the figures. A person whom the track is not filed under is named, and shown
 * with the figures on a click only.
 * @param {Candidate} candidate
 * @param {string} name of the track
 */
function evidenceOf(candidate, name) {
  const { person, picture: address, lead } = candidate;
  const words = `Gallery picture of ${person}`;
  const told = [element("p", {}, standing(candidate)), toEvidence(name)];
  if (lead) {
    const caption = element("figcaption", {}, "gallery: ", element("b", { text: person }));
    const figure = element("figure", {}, picture(address, [88, 88], words), caption);
    return [figure, element("div", {}, ...told, ...figures(candidate))];
  }
  const shown = address ? picture(address, [64, 64], words) : "no picture is stored";
  const summary = element("summary", { text: `nearest in the gallery: ${person}` });
  const details = element("details", {}, summary, shown, ...figures(candidate));
  return [element("div", {}, ...told, details)];
}

function toEvidence(name) {
  if (!byId(`evidence-${name}`)) return null;
  const link = { href: `#evidence-${name}`, className: "to-evidence", text: "evidence" };
  return element("p", {}, element("a", link));
}

/** @param {Candidate} candidate */
function figures({ distance, threshold, margin, probability, rate }) {
  return [
    row("distance", distance.toFixed(3)),
    row("threshold", threshold.toFixed(3)),
    row("margin", margin === null ? "only person" : margin.toFixed(3)),
    probability === null ? null : row("probability", probability),
    rate === null ? null : row("false matches", rate),
  ];
}

/**
 * What was decided on a candidate, or what is still to be.
 * @param {Candidate} candidate
 */
export function standing({ review, accepted, reason }) {
  if (review) return review;
  return accepted
    ? "needs human confirmation"
    : `no candidate: ${reason || "not within the threshold"}`;
}

function row(label, value) {
  const name = element("span", { className: "dim", text: `${label} ` });
  return element("p", {}, name, element("span", { className: "num", text: value }));
}
