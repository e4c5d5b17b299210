// What is told beside a live picture: state, delay, people and mood.

const seconds = (number) =>
  number < 120 ? `${Math.round(number)} s` : `${Math.round(number / 60)} min`;

/** @returns {{state: string, mood: string}} */
export function told(values) {
  const why = values.reason ? ` (${values.reason})` : "";
  const delay = values.seen ? `boxes ${seconds(values.seen.delay_s)} old` : "nothing analysed yet";
  const waiting = values.backlog ? `, ${values.backlog} recordings wait` : "";
  const mood = values.mood
    .map((one) => `${one.emotion} ${Math.round(100 * one.share)} %`)
    .join(", ");
  const heads = `${values.people} track${values.people === 1 ? "" : "s"} in the last ${values.minutes} minutes analysed`;
  return {
    state: `${values.state}${why} · ${delay}${waiting}`,
    mood: mood ? `${heads} · apparent expressions: ${mood}` : heads,
  };
}
