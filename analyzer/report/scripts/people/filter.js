// Choice of people by name, clothes, place, action and time.
import { clothesWords } from "../common/clothes.js";

/** @import { PeopleList, Person, PersonTrack, Wish } from "./data.js" */

/** @type {Wish} */
export const EVERYBODY = {
  kind: "",
  words: "",
  upper: "",
  lower: "",
  place: "",
  action: "",
  from: "",
  to: "",
};

/**
 * Return who fits, each with the tracks in which all that is wished holds at once.
 * @param {PeopleList} list
 * @param {Wish} wish
 * @returns {{person: Person, tracks: PersonTrack[]}[]}
 */
export function fittingPeople(list, wish) {
  const isTrack = trackTest(list, wish);
  return list.rows
    .filter((person) => !wish.kind || person.kind === wish.kind)
    .filter((person) => isCalled(person, wish.words.toLowerCase()))
    .map((person) => ({ person, tracks: person.tracks.filter(isTrack) }))
    .filter(({ tracks }) => tracks.length > 0);
}

function isCalled({ name, clothes }, words) {
  if (!words || name.toLowerCase().includes(words)) return true;
  return clothes.some((each) => clothesWords(each).includes(words));
}

/**
 * @param {PeopleList} list
 * @param {Wish} wish
 * @returns {(track: PersonTrack) => boolean}
 */
function trackTest({ videos, places, colours, actions }, wish) {
  const place = wish.place ? places.indexOf(wish.place) : null;
  const [upper, lower] = [bit(colours, wish.upper), bit(colours, wish.lower)];
  const action = bit(actions, wish.action);
  const [from, to] = [secondsOf(wish.from), secondsOf(wish.to)];
  const holds = (bits, wanted) => wanted === null || Boolean(bits & wanted);
  return ([, video, , start, end, up, low, acts]) =>
    (place === null || videos[video][1] === place) &&
    holds(up, upper) &&
    holds(low, lower) &&
    holds(acts, action) &&
    (from === null || (end !== null && end >= from)) &&
    (to === null || (start !== null && start <= to));
}

// The bit of a word; no bit at all where the word is not known.
const bit = (words, wanted) => (wanted ? (1 << words.indexOf(wanted)) & ~(1 << 31) : null);

/**
 * Return seconds of an input of date and time, or of a time from the first frame; null where empty.
 * @param {string} text
 */
export function secondsOf(text) {
  if (!text) return null;
  if (text.includes("T")) {
    const ms = Date.parse(`${text}Z`);
    return Number.isNaN(ms) ? null : ms / 1000;
  }
  const [hours, minutes, seconds = 0] = text.split(":").map(Number);
  return hours * 3600 + minutes * 60 + seconds;
}

/**
 * Return the words that occur in tracks, in their order, for a choice.
 * @param {string[]} words
 * @param {number[]} bits
 */
export function occurring(words, bits) {
  const all = bits.reduce((sum, each) => sum | each, 0);
  return words.filter((_, place) => all & (1 << place));
}
