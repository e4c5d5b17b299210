"use strict";
(() => {
const module_common_parts = (() => {
// Parts of a report that are loaded on demand, and addresses of its pictures.
//
// A part is a script file beside the page that calls Report.put (pages opened from disk may not
// fetch), or, in a report of one file, a block of the file itself.

const held = new Map();
const waiting = new Map();
let inside = {};

/** Bring along the files of a report of one file: data addresses by their former address. */
function carry(files) {
  inside = files;
}

/** Store a part that has arrived, null where it is missing, and give it to those who wait. */
function put(key, value) {
  held.set(key, value);
  for (const tell of waiting.get(key) || []) tell(value);
  waiting.delete(key);
}

/**
 * Load the part of this key once.
 * @param {string} key its address without ".js"
 * @returns {Promise<any>} its values, null where the file is missing
 */
function load(key) {
  if (held.has(key)) return Promise.resolve(held.get(key));
  const block = document.getElementById(`part:${key}`);
  if (block) {
    put(key, JSON.parse(block.textContent));
    return Promise.resolve(held.get(key));
  }
  return new Promise((done) => {
    if (waiting.has(key)) {
      waiting.get(key).push(done);
      return;
    }
    waiting.set(key, [done]);
    const script = document.createElement("script");
    script.src = `${key}.js`;
    script.addEventListener("error", () => put(key, null));
    document.head.append(script);
  });
}

/** Return where the file of this address lies. Browsers seek in a blob, hardly in a data address. */
function url(address) {
  const data = inside[address];
  if (!data?.startsWith("data:video/")) return data || address;
  const signs = atob(data.slice(data.indexOf(",") + 1));
  const bytes = Uint8Array.from(signs, (sign) => sign.charCodeAt(0));
  inside[address] = URL.createObjectURL(new Blob([bytes], { type: "video/mp4" }));
  return inside[address];
}
return { carry, put, load, url };
})();

const module_common_dom = (() => {
// Elements of a page: found, made, and grouped so that one button of a group is pressed.

/** @returns {any} the element of a template that this script belongs to */
const byId = (id) => document.getElementById(id);

/**
 * Make an element; children that are null or empty are left out.
 * @param {string} tag
 * @param {Record<string, any>} properties className, text and properties of the element
 * @param {...(Node | string | null | undefined)} children
 * @returns {any}
 */
function element(tag, { className = "", text = null, ...rest } = {}, ...children) {
  const made = Object.assign(document.createElement(tag), rest);
  if (className) made.className = className;
  if (text !== null) made.textContent = text;
  for (const child of children) if (child) made.append(child);
  return made;
}

const tag = (text) => element("span", { className: "tag", text });

/** The sample of a colour that stands before its name. */
function swatch(colour) {
  const made = element("span", { className: "swatch" });
  made.style.background = colour;
  return made;
}

/** Press one button of a group at a time; onPress gets it. */
function choice(group, onPress) {
  group.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    for (const other of group.querySelectorAll("button")) press(other, other === button);
    onPress(button);
  });
}

const press = (button, on) => button.setAttribute("aria-pressed", String(on));

/** Scroll inside a list only; the page itself stays where the reader put it. */
function scrollWithin(holder, item) {
  const outer = holder.getBoundingClientRect();
  const inner = item.getBoundingClientRect();
  if (inner.top < outer.top) holder.scrollTop -= outer.top - inner.top;
  else if (inner.bottom > outer.bottom) holder.scrollTop += inner.bottom - outer.bottom;
}
return { byId, element, tag, swatch, choice, press, scrollWithin };
})();

const module_common_pages = (() => {
// Pages of a long list: which items stand on a page and what is told of it.

/**
 * Return one page of items; a page past the last is the last.
 * @template T
 * @param {T[]} items
 * @param {number} wanted from 0
 * @param {number} size items on a page
 */
function pageOf(items, wanted, size) {
  const pages = Math.max(1, Math.ceil(items.length / size));
  const page = Math.min(Math.max(0, wanted), pages - 1);
  const from = page * size;
  const shown = items.slice(from, from + size);
  return { page, pages, shown, told: `${from + 1}–${from + shown.length} of ${items.length}` };
}
return { pageOf };
})();

const module_common_tables = (() => {
// Long tables, shown a page of rows at a time. Without scripts they are simply long.
const { element } = module_common_dom;
const { pageOf } = module_common_pages;

const PAGE = 50;

function pageTables() {
  for (const table of document.querySelectorAll("table[data-paged]")) pageTable(table);
}

function pageTable(table) {
  const rows = [...table.tBodies[0].rows];
  if (rows.length <= PAGE) return;
  let page = 0;
  const told = element("span", { className: "num dim" });
  const turn = (by) => {
    const found = pageOf(rows, page + by, PAGE);
    page = found.page;
    const on = new Set(found.shown);
    for (const row of rows) row.hidden = !on.has(row);
    told.textContent = found.told;
  };
  const button = (text, by) => {
    const made = element("button", { type: "button", text });
    made.addEventListener("click", () => turn(by));
    return made;
  };
  const pager = element("p", { className: "pager" });
  pager.append(button("Previous", -1), " ", told, " ", button("Next", 1));
  table.after(pager);
  turn(0);
}
return { pageTables };
})();

const module_events_wall_filter = (() => {
// Choice and order of events on the wall.

/**
 * Return the events that fit, in the order wished for; they come in the order of their score.
 * @param {any[]} events
 * @param {object} wish
 * @param {string} wish.kind "all" or a kind of event
 * @param {string} wish.place "" for every place
 * @param {string} wish.words to find, in any case
 * @param {string} wish.order "score" or "time"
 */
function fitting(events, { kind, place, words, order }) {
  const found = events.filter(
    (event) =>
      (kind === "all" || event.kind === kind) &&
      (!place || event.place === place) &&
      textOf(event).includes(words.toLowerCase()),
  );
  return order === "score" ? found : found.sort((a, b) => a.order - b.order);
}

function textOf({ words, person, track }) {
  return `${words} ${person || ""} ${track || ""}`.toLowerCase();
}
return { fitting };
})();

const module_events_wall = (() => {
// Wall of events: thumbnails by score or time, filtered by kind, place and words, page by page.
const { byId, choice, element, swatch, tag } = module_common_dom;
const { pageOf } = module_common_pages;
const { url } = module_common_parts;
const { fitting } = module_events_wall_filter;

const CONTROLS = { "wall-place": "place", "wall-order": "order", "wall-find": "words" };

function startWall() {
  const { events } = JSON.parse(byId("wall-data").textContent);
  const colours = JSON.parse(byId("wall").dataset.colours);
  const size = Number(byId("wall").dataset.page);
  const wish = { kind: "all", place: "", words: "", order: "score" };
  let page = 0;

  function show(wanted) {
    const found = pageOf(fitting(events, wish), wanted, size);
    page = found.page;
    byId("wall").replaceChildren(...found.shown.map((event) => tile(event, colours)));
    byId("wall-pages").hidden = found.pages < 2;
    byId("wall-told").textContent = found.shown.length ? found.told : "no event fits";
  }

  choice(byId("wall-kinds"), (button) => {
    wish.kind = button.dataset.kind;
    show(0);
  });
  for (const [id, key] of Object.entries(CONTROLS)) {
    byId(id)?.addEventListener("input", () => {
      wish[key] = byId(id).value.trim();
      show(0);
    });
  }
  byId("wall-before").addEventListener("click", () => show(page - 1));
  byId("wall-after").addEventListener("click", () => show(page + 1));
  show(0);
}

function tile(event, colours) {
  const about = [event.name, event.track, event.lasts].filter(Boolean).join(" · ");
  const place = { className: "dim place", text: event.place, title: event.place };
  const item = element("li", {}, link(event, colours));
  item.append(element("p", { className: "num", text: event.time }));
  item.append(element("p", { className: "num dim", text: about }));
  if (event.place) item.append(element("p", place));
  if (event.person && event.kind !== "person") {
    item.append(element("p", {}, tag(event.status), ` ${event.person}`));
  }
  for (const [href, text] of event.clips) {
    item.append(element("a", { href: url(href), text, className: "clip" }), " ");
  }
  item.dataset.event = event.id;
  return item;
}

function link(event, colours) {
  const picture = event.picture
    ? element("img", { src: url(event.picture), alt: "", loading: "lazy" })
    : element("span", { className: "nopicture", text: "no picture stored" });
  const title = "score; comparable within one kind only";
  const score = element("span", { className: "num", text: event.score, title });
  const line = element("span", { className: "line" }, kind(event, colours), score);
  return element("a", { href: event.href, className: "jump" }, picture, line);
}

function kind(event, colours) {
  const shown = element("span", { className: event.alarm ? "kind warn" : "kind" });
  if (event.emotion) shown.append(swatch(colours[event.emotion]));
  shown.append(event.alarm ? `! ${event.words}` : event.words);
  return shown;
}
return { startWall };
})();

