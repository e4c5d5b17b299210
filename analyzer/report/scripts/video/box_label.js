// Label and colour of a box in the player. "said" is [expression, its share, action], -1 for none.
import { called } from "./track_words.js";

export function labelOf({ emotions, actions }, track, said, on) {
  const words = [track.name];
  // In a crowd the labels of others are short, or they would cover each other.
  if (on ? track.person : track.known) words.push(on ? called(track) : track.person);
  const [emotion, share, action] = said || [-1, 0, -1];
  if (emotion >= 0) words.push(emotions[emotion] + (on ? ` ${share.toFixed(2)}` : ""));
  const isTold = on && action >= 0 && actions[action].name !== "unknown";
  if (isTold) words.push(actions[action].name);
  return words.join(" · ");
}

export function colourOf({ emotions, colours }, said) {
  return said && said[0] >= 0 ? colours[emotions[said[0]]] : "#ffffff";
}
