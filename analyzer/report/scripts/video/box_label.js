// Label and colour of a box in the player. "said" is [expression, its share, action], -1 for none.
import { called } from "./track_words.js";

/** @import { Said, Track, VideoData } from "./data.js" */

/**
 * Return the labels of a box from the longest to the shortest, which is the name of the track.
 * @param {VideoData} data
 * @param {Track} track
 * @param {Said | null} said
 * @param {boolean} on the track is selected
 */
export function labelsOf(data, track, said, on) {
  const whole = labelOf(data, track, said, on);
  return whole === track.name ? [whole] : [whole, track.name];
}

/**
 * @param {VideoData} data
 * @param {Track} track
 * @param {Said | null} said
 * @param {boolean} on the track is selected
 */
export function labelOf({ emotions, actions }, track, said, on) {
  const words = [track.name];
  // In a crowd the labels of others are short, or they would cover each other.
  const person = on ? track.person && called(track) : track.known && track.person;
  if (person) words.push(person);
  const [emotion, share, action] = said || [-1, 0, -1];
  if (emotion >= 0) words.push(emotions[emotion] + (on ? ` ${share.toFixed(2)}` : ""));
  const isTold = on && action >= 0 && actions[action].name !== "unknown";
  if (isTold) words.push(actions[action].name);
  return words.join(" · ");
}

/**
 * @param {VideoData} data
 * @param {Said | null} said
 */
export function colourOf({ emotions, colours }, said) {
  return said && said[0] >= 0 ? colours[emotions[said[0]]] : "#ffffff";
}
