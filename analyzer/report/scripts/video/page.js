// Page of one video: which track is selected, where the cursor is, and who is told of both.
import { Clock, videoTime } from "../common/clock.js";
import { byId } from "../common/dom.js";
import { load } from "../common/parts.js";
import { clamp, nearest } from "../common/spans.js";
import { wallPart } from "../events/address.js";
import { Screen } from "../player/screen.js";
import { WIDE } from "../timeline/axis.js";
import { Group } from "../timeline/group.js";
import { addressOf, readAddress } from "./address.js";
import { colourOf, labelsOf } from "./box_label.js";
import { listenToControls } from "./controls.js";
import { drawTicks, nextEvent } from "./events.js";
import { listenToKeys } from "./keys.js";
import { fillLanes, LANE_PX, laneAt } from "./lanes.js";
import { showReadout } from "./readout.js";
import { RegionTool } from "./region_tool.js";
import { showSaliency } from "./saliency.js";
import { showFilm, showShots } from "./shots.js";
import { keepSize } from "./sizing.js";
import { TrackChart } from "./track_chart.js";
import { TrackList } from "./track_list.js";
import { showSimilar, showTrack } from "./viewer.js";

/** @import { Series, Track, VideoData } from "./data.js" */

const WRITE_MS = 1000; // browsers limit how often an address is written while playing
const TOO_SMALL = 0.02; // of the window

export function startVideoPage() {
  const page = new VideoPage(JSON.parse(byId("data").textContent));
  page.start();
  listenToKeys(page);
  listenToControls(page);
  document.body.dataset.ready = "true";
}

export class VideoPage {
  /** @param {VideoData} data */
  constructor(data) {
    this.data = data;
    this.clock = new Clock(data);
    this.byName = new Map(data.tracks.map((track) => [track.name, track]));
    this.track = /** @type {Track} */ (/** @type {any} */ (null)); // selected, once started
    this.isExplained = false; // whether it is shown what an expression rests on
    this.wrote = 0; // when the address was written
    this.chart = new TrackChart(data, this.clock);
    this.group = this.makeGroup();
    this.screen = this.makeScreen();
    this.regions = new RegionTool(data, this.screen);
    this.list = new TrackList(
      data,
      (name) => this.select(name),
      () => this.drawLanes(),
    );
  }

  makeGroup() {
    const { data, clock, chart } = this;
    const group = new Group({
      clock,
      duration: data.duration,
      onPoint: (t, { holder }, y) => this.point(t, holder, y),
      onHover: (t) => this.tell(t ?? group.cursor),
    });
    const add = (id, height, options) => group.add(byId(id), data[id], { height, ...options });
    add("overview", () => (WIDE ? 72 : 46), { whole: true });
    this.lanes = add("presence", () => Math.max(1, this.list.shown.length) * LANE_PX, {
      prepare: () => fillLanes(data.presence, this.list.shown, (t) => clock.ms(t)),
    });
    if (data.mix) add("mix", () => (WIDE ? 48 : 30), {});
    this.plot = add("track", () => chart.height(), {
      prepare: () => chart.prepare(group.range, group.width),
    });
    return group;
  }

  makeScreen() {
    const { data, byName } = this;
    const [width, height] = data.size;
    return new Screen({
      video: byId("video"),
      canvas: byId("overlay"),
      pieces: data.pieces,
      width,
      height,
      regions: data.regions,
      onTime: (t) => this.moveTo(t, { isPlaying: true }),
      onState: (playing) => {
        byId("play").textContent = playing ? "Pause" : "Play";
      },
      colourOf: (_, said) => colourOf(data, said),
      labelsOf: (name, said, on) => {
        const track = byName.get(name);
        return track ? labelsOf(data, track, said, on) : [name];
      },
    });
  }

  start() {
    const { data, group } = this;
    this.list.show(0);
    keepSize(
      () => group.width,
      (width) => this.resize(width),
      () => this.drawTrack(),
    );
    window.addEventListener("hashchange", () => this.followAddress());
    document.addEventListener("themechange", () => {
      this.drawTrack();
      if (group.width) group.redraw();
    });
    if (this.followAddress()) return;
    this.select(data.first.track, { t: data.first.t });
  }

  resize(width) {
    for (const { holder } of this.group.charts) holder.style.width = `${width}px`;
    this.group.redraw(width);
    drawTicks(this.data.events, this.data.duration, width);
  }

  /** A click on a chart is a time; on a lane it selects the track as well. */
  point(t, holder, y) {
    if (holder.dataset.chart !== "presence") {
      this.moveTo(t);
      return;
    }
    const track = this.list.shown[laneAt(y, this.list.shown.length)];
    if (track) this.select(track.name, { t });
  }