const module_unfold = (() => {
// Report of one file: the page that the address names, shown with the pictures that came along.
const { carry } = module_common_parts;

/** Show the page that the address names; do nothing in a report of many files. */
function unfold() {
  const block = document.getElementById("carried");
  if (!block) return;
  const files = JSON.parse(block.textContent);
  carry(files);
  const name = pageName() || "index";
  const page = template(name) || template("index");
  const copy = page.content.cloneNode(true);
  fillIn(copy, files);
  document.body.className = page.dataset.class;
  document.body.prepend(copy);
  document.title = document.querySelector("h1")?.textContent || "Report";
  // Another page means another start; a place on this one is the page's own matter.
  window.addEventListener("hashchange", () => {
    const next = pageName();
    if (next && next !== name) location.reload();
  });
  document.addEventListener("click", jump);
}

const pageName = () => new URLSearchParams(location.hash.slice(1)).get("page");

/** @returns {any} */
const template = (name) => document.getElementById(`page:${name}`);

// Pictures and tables are data addresses; the print version has no scripts and is not in this file.
function fillIn(copy, files) {
  for (const picture of copy.querySelectorAll("img[src]")) {
    picture.setAttribute("src", files[picture.getAttribute("src")] || "data:,");
  }
  for (const link of copy.querySelectorAll("a[href]")) {
    const address = link.getAttribute("href");
    if (files[address]) {
      link.setAttribute("href", files[address]);
      link.setAttribute("download", address.split("/").pop());
    } else if (address === "#page=print") {
      link.remove();
    }
  }
}

// Scroll to a place of this page; the address keeps naming the page.
function jump(event) {
  const link = event.target.closest('a[href^="#"]');
  if (!link || link.getAttribute("href").startsWith("#page=")) return;
  const place = document.getElementById(link.getAttribute("href").slice(1));
  if (!place) return;
  event.preventDefault();
  place.scrollIntoView();
}
return { unfold };
})();

const module_common_clock = (() => {
// Words for times: the time of the video, and the wall clock of the camera where it is known.

const two = (n) => String(n).padStart(2, "0");

/** Return seconds since the first frame as HH:MM:SS.mmm. */
function videoTime(t) {
  const ms = Math.max(0, Math.round(t * 1000));
  const [h, m, s] = [ms / 3600000, (ms / 60000) % 60, (ms / 1000) % 60].map(Math.floor);
  return `${two(h)}:${two(m)}:${two(s)}.${String(ms % 1000).padStart(3, "0")}`;
}

const iso = (ms) => new Date(Math.round(ms)).toISOString().replace("T", " ").replace("Z", "");

/** The clock of one video. Wall times carry no zone: they are what the camera would show. */
class Clock {
  /**
   * @param {object} facts
   * @param {number} facts.origin wall time of the first frame, ms since 1970; of any day where unknown
   * @param {boolean} facts.clock whether the wall time is known
   * @param {boolean} facts.corrected whether the camera file corrects it
   * @param {number | null} facts.shift ms from the stored clock to the corrected one
   */
  constructor({ origin, clock, corrected, shift }) {
    this.origin = origin;
    this.known = clock;
    this.corrected = corrected;
    this.shift = shift;
  }

  /** Place on the axes of charts: whole ms, as everywhere a time is shown. */
  ms(t) {
    return t === null ? null : Math.round(this.origin + t * 1000);
  }

  wall(t) {
    return this.known ? iso(this.origin + t * 1000) : "";
  }

  /** Wall time without its date, or the time of the video. */
  short(t) {
    return this.known ? this.wall(t).slice(11) : videoTime(t);
  }

  /** A stretch in whole seconds of wall time, or in the time of the video. */
  stretch(start, end) {
    if (!this.known) return `${videoTime(start)}–${videoTime(end)}`;
    return `${this.wall(start).slice(0, 19)}–${this.wall(end).slice(11, 19)}`;
  }

  /** Where the wall time comes from, the stored one beside a corrected one. */
  source(t) {
    if (!this.known) return "clock unknown: from the first frame";
    const video = `video ${videoTime(t)}`;
    if (this.shift !== null) {
      const stored = iso(this.origin - this.shift + t * 1000).slice(11);
      return `corrected · stored ${stored} · ${video}`;
    }
    return this.corrected ? `corrected, nothing stored · ${video}` : `as stored · ${video}`;
  }
}
return { videoTime, Clock };
})();

const module_common_spans = (() => {
// Search in times and in spans of time. Times are seconds; spans are [start, end, ...].

/** Return the place of the time nearest to t, the first of equals; -1 where there are none. */
function nearest(times, t) {
  let best = times.length ? 0 : -1;
  for (let i = 1; i < times.length; i += 1) {
    if (Math.abs(times[i] - t) < Math.abs(times[best] - t)) best = i;
  }
  return best;
}

/** Return the first span that holds t, both ends included. */
function spanAt(spans, t) {
  return spans.find(([start, end]) => t >= start && t <= end);
}

/** Return runs of values between nulls, as [from, to) places. */
function runsOf(values) {
  const runs = [];
  let from = 0;
  for (let i = 0; i <= values.length; i += 1) {
    if (i === values.length || values[i] === null) {
      if (i > from) runs.push([from, i]);
      from = i + 1;
    }
  }
  return runs;
}

/** Return the place of the last time at or before t among ascending times; -1 before the first. */
function lastBefore(times, t) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= t) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
return { nearest, spanAt, runsOf, lastBefore, clamp };
})();

const module_player_boxes = (() => {
// Boxes of the people in a picture: where they are between samples, and which lies under a point.
//
// A box is [x, y, width, height] in px of the recording.
const { lastBefore, nearest } = module_common_spans;

const REACH_S = 0.35; // a box is shown this long around its sample
const BRIDGE_S = 1.1; // between samples closer than this a box moves in a straight line

/** @typedef {[number, number, number, number]} Box */

/**
 * Return the box at t, moved along between its neighbours; null where nothing was seen.
 * @param {number[]} times ascending
 * @param {(Box | null)[]} boxes one for each time
 * @param {number} t
 * @returns {Box | null}
 */
function boxAt(times, boxes, t) {
  const before = lastBefore(times, t);
  const after = before + 1;
  const a = before >= 0 ? boxes[before] : null;
  const b = after < times.length ? boxes[after] : null;
  if (a && b && times[after] - times[before] <= BRIDGE_S) {
    const share = (t - times[before]) / (times[after] - times[before]);
    const between = a.map((value, i) => value + (b[i] - value) * share);
    return /** @type {Box} */ (between);
  }
  if (a && t - times[before] <= REACH_S) return a;
  if (b && times[after] - t <= REACH_S) return b;
  return null;
}

/**
 * Return the tracks to be seen at t: their boxes and what was told of each at the nearest sample.
 * @param {Record<string, any>} tracks by name, as a file of boxes holds them
 * @param {number} t
 */
function seenAt(tracks, t) {
  return Object.entries(tracks).flatMap(([name, { t: times, face, body, said }]) => {
    const seen = { name, face: boxAt(times, face, t), body: boxAt(times, body, t) };
    return seen.face || seen.body ? [{ ...seen, said: said[nearest(times, t)] }] : [];
  });
}

/** Return the name of the track under a point, that of the smallest box; null where none is. */
function hit(seen, x, y) {
  const holds = ([left, top, w, h]) => x >= left && x <= left + w && y >= top && y <= top + h;
  let best = null;
  let least = Number.POSITIVE_INFINITY;
  for (const { name, face, body } of seen) {
    for (const box of [face, body]) {
      if (!box || !holds(box) || box[2] * box[3] >= least) continue;
      best = name;
      least = box[2] * box[3];
    }
  }
  return best;
}

/**
 * Return where a picture lies inside a frame that keeps its shape.
 * @param {{width: number, height: number}} frame px of the screen
 * @param {number} width of the picture
 * @param {number} height of the picture
 */
function placeIn(frame, width, height) {
  const scale = Math.min(frame.width / width, frame.height / height);
  return {
    scale,
    left: (frame.width - width * scale) / 2,
    top: (frame.height - height * scale) / 2,
  };
}
return { boxAt, seenAt, hit, placeIn };
})();

