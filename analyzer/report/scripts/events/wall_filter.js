// Choice and order of events on the wall.

/**
 * Return the events that fit, in the order wished for; they come by level, then by time.
 * @param {any[]} events
 * @param {object} wish
 * @param {string} wish.kind "all" or a kind of event
 * @param {string} wish.place "" for every place
 * @param {string} wish.words to find, in any case
 * @param {string} wish.order "level" or "time"
 */
export function fitting(events, { kind, place, words, order }) {
  const found = events.filter(
    (event) =>
      (kind === "all" || event.kind === kind) &&
      (!place || event.place === place) &&
      textOf(event).includes(words.toLowerCase()),
  );
  return order === "level" ? found : found.sort((a, b) => a.order - b.order);
}

function textOf({ words, person, tracks, level }) {
  return `${words} ${person || ""} ${tracks.join(" ")} ${level}`.toLowerCase();
}
