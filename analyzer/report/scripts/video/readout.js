// Readout: the time of the cursor, and what is told of the selected track then.
import { videoTime } from "../common/clock.js";
import { byId } from "../common/dom.js";
import { spanAt } from "../common/spans.js";
import { sampleAt } from "./expressions.js";

/** @import { Series, Track, VideoData, VideoEvent } from "./data.js" */

/**
 * Return what is told of a track at t, part by part.
 * @param {VideoData} data
 * @param {Track} track
 * @param {Series | null} series of the track, null until loaded
 * @param {number} t
 */
export function wordsAt({ gaps, events, actions, duration }, track, series, t) {
  const words = [track.name];
  // The first picture after a gap stands at its end.
  const gap = gaps.find(([start, end]) => t >= start && (t < end || end >= duration));
  if (gap)
    words.push(
      /^(not analysed|nothing recorded): /.test(gap[2]) ? gap[2] : `not analysed: ${gap[2]}`,
    );
  else if (t < track.start || t > track.end) words.push("not in view");
  const action = series && spanAt(series.actions, t);
  if (action) words.push(actionWords(action, actions));
  const poor = series && spanAt(series.insufficient, t);
  if (poor) words.push(`expression not assessed: ${poor[2]}`);
  for (const event of eventsAt(events, track, t)) words.push(`${event.name} ${event.words}`);
  return words;
}

// Why an action is unknown is told at once; what was measured of a known one stands in figuresAt.
function actionWords([, , index, share, why], looks) {
  const { name } = looks[index];
  if (name === "unknown") return `action unknown${why ? ` (${why})` : ""}`;
  return share === null ? name : `${name}, probability ${share.toFixed(2)}`;
}

/**
 * Return what was measured for the action of a track at t; "" where nothing was.
 * @param {VideoData} data
 * @param {Series | null} series
 * @param {number} t
 */
export function figuresAt({ actions }, series, t) {
  const action = series && spanAt(series.actions, t);
  return action && actions[action[2]].name !== "unknown" ? action[4] : "";
}

/**
 * Return the events of a track, and of the picture, that last at t.
 * @param {VideoEvent[]} events
 * @param {Track} track
 * @param {number} t
 */
export function eventsAt(events, track, t) {
  return events.filter(
    ({ tracks, start, end }) =>
      t >= start && t <= end && (!tracks.length || tracks.includes(track.name)),
  );
}

/**
 * Return the probabilities of expressions at t, null where none could be told.
 * @param {Series | null} series
 * @param {number} t
 */
export function valuesAt(series, t) {
  return !series || spanAt(series.insufficient, t) ? null : sampleAt(series.smooth, t);
}

/** Return the values told at t: probabilities, or differences to the usual expression. */
function shownAt({ series, mode }, t) {
  const values = valuesAt(series, t);
  if (mode !== "change" || !values) return values;
  const usual = series.usual?.p;
  return usual ? values.map((value, e) => value - usual[e]) : null;
}

/** A probability, or a difference with its sign. */
function figure(value, mode) {
  const words = Math.abs(value).toFixed(2);
  if (mode !== "change" || Number(words) === 0) return words;
  return (value > 0 ? "+" : "−") + words;
}

/** Show the time and what is told of the track, with values as the chart draws them. */
export function showReadout(data, clock, track, chart, t) {
  const { series } = chart;
  byId("time").textContent = clock.wall(t) || videoTime(t);
  byId("time-also").textContent = clock.source(t);
  byId("told").textContent = wordsAt(data, track, series, t).join(" · ");
  byId("show-figures").hidden = !figuresAt(data, series, t);
  byId("figures").textContent = figuresAt(data, series, t);
  showEvents(eventsAt(data.events, track, t));
  const values = shownAt(chart, t);
  const most = values ? values.indexOf(Math.max(...values)) : -1;
  for (const [e, name] of data.emotions.entries()) {
    const item = document.querySelector(`#legend [data-emotion="${name}"]`);
    item?.classList.toggle("most", e === most);
    const value = item?.querySelector(".value");
    if (value) value.textContent = values ? figure(values[e], chart.mode) : "–";
  }
}

/** Say in sentences what the events of now say; the place stays where there are none. */
function showEvents(events) {
  const line = byId("event-told");
  if (!line) return;
  const words = events.map(({ told }) => told).join(" ");
  if (line.textContent !== words) line.textContent = words;
  line.classList.toggle(
    "alarm",
    events.some(({ level }) => level === "alarm"),
  );
}
