// Readout: the time of the cursor, and what is told of the selected track then.
import { videoTime } from "../common/clock.js";
import { byId } from "../common/dom.js";
import { spanAt } from "../common/spans.js";
import { sampleAt } from "./expressions.js";

/** @import { Series, Track, VideoData } from "./data.js" */

/**
 * Return what is told of a track at t, part by part.
 * @param {VideoData} data
 * @param {Track} track
 * @param {Series | null} series of the track, null until loaded
 * @param {number} t
 */
export function wordsAt({ gaps, events, actions }, track, series, t) {
  const words = [track.name];
  const gap = spanAt(gaps, t);
  if (gap)
    words.push(
      /^(not analysed|nothing recorded): /.test(gap[2]) ? gap[2] : `not analysed: ${gap[2]}`,
    );
  else if (t < track.start || t > track.end) words.push("not in view");
  const action = series && spanAt(series.actions, t);
  if (action) words.push(actionWords(action, actions));
  const poor = series && spanAt(series.insufficient, t);
  if (poor) words.push(`expression not assessed: ${poor[2]}`);
  const isNow = ({ start, end }) => t >= start && t <= end;
  for (const event of events) {
    const isHers = !event.tracks.length || event.tracks.includes(track.name);
    if (isHers && isNow(event)) words.push(`${event.name} ${event.words}`);
  }
  return words;
}

function actionWords([, , index, share, why], looks) {
  const { name } = looks[index];
  const much = share === null ? "" : ` ${share.toFixed(2)}`;
  return (name === "unknown" ? "action unknown" : name + much) + (why ? ` (${why})` : "");
}

/**
 * Return the probabilities of expressions at t, null where none could be told.
 * @param {Series | null} series
 * @param {number} t
 */
export function valuesAt(series, t) {
  return !series || spanAt(series.insufficient, t) ? null : sampleAt(series.smooth, t);
}

export function showReadout(data, clock, track, series, t) {
  byId("time").textContent = clock.wall(t) || videoTime(t);
  byId("time-also").textContent = clock.source(t);
  byId("told").textContent = wordsAt(data, track, series, t).join(" · ");
  const values = valuesAt(series, t);
  const most = values ? values.indexOf(Math.max(...values)) : -1;
  for (const [e, name] of data.emotions.entries()) {
    const item = document.querySelector(`#legend [data-emotion="${name}"]`);
    item?.classList.toggle("most", e === most);
    const value = item?.querySelector(".value");
    if (value) value.textContent = values ? values[e].toFixed(2) : "–";
  }
}