const module_player_overlay = (() => {
// Drawing of boxes and their labels on the canvas over the player.

/** @typedef {import("./boxes.js").Box} Box */

const SHADE = "rgba(0,0,0,.55)";

/** Clear the canvas and make it as sharp as the screen; returns what draws on it. */
function cleared(canvas, frame) {
  const density = window.devicePixelRatio || 1;
  const [width, height] = [frame.width, frame.height].map((px) => Math.round(px * density));
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const pen = canvas.getContext("2d");
  pen.setTransform(density, 0, 0, density, 0, 0);
  pen.clearRect(0, 0, frame.width, frame.height);
  return pen;
}

/**
 * Draw the boxes of one track with its label.
 * @param {CanvasRenderingContext2D} pen
 * @param {{face: Box | null, body: Box | null}} seen one of them is there
 * @param {{scale: number, left: number, top: number, right: number}} place of the picture
 * @param {{on: boolean, colour: string, words: string}} look on: the track is selected
 */
function drawTrack(pen, { face, body }, place, { on, colour, words }) {
  if (body) stroke(pen, body, place, colour, on ? 1.5 : 1, [4, 3]);
  if (face) stroke(pen, face, place, colour, on ? 2.5 : 1.5, []);
  const [x, y] = /** @type {Box} */ (face || body);
  label(pen, words, place.left + x * place.scale, place.top + y * place.scale, place.right, on);
}

function stroke(pen, [x, y, w, h], { scale, left, top }, colour, width, dash) {
  pen.setLineDash(dash);
  for (const [line, style] of [
    [width + 2, SHADE],
    [width, colour],
  ]) {
    pen.lineWidth = line;
    pen.strokeStyle = style;
    pen.strokeRect(left + x * scale, top + y * scale, w * scale, h * scale);
  }
}

function label(pen, words, x, y, right, on) {
  const high = innerWidth >= 2800 ? 18 : 11;
  pen.font = `${on ? 600 : 400} ${high}px system-ui, sans-serif`;
  const wide = pen.measureText(words).width + 8;
  const left = Math.max(0, Math.min(x, right - wide));
  const low = Math.max(high + 3, y - 3);
  pen.fillStyle = on ? "rgba(0,0,0,.85)" : "rgba(0,0,0,.6)";
  pen.fillRect(left, low - high - 2, wide, high + 4);
  pen.fillStyle = "#fff";
  pen.fillText(words, left + 4, low - 2);
}
return { cleared, drawTrack };
})();

