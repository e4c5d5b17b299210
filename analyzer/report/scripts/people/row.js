// Row of the list of people: pictures, name, clothes, actions, when and where.
import { clothesSure, clothesWords } from "../common/clothes.js";
import { element } from "../common/dom.js";
import { picture, portrait } from "../common/portrait.js";
import { addressOf } from "../video/address.js";
import { occurring } from "./filter.js";

/** @import { PeopleList, Person, PersonTrack } from "./data.js" */

const HEIGHT = 72;
const MOST_CLOTHES = 3;
const MOST_PLACES = 6;
const MOST_TRACKS = 8;

/**
 * @param {PeopleList} list
 * @param {Person} person
 * @param {PersonTrack[]} tracks those that fit
 */
export function personRow(list, person, tracks) {
  const bits = tracks.map((track) => track[7]);
  const actions = occurring(list.actions, bits).filter((action) => action !== "unknown");
  return element(
    "tr",
    {},
    element("td", { className: "pictures" }, pictures(person)),
    element("td", {}, ...named(person)),
    element("td", {}, ...clothes(person)),
    element("td", {}, actions.join(", ") || dim("action not told")),
    element("td", {}, ...when(person)),
    element("td", { className: "path" }, ...where(list, tracks)),
  );
}

const dim = (text) => element("span", { className: "dim", text });
const br = () => element("br");

/** @param {Person} person */
function pictures({ name, page, body, face, gallery, why }) {
  const link = element("a", { href: page }, portrait({ body, face }, HEIGHT, name, why));
  link.setAttribute("aria-label", name);
  if (!gallery) return link;
  const words = `Gallery picture of ${name}`;
  const beside = element("span", { className: "beside" }, picture(gallery, [54, 54], words));
  return element("span", { className: "versus-row" }, link, beside);
}

/** @param {Person} person */
function named({ name, page, status, distance, tracks }) {
  const told = [element("a", { href: page }, element("b", { text: name })), br(), dim(status)];
  if (tracks.length > 1) told.push(br(), dim(`${tracks.length} tracks`));
  if (!distance) return told;
  const [near, threshold] = distance.map((value) => value.toFixed(3));
  const words = `least distance ${near}, threshold ${threshold}`;
  return [...told, br(), element("span", { className: "dim num", text: words })];
}

/** @param {Person} person */
function clothes({ clothes: told }) {
  const one = (each) => {
    const className = each[0] || each[2] ? "" : "dim";
    const title = `clothes: ${clothesSure(each)}`;
    return element("span", { className, text: clothesWords(each), title });
  };
  const shown = told.slice(0, MOST_CLOTHES).flatMap((each) => [one(each), br()]);
  const rest = told.length - MOST_CLOTHES;
  return rest > 0 ? [...shown, dim(`and ${rest} more`)] : shown;
}

/** @param {Person} person */
function when({ first, last, by }) {
  if (!first || !last) return [dim(by)];
  const time = (text) => element("time", { className: "num", text });
  // The day is said once where it is the same.
  const end = last.slice(0, 11) === first.slice(0, 11) ? last.slice(11) || last : last;
  return [time(first), br(), dim("to "), time(end), br(), dim(by)];
}

/**
 * @param {PeopleList} list
 * @param {PersonTrack[]} tracks
 */
function where({ videos, places }, tracks) {
  /** @type {Map<number, PersonTrack[]>} */
  const byVideo = new Map();
  for (const track of tracks) byVideo.set(track[1], [...(byVideo.get(track[1]) ?? []), track]);
  const shown = [...byVideo].slice(0, MOST_PLACES).flatMap(([number, own]) => {
    const [address, place] = videos[number];
    /** @param {PersonTrack} track */
    const link = ([text, , t]) =>
      element("a", { className: "num", href: addressOf(address, text, t), text });
    const links = own.slice(0, MOST_TRACKS).flatMap((track) => [" ", link(track)]);
    const rest = own.length - MOST_TRACKS;
    return [`${places[place]}:`, ...links, rest > 0 ? dim(` and ${rest} more`) : "", br()];
  });
  const rest = byVideo.size - MOST_PLACES;
  return rest > 0 ? [...shown, dim(`and ${rest} more videos`)] : shown;
}
