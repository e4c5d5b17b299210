// Chart of the selected track: its expressions above, its actions below.
import { byId } from "../common/dom.js";
import { LEFT, WIDE } from "../timeline/axis.js";
import { colour } from "../timeline/figure.js";
import { blocksOf, labelsOf, stripShare } from "./action_blocks.js";
import { bandOutline, differences, outlines } from "./expressions.js";

/** @import { Series, VideoData } from "./data.js" */

// Places of traces in report/figures.py, track_figure.
const AREA = 0;
const BAND = 7;
const LINE = 14;
const RAW = 21;
const HATCH = 28;
const ACTION = 30;

const LEAST_PX = 128;
const NOTE_PX = 26; // what is said instead of expressions
const FACELESS_LANE_PX = 22;
const AXIS_PX = WIDE ? 40 : 28;
const LANE_PX = 12; // labels stand in lanes that are as high

/** What is left of the first screen belongs to the selected track. */
export function trackHeight() {
  const top = byId("track").getBoundingClientRect().top + scrollY;
  return Math.round(Math.min(WIDE ? 1400 : 680, Math.max(LEAST_PX, innerHeight - top - 6)));
}

export class TrackChart {
  /**
   * @param {VideoData} data
   * @param {import("../common/clock.js").Clock} clock
   */
  constructor(data, clock) {
    this.data = data;
    this.toMs = (t) => clock.ms(t);
    this.mode = "area"; // or "line", or "change" for the difference to the usual expression
    this.raw = false; // whether raw values are shown
    this.bands = false; // whether lines have bands
    /** @type {Series | null} what is stored of the selected track, null until loaded */
    this.series = null;
  }

  /** Fill the figure with the series as the switches say. */
  fill() {
    const { data, series, toMs } = this;
    if (!series) return;
    const traces = data.track.data;
    this.fillExpressions(traces, series);
    Object.assign(traces[HATCH], {
      x: series.insufficient.map(([a, b]) => toMs((a + b) / 2)),
      width: series.insufficient.map(([a, b]) => (b - a) * 1000),
      y: series.insufficient.map(() => (this.mode === "change" ? 2 : 1)),
      base: series.insufficient.map(() => (this.mode === "change" ? -1 : 0)),
    });
    Object.assign(traces[ACTION], blocksOf(series.actions, data.actions, data.lanes, toMs));
  }

  /** @param {any[]} traces @param {Series} series */
  fillExpressions(traces, series) {
    const { usual } = series;
    const isChange = this.mode === "change";
    const [smooth, raw] = isChange
      ? [differences(series.smooth, usual?.p), differences(series.raw, usual?.p)]
      : [series.smooth, series.raw];
    const shapes = outlines(series.smooth, this.toMs);
    const [smoothX, rawX] = [smooth.t.map(this.toMs), raw.t.map(this.toMs)];
    for (const e of this.data.emotions.keys()) {
      const band = this.bands ? bandOutline(smooth, e, this.toMs) : {};
      Object.assign(traces[AREA + e], shapes[e], { visible: this.mode === "area" });
      Object.assign(traces[BAND + e], band, { visible: this.bands && this.mode !== "area" });
      Object.assign(traces[LINE + e], {
        x: smoothX,
        y: smooth.p[e],
        visible: this.mode !== "area",
      });
      Object.assign(traces[RAW + e], { x: rawX, y: raw.p[e], visible: this.raw });
      traces[RAW + e].marker.line = { width: 0.5, color: colour("--ground") };
    }
  }

  /** The scale: shares of one, or differences to both sides of none. */
  scale() {
    return this.mode === "change"
      ? {
          range: [-1, 1],
          tickvals: [-1, 0, 1],
          ticktext: ["−100", "usual", "+100 %"],
          zeroline: true,
        }
      : { range: [0, 1], tickvals: [0, 0.5, 1], ticktext: ["0", "50", "100 %"], zeroline: false };
  }

  /** Whether a face was seen, or may have been as long as nothing is loaded. */
  get hasFace() {
    const { series } = this;
    return !series || series.smooth.t.length + series.insufficient.length > 0;
  }

  /** Height in px: without a face there are no expressions to draw, only actions. */
  height() {
    if (this.hasFace) return trackHeight();
    const lanes = this.data.lanes.length * FACELESS_LANE_PX + NOTE_PX;
    return Math.min(trackHeight(), AXIS_PX + (WIDE ? Math.round(lanes * 1.5) : lanes));
  }

  /** Divide the chart, and label the blocks that hold a label at the zoom of now. */
  prepare(range, width) {
    const { data, series, hasFace } = this;
    const room = Math.max(1, this.height() - AXIS_PX);
    const share = hasFace
      ? stripShare(data.lanes.length, room, WIDE)
      : 1 - (WIDE ? 1.5 : 1) * (NOTE_PX / room);
    Object.assign(data.track.layout.yaxis, this.scale(), { visible: hasFace });
    byId("track").classList.toggle("faceless", !hasFace);
    data.track.layout.yaxis2.domain = [0, share];
    data.track.layout.yaxis.domain = [share + 10 / room, 1];
    if (!series) return;
    const isHigh = (share * room) / data.lanes.length >= LANE_PX;
    const msPerPixel = ((range[1] - range[0]) * 1000) / Math.max(1, width - LEFT);
    const labels = labelsOf(series.actions, data.actions, msPerPixel);
    data.track.data[ACTION].text = isHigh ? labels : labels.map(() => "");
  }

  /** Say beside the chart why a part of it is empty. */
  note(name) {
    if (!this.series) return;
    const { smooth, usual, insufficient, actions } = this.series;
    const { off } = this.data;
    const reason = insufficient[0]?.[2] || off.emotion || "no face was seen well enough";
    const why = off.action ? `: ${off.action}` : "";
    const none = `No expression could be told for ${name}: ${reason}.`;
    const bare = this.mode === "change" && !usual?.p;
    const without = `No usual expression could be told for ${name}: ${usual?.why || "derive the case again"}.`;
    write("emotion-note", smooth.t.length ? (bare ? without : "") : none);
    write("action-note", actions.length ? "" : `No action was told for ${name}${why}.`);
  }
}

function write(id, text) {
  byId(id).hidden = !text;
  byId(id).textContent = text;
}