const module_player_screen = (() => {
// Player: cut pieces of the recording behind one time line, with boxes drawn over the picture.
//
// Knows times, pieces and boxes; what is selected and what a click means is the page's.
const { load, url } = module_common_parts;
const { hit, placeIn, seenAt } = module_player_boxes;
const { cleared, drawTrack } = module_player_overlay;

const FASTEST = 8;
const BACK_S = 0.2;
const SLACK_S = 0.05; // pieces are cut at whole pictures

/** Return the place of the piece that shows t, -1 where none does. */
function pieceAt(pieces, t) {
  return pieces.findIndex(({ start, end }) => t >= start - SLACK_S && t <= end + SLACK_S);
}

class Screen {
  /**
   * @param {object} options
   * @param {HTMLVideoElement} options.video
   * @param {HTMLCanvasElement} options.canvas
   * @param {{start: number, end: number, src: string, boxes: string}[]} options.pieces
   * @param {number} options.width px of the recording
   * @param {number} options.height px of the recording
   * @param {(t: number) => void} options.onTime
   * @param {(playing: boolean) => void} options.onState
   * @param {(name: string, said: any, on: boolean) => string} options.labelOf
   * @param {(name: string, said: any) => string} options.colourOf
   */
  constructor({ video, canvas, pieces, width, height, onTime, onState, labelOf, colourOf }) {
    this.video = video;
    this.canvas = canvas;
    this.frame = /** @type {HTMLElement} */ (canvas.parentElement);
    this.pieces = pieces;
    this.width = width;
    this.height = height;
    this.onTime = onTime;
    this.onState = onState;
    this.labelOf = labelOf;
    this.colourOf = colourOf;
    this.piece = -1;
    this.boxes = null;
    this.selected = null;
    this.drawBoxes = true;
    this.wanted = null; // seconds into the piece to go to once it is loaded
    this.again = false; // play once it is loaded
    this.rate = 1;
    this.back = 0; // the timer that steps backwards
    this.t = 0;
    this.listen();
  }

  listen() {
    this.video.addEventListener("loadeddata", () => this.arrive());
    this.video.addEventListener("seeked", () => this.draw());
    this.video.addEventListener("ended", () => this.onEnd());
    for (const name of ["play", "pause"]) {
      this.video.addEventListener(name, () => this.onState(this.playing));
    }
    const frame = () => {
      if (this.playing) this.tick();
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    new ResizeObserver(() => this.draw()).observe(this.frame);
  }

  get playing() {
    return !this.video.paused && !this.video.ended;
  }

  /** Show the picture of time t; returns false where none was cut. */
  seek(t) {
    this.t = t;
    const index = pieceAt(this.pieces, t);
    this.frame.classList.toggle("without", index < 0);
    if (index < 0) {
      this.pause();
      this.draw();
      return false;
    }
    if (index !== this.piece) this.open(index);
    const at = Math.max(0, t - this.pieces[index].start);
    if (this.video.readyState >= 1) this.video.currentTime = at;
    else this.wanted = at;
    this.draw();
    return true;
  }

  open(index) {
    this.again = this.playing;
    this.piece = index;
    this.boxes = null;
    this.video.src = url(this.pieces[index].src);
    load(this.pieces[index].boxes).then((boxes) => {
      if (this.piece !== index) return;
      this.boxes = boxes;
      this.draw();
    });
  }

  arrive() {
    if (this.wanted !== null) this.video.currentTime = this.wanted;
    this.wanted = null;
    if (this.again) this.video.play();
    this.again = false;
    this.video.playbackRate = this.rate;
    this.draw();
  }

  onEnd() {
    const next = this.pieces[this.piece + 1];
    if (!next) return;
    this.t = next.start;
    this.open(this.piece + 1);
    this.again = true;
  }

  tick() {
    this.t = this.pieces[this.piece].start + this.video.currentTime;
    this.draw();
    this.onTime(this.t);
  }

  play(rate = 1) {
    clearInterval(this.back);
    this.back = 0;
    this.rate = rate;
    this.video.playbackRate = rate;
    if (pieceAt(this.pieces, this.t) < 0) {
      const next = this.pieces.find(({ start }) => start > this.t) || this.pieces[0];
      if (!next) return;
      this.seek(next.start);
      this.onTime(next.start);
    }
    if (this.video.readyState >= 2) this.video.play();
    else this.again = true;
  }

  pause() {
    clearInterval(this.back);
    this.back = 0;
    this.rate = 1;
    this.again = false;
    this.video.pause();
  }

  toggle() {
    if (this.playing || this.back) this.pause();
    else this.play();
  }

  faster() {
    this.play(this.playing ? Math.min(FASTEST, this.rate * 2) : 1);
  }

  /** Browsers play no film backwards: step back ten times in two seconds of it. */
  backwards() {
    const speed = this.back ? 2 : 1;
    this.pause();
    this.back = setInterval(() => {
      const t = Math.max(0, this.t - BACK_S * speed);
      this.seek(t);
      this.onTime(t);
      if (t === 0) this.pause();
    }, 200);
  }

  seen() {
    const isOpen = this.boxes && this.piece >= 0 && pieceAt(this.pieces, this.t) === this.piece;
    return isOpen ? seenAt(this.boxes, this.t) : [];
  }

  /** Return the track under a point of the window. */
  hit(clientX, clientY) {
    const frame = this.frame.getBoundingClientRect();
    const { scale, left, top } = placeIn(frame, this.width, this.height);
    const x = (clientX - frame.left - left) / scale;
    return hit(this.seen(), x, (clientY - frame.top - top) / scale);
  }

  draw() {
    const frame = this.frame.getBoundingClientRect();
    const pen = cleared(this.canvas, frame);
    if (!this.drawBoxes) return;
    const place = placeIn(frame, this.width, this.height);
    const right = place.left + this.width * place.scale;
    const isOn = ({ name }) => name === this.selected;
    for (const one of this.seen().sort((a, b) => Number(isOn(a)) - Number(isOn(b)))) {
      const [on, colour] = [isOn(one), this.colourOf(one.name, one.said)];
      const words = this.labelOf(one.name, one.said, on);
      drawTrack(pen, one, { ...place, right }, { on, colour, words });
    }
  }
}
return { pieceAt, Screen };
})();

const module_timeline_axis = (() => {
// Time axis shared by all charts of a page: its margins, the window of time it shows, and places.

/** A wall screen: everything half as large again. */
const WIDE = globalThis.innerWidth >= 2800;
const LEFT = WIDE ? 276 : 184; // px; names of lanes stand here
const RIGHT = 12;
const SHORTEST_S = 0.4; // a narrower window shows less than two samples

/** @typedef {[number, number]} Range seconds, from and to */

/** Return the place of time t in px on a chart of this width. */
function xOf(t, [a, b], width) {
  return LEFT + ((t - a) / (b - a)) * (width - LEFT - RIGHT);
}

/** Return the time at a share of the window; shares outside it are its ends. */
function timeAt(share, [a, b]) {
  return a + Math.min(1, Math.max(0, share)) * (b - a);
}

/**
 * Return the window from a to b, not narrower than SHORTEST_S and inside the video.
 * @returns {Range}
 */
function windowOf(a, b, duration) {
  const missing = Math.max(0, SHORTEST_S - (b - a)) / 2;
  return [Math.max(0, a - missing), Math.min(duration, b + missing)];
}

/** Return the window scaled about a time that keeps its place. */
function scaled([a, b], factor, about) {
  return [about - (about - a) * factor, about + (b - about) * factor];
}

/** Return the window of the same length moved so that t lies inside, near the edge it left by. */
function movedTo(t, [a, b]) {
  if (t >= a && t <= b) return [a, b];
  const length = b - a;
  const margin = length * 0.05;
  const start = Math.max(0, t < a ? t - margin : t + margin - length);
  return [start, start + length];
}

/** Return how many ticks stand side by side: the longest is 00:00:00.000. */
function ticksOn(width) {
  return Math.max(2, Math.min(12, Math.floor((width - LEFT - RIGHT) / (WIDE ? 150 : 90))));
}
return { WIDE, LEFT, RIGHT, SHORTEST_S, xOf, timeAt, windowOf, scaled, movedTo, ticksOn };
})();

const module_timeline_figure = (() => {
// Drawing of one chart with plotly, in the colours of the page and on the shared time axis.
const { LEFT, ticksOn, WIDE } = module_timeline_axis;

/** Return a colour of the style sheet as it is now, light or dark. */
function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/**
 * Draw a figure as it came from the report.
 * @param {Element} plot where
 * @param {{data: any[], layout: any}} figure
 * @param {object} size
 * @param {number} size.width px
 * @param {number} size.height px
 * @param {{t: number, b: number}} size.margin as it came
 * @param {number[]} range of the axis, ms
 */
function drawFigure(plot, figure, { width, height, margin }, range) {
  const { data, layout } = figure;
  const more = WIDE ? 1.5 : 1;
  dress(figure);
  layout.width = width;
  layout.height = height;
  layout.margin = { ...margin, l: LEFT, t: margin.t * more, b: margin.b * more };
  layout.font = { ...layout.font, size: WIDE ? 16 : 11 };
  for (const axis of axesOf(layout, /^xaxis/)) {
    layout[axis] = { ...layout[axis], range: [...range], autorange: false, nticks: ticksOn(width) };
  }
  const config = { staticPlot: true, displayModeBar: false, responsive: false };
  globalThis.Plotly.react(plot, data, { ...layout }, config);
}

const axesOf = (layout, names) => Object.keys(layout).filter((key) => names.test(key));

// What depends on light or dark.
function dress({ data, layout }) {
  const [color, gridcolor, line] = ["--dim", "--grid", "--line"].map(colour);
  for (const axis of axesOf(layout, /^[xy]axis/)) {
    Object.assign(layout[axis], { color, gridcolor, linecolor: line, tickcolor: line });
    if (axis.startsWith("x")) layout[axis].showgrid = true;
  }
  for (const { marker } of data) {
    if (marker?.pattern?.shape) marker.pattern.fgcolor = colour("--hatch");
  }
}
return { colour, drawFigure };
})();

const module_timeline_pointer = (() => {
// Pointer on a chart: a click is a time, a drag is a window, Ctrl with the wheel zooms.
const { timeAt } = module_timeline_axis;

const DRAG_PX = 4; // a hand trembles less

/**
 * Listen to the pad that lies over the plot of a chart.
 * @param {HTMLElement} pad
 * @param {() => import("./axis.js").Range} range the window that the chart shows now
 * @param {object} on
 * @param {(t: number, y: number) => void} on.point a click, y px from the top
 * @param {(t: number | null) => void} on.hover the pointer moves, or leaves
 * @param {(a: number, b: number) => void} on.drag a window is being marked; 0, 0 ends that
 * @param {(a: number, b: number) => void} on.zoom a window was marked
 * @param {(factor: number, about: number) => void} on.scale
 * @param {() => void} on.whole
 */
function listen(pad, range, on) {
  const time = (event) => {
    const box = pad.getBoundingClientRect();
    return timeAt((event.clientX - box.left) / box.width, range());
  };
  const isDrag = (event, from) => Math.abs(event.clientX - from.px) > DRAG_PX;
  /** @type {{t: number, px: number} | null} where the button went down */
  let from = null;
  pad.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    from = { t: time(event), px: event.clientX };
    pad.setPointerCapture(event.pointerId);
  });
  pad.addEventListener("pointermove", (event) => {
    const t = time(event);
    if (from && isDrag(event, from)) on.drag(from.t, t);
    on.hover(t);
  });
  pad.addEventListener("pointerup", (event) => {
    if (!from) return;
    const start = from;
    from = null;
    on.drag(0, 0);
    const t = time(event);
    if (isDrag(event, start)) on.zoom(Math.min(start.t, t), Math.max(start.t, t));
    else on.point(t, event.clientY - pad.getBoundingClientRect().top);
  });
  pad.addEventListener("pointerleave", () => on.hover(null));
  pad.addEventListener("dblclick", on.whole);
  const wheel = (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    on.scale(event.deltaY > 0 ? 1.25 : 0.8, time(event));
  };
  pad.addEventListener("wheel", wheel, { passive: false });
}
return { listen };
})();

const module_timeline_group = (() => {
// Group of charts with one window of time and one cursor. Knows nothing of tracks.
const { element } = module_common_dom;
const { LEFT, movedTo, RIGHT, SHORTEST_S, scaled, windowOf, xOf } = module_timeline_axis;
const { drawFigure } = module_timeline_figure;
const { listen } = module_timeline_pointer;

class Group {
  /**
   * @param {object} options
   * @param {import("../common/clock.js").Clock} options.clock places times on the axes
   * @param {number} options.duration seconds
   * @param {(t: number, chart: any, y: number) => void} options.onPoint
   * @param {(t: number | null) => void} options.onHover
   */
  constructor({ clock, duration, onPoint, onHover }) {
    this.clock = clock;
    this.duration = Math.max(duration, SHORTEST_S);
    /** @type {import("./axis.js").Range} the window of time */
    this.range = [0, this.duration];
    this.onPoint = onPoint;
    this.onHover = onHover;
    this.charts = [];
    this.cursor = 0;
    this.over = null; // the time under the pointer
    this.width = 0; // px; 0 until laid out
  }

  /**
   * Add a chart; it is drawn by redraw.
   * @param {HTMLElement} holder
   * @param {{data: any[], layout: any}} figure
   * @param {object} options
   * @param {() => number} options.height px
   * @param {boolean} [options.whole] always shows the whole video, with the window marked
   * @param {() => void} [options.prepare] changes the figure before each drawing
   */
  add(holder, figure, { height, whole = false, prepare = () => {} }) {
    const part = (className) => holder.appendChild(element("div", { className }));
    const chart = {
      holder,
      figure,
      height,
      whole,
      prepare,
      margin: figure.layout.margin,
      plot: part("plot"),
      hair: part("hair"),
      ghost: part("hair over"),
      window: part("window"),
      pad: part("pad"),
    };
    chart.pad.style.left = `${LEFT}px`;
    chart.pad.style.right = `${RIGHT}px`;
    this.charts.push(chart);
    listen(chart.pad, () => this.rangeOf(chart), {
      point: (t, y) => this.onPoint(t, chart, y),
      hover: (t) => this.hover(t),
      drag: (a, b) => this.mark(chart, a, b),
      zoom: (a, b) => this.zoom(a, b),
      scale: (factor, about) => this.scale(factor, about),
      whole: () => this.zoom(0, this.duration),
    });
    return chart;
  }

  /** @returns {import("./axis.js").Range} */
  rangeOf(chart) {
    return chart.whole ? [0, this.duration] : this.range;
  }

  x(chart, t) {
    return xOf(t, this.rangeOf(chart), this.width);
  }

  hover(t) {
    this.over = t;
    this.place();
    this.onHover(t);
  }

  mark(chart, a, b) {
    const low = this.x(chart, Math.min(a, b));
    chart.window.style.left = `${low}px`;
    chart.window.style.width = `${this.x(chart, Math.max(a, b)) - low}px`;
  }

  scale(factor, about) {
    const [a, b] = scaled(this.range, factor, about);
    this.zoom(a, b);
  }

  zoom(a, b) {
    this.range = windowOf(a, b, this.duration);
    if (!this.width) return; // the first drawing will use the range
    for (const chart of this.charts) if (!chart.whole) this.draw(chart);
    this.place();
  }

  /** Move the window where it does not hold t. */
  show(t) {
    const [a, b] = movedTo(t, this.range);
    if (a !== this.range[0]) this.zoom(a, b);
  }

  point(t) {
    this.cursor = t;
    this.place();
  }

  /** Put cursors and marks where they belong. */
  place() {
    const [a, b] = this.range;
    const isPart = a > 0 || b < this.duration;
    for (const chart of this.charts) {
      this.put(chart, chart.hair, this.cursor);
      this.put(chart, chart.ghost, this.over);
      if (chart.whole) this.mark(chart, isPart ? a : 0, isPart ? b : 0);
    }
  }

  put(chart, line, t) {
    const [low, high] = this.rangeOf(chart);
    line.hidden = t === null || t < low || t > high;
    if (!line.hidden) line.style.left = `${this.x(chart, t)}px`;
  }

  draw(chart) {
    chart.prepare();
    const size = { width: this.width, height: chart.height(), margin: chart.margin };
    const range = this.rangeOf(chart).map((t) => this.clock.origin + t * 1000);
    drawFigure(chart.plot, chart.figure, size, range);
  }

  redraw(width = 0) {
    this.width = width || this.width;
    for (const chart of this.charts) this.draw(chart);
    this.place();
  }
}
return { Group };
})();

