// List of tracks with their lanes: filtered, a page at a time, one of them selected.

import { videoTime } from "../common/clock.js";
import { byId, choice, element, press, scrollWithin } from "../common/dom.js";
import { pageOf } from "../common/pages.js";
import { picture, portrait } from "../common/portrait.js";
import { fittingTracks } from "./track_filter.js";
import { actionsOf, called, clothing, expression, percent, who } from "./track_words.js";

/** @import { Track, VideoData } from "./data.js" */

const PAGE = 40; // tracks listed and drawn at once

export class TrackList {
  /**
   * @param {VideoData} data
   * @param {(name: string) => void} onSelect
   * @param {() => void} onShown other tracks are listed now
   */
  constructor(data, onSelect, onShown) {
    this.tracks = data.tracks;
    this.data = data;
    this.onSelect = onSelect;
    this.onShown = onShown;
    this.kind = "all";
    this.words = "";
    this.page = 0;
    /** @type {Track[]} tracks on this page */
    this.shown = [];
    /** @type {string | null} name of a track */
    this.selected = null;
    this.listen();
  }

  listen() {
    choice(byId("filters"), (button) => {
      this.kind = button.dataset.filter;
      this.show(0);
    });
    byId("find").addEventListener("input", () => {
      this.words = byId("find").value.trim();
      this.show(0);
    });
    byId("page-before").addEventListener("click", () => this.show(this.page - 1));
    byId("page-after").addEventListener("click", () => this.show(this.page + 1));
    byId("tracks").addEventListener("click", (event) => {
      const button = event.target.closest(".card");
      if (button) this.onSelect(button.dataset.track);
    });
    byId("lane-names").addEventListener("click", (event) => {
      const lane = event.target.closest("li");
      if (lane) this.onSelect(lane.dataset.track);
    });
  }

  fitting() {
    return fittingTracks(this.tracks, this.kind, this.words);
  }

  show(page) {
    const found = pageOf(this.fitting(), page, PAGE);
    this.page = found.page;
    this.shown = found.shown;
    byId("pages").hidden = found.pages < 2;
    byId("page-told").textContent = found.told;
    byId("none-told").hidden = found.shown.length > 0;
    byId("tracks").replaceChildren(...found.shown.map((track) => card(track, this.data)));
    byId("lane-names").replaceChildren(...found.shown.map(laneName));
    this.mark();
    this.onShown();
  }

  mark() {
    for (const each of byId("tracks").querySelectorAll(".card")) {
      press(each, each.dataset.track === this.selected);
    }
    for (const lane of byId("lane-names").children) {
      lane.classList.toggle("on", lane.dataset.track === this.selected);
    }
  }

  /** Turn to the selected track and scroll to it; returns its button where it is listed. */
  reveal(name) {
    this.selected = name;
    const index = this.fitting().findIndex((track) => track.name === name);
    const page = Math.floor(index / PAGE);
    if (index >= 0 && page !== this.page) this.show(page);
    this.mark();
    const chosen = byId("tracks").querySelector('[aria-pressed="true"]');
    if (chosen) scrollWithin(byId("tracks"), chosen);
    const lane = byId("lane-names").querySelector(".on");
    if (lane) scrollWithin(byId("lanes"), lane);
    return chosen;
  }

  /** Return the name of the track so many places away, the last at either end. */
  neighbour(by) {
    const names = this.fitting().map(({ name }) => name);
    const place = names.indexOf(this.selected ?? "") + by;
    return names[Math.min(names.length - 1, Math.max(0, place))];
  }
}

const line = (...children) => element("span", { className: "line" }, ...children);

/**
 * @param {Track} track
 * @param {VideoData} data
 */
function card(track, { colours, pictureless }) {
  const name = element("b", { className: "num", text: track.name });
  const times = `${videoTime(track.start)}–${videoTime(track.end)}`;
  const actions = actionsOf(track, ([label]) => label, 2);
  const isAssessed = track.emotion && track.assessed !== null;
  const assessed = `assessed ${percent(track.assessed)}`;
  const text = element(
    "span",
    { className: "card-text" },
    line(
      element("span", { className: "who" }, name, " ", ...who(track)),
      element("span", { className: "num dim times", text: times }),
    ),
    line(clothing(track), element("span", {}, ...(isAssessed ? expression(track, colours) : []))),
    line(
      element("span", { text: actions }),
      isAssessed ? element("span", { className: "dim", text: assessed }) : null,
    ),
  );
  const pictures = { body: track.body, face: track.picture };
  const shown = portrait(pictures, 54, track.name, pictureless);
  const button = element("button", { type: "button", className: "card" }, shown, text);
  button.dataset.track = track.name;
  return element("li", {}, button);
}

/** @param {Track} track */
function laneName(track) {
  const name = element("b", { className: "num", text: track.name });
  const person = element("span", { text: track.person || track.group || track.status });
  const item = element("li", {}, picture(track.picture || track.body, [16, 16], ""), name, person);
  item.dataset.track = track.name;
  item.title = `${track.name} ${called(track)}`;
  return item;
}
