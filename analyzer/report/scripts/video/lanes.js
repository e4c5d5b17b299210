// Lanes of the listed tracks: when each was in view, and when with a face.
import { WIDE } from "../timeline/axis.js";

/** @import { Track, Figure } from "./data.js" */

export const LANE_PX = WIDE ? 30 : 20;

/**
 * Fill the figure with the bars of these tracks: thin for the person, thick for the face.
 * @param {Figure} figure
 * @param {Track[]} tracks
 * @param {(t: number) => number | null} toMs
 */
export function fillLanes({ data, layout }, tracks, toMs) {
  const [thin, thick] = data;
  fillBars(thin, tracks, "presence", toMs);
  fillBars(thick, tracks, "face", toMs);
  layout.yaxis.range = [Math.max(1, tracks.length) - 0.5, -0.5];
}

/**
 * @param {any} trace
 * @param {Track[]} tracks
 * @param {"presence" | "face"} key
 * @param {(t: number) => number | null} toMs
 */
function fillBars(trace, tracks, key, toMs) {
  const bars = tracks.flatMap(({ colour, [key]: spans }, lane) =>
    spans.map(([start, end]) => ({ lane, colour, start, end })),
  );
  Object.assign(trace, {
    y: bars.map(({ lane }) => lane),
    base: bars.map(({ start }) => toMs(start)),
    x: bars.map(({ start, end }) => Math.round((end - start) * 1000)),
    marker: { ...trace.marker, color: bars.map(({ colour }) => colour) },
  });
}

/** Return the place of the lane at y px of the chart. */
export function laneAt(y, lanes) {
  return Math.min(lanes - 1, Math.max(0, Math.floor(y / LANE_PX)));
}