const module_video_address = (() => {
// Address of a moment on a video page: which track, which time, and whether to play.

/** Read the part of an address after "#"; the track is null and the time NaN where not named. */
function readAddress(hash) {
  const wish = new URLSearchParams(hash.replace(/^#/, ""));
  const t = Number.parseFloat(wish.get("t") ?? "");
  return { track: wish.get("track"), t, play: Boolean(wish.get("play")) };
}

/** Write the address of a track at a time after the address of its page. */
function addressOf(page, track, t) {
  return `${page}track=${track}&t=${t.toFixed(3)}`;
}
return { readAddress, addressOf };
})();

const module_video_track_words = (() => {
// Words about a track: who it may be, its expression and its actions.
const { element, swatch, tag } = module_common_dom;
const { url } = module_common_parts;

/** @import { Track } from "./data.js" */

const percent = (share) => (share === null ? "–" : `${Math.round(share * 100)} %`);

/**
 * In plain words: "candidate Anna", "unknown-1", "not assessed".
 * @param {Track} track
 */
function called({ status, person, known }) {
  return known ? `${status} ${person}` : person || status;
}

/**
 * Return the actions that fill most of the time, each put into words.
 * @param {Track} track
 * @param {(action: [string, number]) => string} words
 * @param {number} most
 */
function actionsOf({ actions }, words, most) {
  if (actions.length === 1 && actions[0][0] === "unknown") return "action unknown";
  return actions.slice(0, most).map(words).join(", ") || "action not told";
}

/** @param {Track} track */
function facesOf({ assessed, faces, seen }) {
  if (!faces) return `no face in ${seen} samples`;
  const told = assessed === null ? "" : `${percent(assessed)} of faces assessed · `;
  return `${told}a face in ${faces} of ${seen} samples`;
}

const dim = (text) => element("span", { className: "dim", text });

/**
 * As elements: status, then the person where one is known.
 * @param {Track} track
 */
function who({ status, person, known, candidate }) {
  if (known) return [tag(status), " ", element("b", { text: person })];
  if (status === "rejected") return [tag(status), " ", dim(candidate ? candidate.person : "")];
  return [dim(person || (status === "unknown" ? "unknown person" : "identity not assessed"))];
}

/**
 * As elements: the expression told most often, with its share of the assessed faces.
 * @param {Track} track
 * @param {Record<string, string>} colours
 */
function expression({ emotion, share }, colours) {
  if (!emotion) {
    return [element("span", { className: "swatch hatch" }), dim("expression not assessed")];
  }
  const much = element("span", { className: "num", text: percent(share) });
  return [swatch(colours[emotion]), `${emotion} `, much];
}

/** A square picture, or the words that none is stored. */
function picture(address, size, words) {
  if (address) {
    const alt = { alt: words, loading: "lazy" };
    return element("img", { src: url(address), width: size, height: size, ...alt });
  }
  const none = element("span", { className: "nopicture", text: "no picture" });
  none.style.width = `${size}px`;
  none.style.height = `${size}px`;
  if (words) {
    none.setAttribute("role", "img");
    none.setAttribute("aria-label", `${words}: no picture stored`);
  }
  return none;
}
return { percent, called, actionsOf, facesOf, who, expression, picture };
})();

const module_video_box_label = (() => {
// Label and colour of a box in the player. "said" is [expression, its share, action], -1 for none.
const { called } = module_video_track_words;

/** @import { Said, Track, VideoData } from "./data.js" */

/**
 * @param {VideoData} data
 * @param {Track} track
 * @param {Said | null} said
 * @param {boolean} on the track is selected
 */
function labelOf({ emotions, actions }, track, said, on) {
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
function colourOf({ emotions, colours }, said) {
  return said && said[0] >= 0 ? colours[emotions[said[0]]] : "#ffffff";
}
return { labelOf, colourOf };
})();

const module_video_controls = (() => {
// Buttons of a video page, and clicks on its player.
const { byId, press } = module_common_dom;

/** @param {import("./page.js").VideoPage} page */
function listenToControls(page) {
  const { screen } = page;
  const onClick = (id, act) => byId(id).addEventListener("click", act);
  onClick("as-area", () => showAs(page, "area"));
  onClick("as-line", () => showAs(page, "line"));
  onClick("raw", () => {
    page.chart.raw = !page.chart.raw;
    press(byId("raw"), page.chart.raw);
    page.drawTrack();
  });
  onClick("zoom-all", () => page.zoomOut());
  onClick("zoom-track", () => page.zoomToTrack());
  onClick("show-keys", () => byId("keys").showModal());
  onClick("play", () => screen.toggle());
  onClick("boxes", () => {
    screen.drawBoxes = !screen.drawBoxes;
    press(byId("boxes"), screen.drawBoxes);
    screen.draw();
  });
  onClick("before-event", () => page.goToEvent(-1));
  onClick("after-event", () => page.goToEvent(1));
  onClick("overlay", ({ clientX, clientY }) => {
    const name = screen.hit(clientX, clientY);
    if (name) page.select(name, { t: screen.t });
    else screen.toggle();
  });
}

function showAs(page, mode) {
  page.chart.mode = mode;
  for (const each of ["area", "line"]) press(byId(`as-${each}`), each === mode);
  page.drawTrack();
}
return { listenToControls };
})();

const module_video_events = (() => {
// Events of one video: the next one from the cursor, and their ticks over the overview.
const { byId, element } = module_common_dom;
const { LEFT, RIGHT } = module_timeline_axis;

const STEP_S = 0.01; // an event this near is the one that the cursor stands on
const MOST_TICKS = 2000;

/**
 * Return the event that starts next after t, or last before it.
 * @template {{start: number, track?: string | null}} E
 * @param {E[]} events by start
 * @param {number} t
 * @param {number} by 1 or -1
 * @returns {E | undefined}
 */
function nextEvent(events, t, by) {
  if (by > 0) return events.find(({ start }) => start > t + STEP_S);
  return [...events].reverse().find(({ start }) => start < t - STEP_S);
}

function drawTicks(events, duration, width) {
  const scale = (width - LEFT - RIGHT) / Math.max(duration, 0.001);
  const tick = ({ start, end, alarm }) => {
    const made = element("i", { className: alarm ? "alarm" : "" });
    made.style.left = `${LEFT + start * scale}px`;
    if (alarm) made.style.width = `${Math.max(2, (end - start) * scale)}px`;
    return made;
  };
  byId("event-ticks").replaceChildren(...events.slice(0, MOST_TICKS).map(tick));
}
return { nextEvent, drawTicks };
})();

const module_video_faces = (() => {
// Stored faces of the selected track: the one nearest to the cursor, and the film of all.
const { videoTime } = module_common_clock;
const { byId, element } = module_common_dom;
const { url } = module_common_parts;
const { nearest } = module_common_spans;
const { picture } = module_video_track_words;

/** @import { Face } from "./data.js" */

const MOST = 60; // pictures in the film

/** Say how far a face is from the cursor. */
function distanceOf(time, t) {
  const away = Math.abs(time - t);
  return away < 0.05 ? "at the cursor" : `${away.toFixed(1)} s ${time < t ? "earlier" : "later"}`;
}

/**
 * Show the face nearest to t.
 * @param {Face[]} faces
 * @param {string} name of the track
 * @param {number} t
 * @param {import("../common/clock.js").Clock} clock
 */
function showFace(faces, name, t, clock) {
  const times = faces.map(([time]) => time);
  const index = nearest(times, t);
  const face = faces[index];
  const address = face?.[1];
  byId("shot-link").hidden = !address;
  byId("shot-none").hidden = Boolean(address);
  byId("shot-none").textContent = face ? "no picture kept" : "no face was good enough to keep";
  if (address) showPicture(address, `${name} at ${videoTime(face[0])}`);
  byId("shot-caption").replaceChildren(...(face ? caption(face, t, clock) : []));
  for (const [i, button] of byId("film").querySelectorAll("button").entries()) {
    if (i === index) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
}

function showPicture(address, words) {
  byId("shot").src = url(address);
  byId("shot").alt = words;
  byId("shot-link").href = url(address);
  byId("shot-link").setAttribute("aria-label", `Open the picture of ${words}`);
}

/**
 * @param {Face} face
 * @param {number} t
 * @param {import("../common/clock.js").Clock} clock
 */
function caption([time, , quality, reasons], t, clock) {
  const line = (className, text) => element("div", { className, text });
  const lines = [
    line("num", clock.short(time)),
    line("dim", distanceOf(time, t)),
    line("dim", `quality ${quality.toFixed(2)}`),
  ];
  return reasons.length ? [...lines, line("dim", reasons.join(", "))] : lines;
}

/**
 * @param {Face[]} faces
 * @param {string} name of the track
 * @param {(t: number) => void} onPress
 */
function showFilm(faces, name, onPress) {
  /** @param {Face} face */
  const frame = ([time, address, quality]) => {
    const title = `${name} ${videoTime(time)} · quality ${quality}`;
    const button = element("button", { type: "button", title }, picture(address, 36, ""));
    button.setAttribute("aria-label", `Face of ${name} at ${videoTime(time)}`);
    button.addEventListener("click", () => onPress(time));
    return element("li", {}, button);
  };
  byId("film").replaceChildren(...faces.slice(0, MOST).map(frame));
}
return { distanceOf, showFace, showFilm };
})();

const module_video_keys = (() => {
// Keys of a video page, as its dialog of keys lists them.
const { byId } = module_common_dom;

/** @param {import("./page.js").VideoPage} page */
function listenToKeys(page) {
  const keys = keysOf(page);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    const target = /** @type {Element} */ (event.target);
    if (target.closest("input, select, textarea, dialog[open]")) return;
    // Space presses the button that has the focus.
    if (event.key === " " && target.closest("button:not(.card), a, summary")) return;
    event.preventDefault();
    keys[event.key](event);
  });
}

function keysOf(page) {
  const { group, screen } = page;
  const move = (by) => page.moveTo(group.cursor + by);
  const picture = 1 / page.data.rate;
  const stride = ({ shiftKey }) => (shiftKey ? 2 : 0.2);
  const closer = () => group.scale(0.5, group.cursor);
  return {
    " ": () => screen.toggle(),
    k: () => screen.pause(),
    l: () => screen.faster(),
    j: () => screen.backwards(),
    ",": () => move(-picture),
    ".": () => move(picture),
    ArrowLeft: (event) => move(-stride(event)),
    ArrowRight: (event) => move(stride(event)),
    ArrowUp: () => page.step(-1),
    ArrowDown: () => page.step(1),
    Home: () => page.moveTo(page.track.start),
    End: () => page.moveTo(page.track.end),
    n: () => page.goToEvent(1),
    p: () => page.goToEvent(-1),
    b: () => byId("boxes").click(),
    "+": closer,
    "=": closer,
    "-": () => group.scale(2, group.cursor),
    0: () => page.zoomOut(),
    f: () => page.zoomToTrack(),
    "?": () => byId("keys").showModal(),
  };
}
return { listenToKeys };
})();

const module_video_lanes = (() => {
// Lanes of the listed tracks: when each was in view, and when with a face.
const { WIDE } = module_timeline_axis;

/** @import { Track, Figure } from "./data.js" */

const LANE_PX = WIDE ? 30 : 20;

/**
 * Fill the figure with the bars of these tracks: thin for the person, thick for the face.
 * @param {Figure} figure
 * @param {Track[]} tracks
 * @param {(t: number) => number | null} toMs
 */
function fillLanes({ data, layout }, tracks, toMs) {
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
function laneAt(y, lanes) {
  return Math.min(lanes - 1, Math.max(0, Math.floor(y / LANE_PX)));
}
return { LANE_PX, fillLanes, laneAt };
})();

const module_video_expressions = (() => {
// Expressions over time: outlines of stacked areas, and the values at a moment.
//
// Samples are times, null between runs, and a row of probabilities for each expression.
const { nearest, runsOf } = module_common_spans;

/** @import { Samples } from "./data.js" */

const LONE_S = 0.1; // a lone sample is drawn this long to each side
const NEAR_S = 0.2; // a run speaks for this long around it

/**
 * Return one closed outline for each run and expression, {x, y} with nulls between runs.
 * @param {Samples} samples
 * @param {(t: number) => number | null} toMs
 */
function outlines({ t, p }, toMs) {
  const shapes = p.map(() => ({ x: [], y: [] }));
  for (const [from, to] of runsOf(t)) {
    const isLone = to - from === 1;
    const times = isLone ? [t[from] - LONE_S, t[from] + LONE_S] : t.slice(from, to);
    const x = times.map(toMs);
    let low = x.map(() => 0);
    for (const [e, row] of p.entries()) {
      const high = low.map((below, i) => below + row[isLone ? from : from + i]);
      extend(shapes[e], [...x, ...[...x].reverse()], [...high, ...[...low].reverse()]);
      low = high;
    }
  }
  return shapes;
}

function extend(shape, x, y) {
  if (shape.x.length) {
    shape.x.push(null);
    shape.y.push(null);
  }
  shape.x.push(...x);
  shape.y.push(...y);
}

/**
 * Return the probabilities at a moment, null where no run is near.
 * @param {Samples} samples
 * @param {number} moment
 * @returns {number[] | null}
 */
function sampleAt({ t, p }, moment) {
  for (const [from, to] of runsOf(t)) {
    if (moment < t[from] - NEAR_S || moment > t[to - 1] + NEAR_S) continue;
    const best = from + nearest(t.slice(from, to), moment);
    return p.map((row) => row[best]);
  }
  return null;
}
return { outlines, sampleAt };
})();

const module_video_readout = (() => {
// Readout: the time of the cursor, and what is told of the selected track then.
const { videoTime } = module_common_clock;
const { byId } = module_common_dom;
const { spanAt } = module_common_spans;
const { sampleAt } = module_video_expressions;

/** @import { Series, Track, VideoData } from "./data.js" */

/**
 * Return what is told of a track at t, part by part.
 * @param {VideoData} data
 * @param {Track} track
 * @param {Series | null} series of the track, null until loaded
 * @param {number} t
 */
function wordsAt({ gaps, events, actions }, track, series, t) {
  const words = [track.name];
  const gap = spanAt(gaps, t);
  if (gap) words.push(`not analysed: ${gap[2].replace(/^not analysed: /, "")}`);
  else if (t < track.start || t > track.end) words.push("not in view");
  const action = series && spanAt(series.actions, t);
  if (action) words.push(actionWords(action, actions));
  const poor = series && spanAt(series.insufficient, t);
  if (poor) words.push(`expression not assessed: ${poor[2]}`);
  const isNow = ({ start, end }) => t >= start && t <= end;
  for (const event of events) {
    const isHers = !event.track || event.track === track.name;
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
function valuesAt(series, t) {
  return !series || spanAt(series.insufficient, t) ? null : sampleAt(series.smooth, t);
}

function showReadout(data, clock, track, series, t) {
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
return { wordsAt, valuesAt, showReadout };
})();

const module_video_sizing = (() => {
// Size of the charts: as wide as the lanes on screen, and as A4 across on paper.
const { byId } = module_common_dom;

const PAPER_PX = 1000;

/**
 * Keep the charts as wide as the lanes, whose scroll bar takes its share.
 * @param {() => number} widthNow
 * @param {(width: number) => void} resize
 * @param {() => void} redress draws the selected track in the colours of now
 */
function keepSize(widthNow, resize, redress) {
  let isPrinting = false;
  let height = 0;
  const measure = () => {
    const width = byId("lanes").clientWidth;
    if (!width || isPrinting || (width === widthNow() && height === innerHeight)) return;
    height = innerHeight;
    resize(width);
  };
  onPrint(
    () => {
      isPrinting = true;
      const before = widthNow();
      redress();
      resize(PAPER_PX);
      return before;
    },
    (before) => {
      isPrinting = false;
      redress();
      resize(before);
    },
  );
  measure();
  new ResizeObserver(measure).observe(byId("timeline"));
  window.addEventListener("resize", measure);
}

// On paper charts are dark on white whatever the screen shows.
function onPrint(begin, end) {
  const root = document.documentElement;
  let theme;
  let kept;
  window.addEventListener("beforeprint", () => {
    theme = root.dataset.theme;
    root.dataset.theme = "light";
    kept = begin();
  });
  window.addEventListener("afterprint", () => {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    end(kept);
  });
}
return { keepSize };
})();

const module_video_action_blocks = (() => {
// Blocks of the action strip: their looks, and how much of the chart they take.
//
// An action is [start, end, place in data.actions, share or null, why].
const { colour } = module_timeline_figure;

/** @import { Action, ActionLook } from "./data.js" */

const CLEAR = "rgba(0,0,0,0)";
const PALE = ["standing", "walking"]; // dark labels can be read on these

/**
 * Return what the trace of blocks shows but for their labels.
 * @param {Action[]} actions
 * @param {ActionLook[]} looks
 * @param {string[]} lanes
 * @param {(t: number) => number | null} toMs
 */
function blocksOf(actions, looks, lanes, toMs) {
  const of = actions.map(([, , index]) => looks[index]);
  const [ink, line] = [colour("--ink"), colour("--line")];
  const isOutline = ({ kind }) => kind === "outline";
  const solid = ({ name }) => (PALE.includes(name) ? "#16191d" : "#ffffff");
  return {
    x: actions.map(([start, end]) => (end - start) * 1000),
    base: actions.map(([start]) => toMs(start)),
    y: of.map(({ name }) => lanes.indexOf(name)),
    textfont: { size: 10, color: of.map((look) => (isOutline(look) ? ink : solid(look))) },
    marker: {
      color: of.map((look) => (isOutline(look) ? CLEAR : look.colour)),
      line: { width: 1, color: of.map((look) => (look.name === "unknown" ? line : look.colour)) },
    },
  };
}

/**
 * Return the share of a chart that the strip takes: what its lanes need, the rest is for the
 * expressions. Where no face was seen it has most of the chart.
 */
function stripShare(lanes, hasFace, room, wide) {
  const [most, lane] = hasFace ? [0.45, 17] : [0.75, 48];
  return Math.min(most, (lanes * lane * (wide ? 1.5 : 1)) / room);
}

/**
 * Return what stands in each block: its name where that fits, else its letter, else nothing.
 * @param {Action[]} actions
 * @param {ActionLook[]} looks
 * @param {number} msPerPixel
 */
function labelsOf(actions, looks, msPerPixel) {
  return actions.map(([start, end, index]) => {
    const { name, letter } = looks[index];
    const fits = (words) => ((end - start) * 1000) / msPerPixel > 4 + 7 * words.length;
    return [name, letter].find(fits) ?? "";
  });
}
return { blocksOf, stripShare, labelsOf };
})();

const module_video_track_chart = (() => {
// Chart of the selected track: its expressions above, its actions below.
const { byId } = module_common_dom;
const { LEFT, WIDE } = module_timeline_axis;
const { colour } = module_timeline_figure;
const { blocksOf, labelsOf, stripShare } = module_video_action_blocks;
const { outlines } = module_video_expressions;

/** @import { Series, VideoData } from "./data.js" */

// Places of traces in report/figures.py, track_figure.
const AREA = 0;
const LINE = 7;
const RAW = 14;
const HATCH = 21;
const ACTION = 23;

const LEAST_PX = 128;
const LANE_PX = 12; // labels stand in lanes that are as high

/** What is left of the first screen belongs to the selected track. */
function trackHeight() {
  const top = byId("track").getBoundingClientRect().top + scrollY;
  return Math.round(Math.min(WIDE ? 1400 : 680, Math.max(LEAST_PX, innerHeight - top - 6)));
}

class TrackChart {
  /**
   * @param {VideoData} data
   * @param {import("../common/clock.js").Clock} clock
   */
  constructor(data, clock) {
    this.data = data;
    this.toMs = (t) => clock.ms(t);
    this.mode = "area"; // or "line"
    this.raw = false; // whether raw values are shown
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
      y: series.insufficient.map(() => 1),
      base: series.insufficient.map(() => 0),
    });
    Object.assign(traces[ACTION], blocksOf(series.actions, data.actions, data.lanes, toMs));
  }

  /** @param {any[]} traces @param {Series} series */
  fillExpressions(traces, { smooth, raw }) {
    const shapes = outlines(smooth, this.toMs);
    const [smoothX, rawX] = [smooth.t.map(this.toMs), raw.t.map(this.toMs)];
    for (const e of this.data.emotions.keys()) {
      const isLine = this.mode === "line";
      Object.assign(traces[AREA + e], shapes[e], { visible: !isLine });
      Object.assign(traces[LINE + e], { x: smoothX, y: smooth.p[e], visible: isLine });
      Object.assign(traces[RAW + e], { x: rawX, y: raw.p[e], visible: this.raw });
      traces[RAW + e].marker.line = { width: 0.5, color: colour("--ground") };
    }
  }

  /** Divide the chart, and label the blocks that hold a label at the zoom of now. */
  prepare(range, width) {
    const { data, series } = this;
    const room = Math.max(1, trackHeight() - (WIDE ? 40 : 28));
    const hasFace = !series || series.smooth.t.length + series.insufficient.length > 0;
    const share = stripShare(data.lanes.length, hasFace, room, WIDE);
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
    const { smooth, insufficient, actions } = this.series;
    const { off } = this.data;
    const reason = insufficient[0]?.[2] || off.emotion || "no face was seen well enough";
    const why = off.action ? `: ${off.action}` : "";
    write(
      "emotion-note",
      smooth.t.length ? "" : `No expression could be told for ${name}: ${reason}.`,
    );
    write("action-note", actions.length ? "" : `No action was told for ${name}${why}.`);
  }
}

function write(id, text) {
  byId(id).hidden = !text;
  byId(id).textContent = text;
}
return { trackHeight, TrackChart };
})();

const module_video_track_filter = (() => {
// Choice of the tracks to list, by kind and by words.

/** @import { Track } from "./data.js" */

/**
 * Return the tracks that fit.
 * @param {Track[]} tracks
 * @param {string} kind "all", "events" or a status
 * @param {string} words the whole name of a track or a part of a person's, in any case
 */
function fittingTracks(tracks, kind, words) {
  const wanted = words.toLowerCase();
  return tracks.filter(({ name, person, status, events }) => {
    const isKind = kind === "all" || status === kind || (kind === "events" && events > 0);
    const isNamed = name.toLowerCase() === wanted || person?.toLowerCase().includes(wanted);
    return isKind && (!wanted || isNamed);
  });
}
return { fittingTracks };
})();

const module_video_track_list = (() => {
// List of tracks with their lanes: filtered, a page at a time, one of them selected.

const { videoTime } = module_common_clock;
const { byId, choice, element, press, scrollWithin } = module_common_dom;
const { pageOf } = module_common_pages;
const { fittingTracks } = module_video_track_filter;
const { actionsOf, called, expression, percent, picture, who } = module_video_track_words;

/** @import { Track, VideoData } from "./data.js" */

const PAGE = 40; // tracks listed and drawn at once

class TrackList {
  /**
   * @param {VideoData} data
   * @param {(name: string) => void} onSelect
   * @param {() => void} onShown other tracks are listed now
   */
  constructor({ tracks, colours }, onSelect, onShown) {
    this.tracks = tracks;
    this.colours = colours;
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
    byId("tracks").replaceChildren(...found.shown.map((track) => card(track, this.colours)));
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
 * @param {Record<string, string>} colours
 */
function card(track, colours) {
  const name = element("b", { className: "num", text: track.name });
  const times = `${videoTime(track.start)}–${videoTime(track.end)}`;
  const actions = actionsOf(track, ([label]) => label, 2);
  const isAssessed = track.emotion && track.assessed !== null;
  const assessed = ` assessed ${percent(track.assessed)}`;
  const text = element(
    "span",
    { className: "card-text" },
    line(
      element("span", { className: "who" }, name, " ", ...who(track)),
      element("span", { className: "num dim times", text: times }),
    ),
    line(
      element("span", { text: actions }),
      element(
        "span",
        {},
        ...expression(track, colours),
        isAssessed ? element("span", { className: "dim", text: assessed }) : null,
      ),
    ),
  );
  const face = picture(track.picture, 40, `Best face of ${track.name}`);
  const button = element("button", { type: "button", className: "card" }, face, text);
  button.dataset.track = track.name;
  return element("li", {}, button);
}

/** @param {Track} track */
function laneName(track) {
  const name = element("b", { className: "num", text: track.name });
  const person = element("span", { text: track.person || track.status });
  const item = element("li", {}, picture(track.picture, 16, ""), name, person);
  item.dataset.track = track.name;
  item.title = `${track.name} ${called(track)}`;
  return item;
}
return { TrackList };
})();

const module_video_viewer = (() => {
// Viewer: who the selected track may be, what is known of it, and the candidate beside it.
const { byId, element } = module_common_dom;
const { actionsOf, expression, facesOf, percent, picture, who } = module_video_track_words;

/** @import { Candidate, Track } from "./data.js" */

/**
 * @param {Track} track
 * @param {Record<string, string>} colours
 * @param {import("../common/clock.js").Clock} clock
 */
function showTrack(track, colours, clock) {
  const name = element("span", { className: "num", text: track.name });
  byId("selected-name").replaceChildren(name, " ", ...who(track));
  const times = element("span", { className: "num", text: clock.stretch(track.start, track.end) });
  const actions = actionsOf(track, ([label, share]) => `${label} ${percent(share)}`, 3);
  byId("selected-facts").replaceChildren(
    element("p", {}, times),
    element("p", { text: actions }),
    element("p", {}, ...expression(track, colours)),
    element("p", { className: "dim", text: facesOf(track) }),
  );
  const { candidate } = track;
  const evidence = candidate ? [gallery(candidate), facts(candidate, track.name)] : [];
  byId("selected-evidence").replaceChildren(...evidence);
}

/** @param {Candidate} candidate */
function gallery({ person, picture: address }) {
  const caption = element("figcaption", {}, "gallery: ", element("b", { text: person }));
  return element("figure", {}, picture(address, 88, `Gallery picture of ${person}`), caption);
}

/**
 * @param {Candidate} candidate
 * @param {string} name of the track
 */
function facts(candidate, name) {
  const link = { href: `#evidence-${name}`, className: "to-evidence", text: "evidence" };
  const margin = candidate.margin === null ? "only person" : candidate.margin.toFixed(3);
  return element(
    "div",
    {},
    element("p", {}, standing(candidate)),
    byId(`evidence-${name}`) ? element("p", {}, element("a", link)) : null,
    row("distance", candidate.distance.toFixed(3)),
    row("threshold", candidate.threshold.toFixed(3)),
    row("margin", margin),
    candidate.probability === null ? null : row("probability", candidate.probability),
    candidate.rate === null ? null : row("false matches", candidate.rate),
  );
}

/**
 * What was decided on a candidate, or what is still to be.
 * @param {Candidate} candidate
 */
function standing({ review, accepted, reason }) {
  if (review) return review;
  return accepted
    ? "needs human confirmation"
    : `no candidate: ${reason || "not within the threshold"}`;
}

function row(label, value) {
  const name = element("span", { className: "dim", text: `${label} ` });
  return element("p", {}, name, element("span", { className: "num", text: value }));
}
return { showTrack, standing };
})();

const module_video_page = (() => {
// Page of one video: which track is selected, where the cursor is, and who is told of both.
const { Clock, videoTime } = module_common_clock;
const { byId } = module_common_dom;
const { load } = module_common_parts;
const { clamp } = module_common_spans;
const { Screen } = module_player_screen;
const { WIDE } = module_timeline_axis;
const { Group } = module_timeline_group;
const { addressOf, readAddress } = module_video_address;
const { colourOf, labelOf } = module_video_box_label;
const { listenToControls } = module_video_controls;
const { drawTicks, nextEvent } = module_video_events;
const { showFace, showFilm } = module_video_faces;
const { listenToKeys } = module_video_keys;
const { fillLanes, LANE_PX, laneAt } = module_video_lanes;
const { showReadout } = module_video_readout;
const { keepSize } = module_video_sizing;
const { TrackChart, trackHeight } = module_video_track_chart;
const { TrackList } = module_video_track_list;
const { showTrack } = module_video_viewer;

/** @import { Series, Track, VideoData } from "./data.js" */

const WRITE_MS = 1000; // browsers limit how often an address is written while playing
const TOO_SMALL = 0.02; // of the window

function startVideoPage() {
  const page = new VideoPage(JSON.parse(byId("data").textContent));
  page.start();
  listenToKeys(page);
  listenToControls(page);
  document.body.dataset.ready = "true";
}

class VideoPage {
  /** @param {VideoData} data */
  constructor(data) {
    this.data = data;
    this.clock = new Clock(data);
    this.byName = new Map(data.tracks.map((track) => [track.name, track]));
    this.track = /** @type {Track} */ (/** @type {any} */ (null)); // selected, once started
    this.wrote = 0; // when the address was written
    this.chart = new TrackChart(data, this.clock);
    this.group = this.makeGroup();
    this.screen = this.makeScreen();
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
    this.plot = add("track", trackHeight, {
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
      onTime: (t) => this.moveTo(t, { isPlaying: true }),
      onState: (playing) => {
        byId("play").textContent = playing ? "Pause" : "Play";
      },
      colourOf: (_, said) => colourOf(data, said),
      labelOf: (name, said, on) => {
        const track = byName.get(name);
        return track ? labelOf(data, track, said, on) : name;
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
    const [first, event] = [data.tracks[0].name, data.events[0]];
    this.select(first, { t: event?.track === first ? event.start : null });
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
   * Select a track and go to t, by default to its best face.
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
    load(track.part).then((series) => {
      if (this.track === track) this.showSeries(series || this.emptySeries());
    });
  }

  emptySeries() {
    const none = { t: [], p: this.data.emotions.map(() => []) };
    return { smooth: none, raw: none, insufficient: [], actions: [], faces: [] };
  }

  showSeries(series) {
    this.chart.series = series;
    showFilm(series.faces, this.track.name, (t) => this.moveTo(t));
    this.drawTrack();
    this.showFace(this.group.cursor);
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

  showFace(t) {
    showFace(this.chart.series?.faces || [], this.track.name, t, this.clock);
  }

  tell(t) {
    showReadout(this.data, this.clock, this.track, this.chart.series, t);
  }

  /** Go to t; the player, where it is playing, is there already. */
  moveTo(t, { isPlaying = false } = {}) {
    const time = clamp(t, 0, this.data.duration);
    this.group.point(time);
    this.group.show(time);
    this.showFace(time);
    this.tell(time);
    if (!isPlaying) this.seek(time);
    else if (performance.now() - this.wrote < WRITE_MS) return;
    this.wrote = performance.now();
    try {
      history.replaceState(null, "", addressOf(this.data.page, this.track.name, time));
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
    if (event?.track) this.select(event.track, { t: event.start });
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
return { startVideoPage, VideoPage };
})();

const module_main = (() => {
// Start of a page: its parts are started where the page has them.
const { load, put } = module_common_parts;
const { pageTables } = module_common_tables;
const { startWall } = module_events_wall;
const { unfold } = module_unfold;
const { startVideoPage } = module_video_page;

// Files loaded on demand call Report.put; nothing else of the scripts is visible outside.
globalThis.Report = { put, load };

unfold();
if (document.getElementById("data")) startVideoPage();
if (document.getElementById("wall-data")) startWall();
pageTables();
return {  };
})();
})();