  /**
   * Select a track and go to t, by default to its best picture.
   * @param {string} name
   * @param {{t?: number | null, keepFocus?: boolean}} options
   */
  select(name, { t = null, keepFocus = true } = {}) {
    const track = this.byName.get(name);
    if (!track) return;
    if (this.track !== track) this.showTrack(track, keepFocus);
    this.moveTo(t === null ? track.best : t);
  }

  showTrack(track, keepFocus) {
    this.track = track;
    this.chart.series = null;
    this.screen.selected = track.name;
    const button = this.list.reveal(track.name);
    if (!keepFocus && button) button.focus({ preventScroll: true });
    showTrack(track, this.data.colours, this.clock);
    // In a video of hours a track of seconds would leave every chart seemingly blank.
    const [a, b] = this.group.range;
    if ((track.end - track.start) / (b - a) < TOO_SMALL) this.zoomToTrack();
    load(track.part).then((part) => {
      if (this.track === track) this.showSeries(part?.[track.name] || this.emptySeries());
    });
  }

  /** @returns {Series} */
  emptySeries() {
    const none = { t: [], p: this.data.emotions.map(() => []) };
    return {
      smooth: none,
      raw: none,
      insufficient: [],
      actions: [],
      faces: [],
      bodies: [],
      similar: [],
    };
  }

  showSeries(series) {
    this.chart.series = series;
    showFilm(series, this.track.name, (t) => this.moveTo(t));
    showSimilar(series.similar || [], this.data.pictureless);
    this.drawTrack();
    this.showShots(this.group.cursor);
    this.tell(this.group.cursor);
    document.body.dataset.track = this.track.name;
  }

  drawTrack() {
    if (!this.chart.series) return;
    this.chart.fill();
    this.chart.note(this.track.name);
    if (this.group.width) this.group.draw(this.plot);
  }

  drawLanes() {
    if (!this.group.width) return;
    this.group.draw(this.lanes);
    this.group.place();
  }

  showShots(t) {
    const shots = this.chart.series || this.emptySeries();
    showShots(shots, this.track.name, t, this.clock, this.data.pictureless);
    const { why, faces } = shots;
    const shown =
      faces[
        nearest(
          faces.map(([time]) => time),
          t,
        )
      ];
    byId("why").hidden = !why;
    showSaliency(why, this.isExplained && shown?.[0] === why?.t, this.data.emotions);
  }

  tell(t) {
    showReadout(this.data, this.clock, this.track, this.chart, t);
  }

  /** Go to t; the player, where it is playing, is there already. */
  moveTo(t, { isPlaying = false } = {}) {
    const time = clamp(t, 0, this.data.duration);
    this.group.point(time);
    this.group.show(time);
    this.showShots(time);
    this.tell(time);
    if (!isPlaying) this.seek(time);
    else if (performance.now() - this.wrote < WRITE_MS) return;
    this.wrote = performance.now();
    try {
      const address = addressOf(this.data.page, this.track.name, time);
      history.replaceState(null, "", address + wallPart(location.hash));
    } catch {
      // some browsers forbid it for pages opened from disk
    }
  }

  seek(t) {
    const isShown = this.screen.seek(t);
    if (!this.data.pieces.length) return;
    byId("no-picture").hidden = isShown;
    byId("no-picture").textContent = isShown ? "" : `No picture was cut at ${videoTime(t)}.`;
  }

  /** Go where the address says; returns whether it names a track or a time. */
  followAddress() {
    const { track, t, play } = readAddress(location.hash);
    const name = track || (this.track || this.data.tracks[0]).name;
    if (!this.byName.has(name) || !(track || Number.isFinite(t))) return false;
    this.select(name, { t: Number.isFinite(t) ? t : null });
    if (play) {
      scrollTo({ top: 0 });
      this.screen.play();
    }
    return true;
  }

  goToEvent(by) {
    const event = nextEvent(this.data.events, this.group.cursor, by);
    if (event?.tracks.length) this.select(event.tracks[0], { t: event.start });
    else if (event) this.moveTo(event.start);
  }

  /** Select the track so many places away in the list. */
  step(by) {
    const isOnCard = document.activeElement?.classList.contains("card");
    const name = this.list.neighbour(by);
    if (name) this.select(name, { keepFocus: !isOnCard });
  }

  zoomOut() {
    this.group.zoom(0, this.data.duration);
  }

  zoomToTrack() {
    const { start, end } = this.track;
    const margin = Math.max(0.5, (end - start) * 0.04);
    this.group.zoom(start - margin, end + margin);
  }
}
