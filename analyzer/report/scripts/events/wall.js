// Wall of events: thumbnails by level or time, filtered by kind, place and words, page by page.
import { byId, choice, element, press, swatch, tag } from "../common/dom.js";
import { pageOf } from "../common/pages.js";
import { load, url } from "../common/parts.js";
import { EVERY_EVENT, readWall, writeWall } from "./address.js";
import { fitting } from "./wall_filter.js";

const CONTROLS = { "wall-place": "place", "wall-order": "order", "wall-find": "words" };

export function startWall() {
  const { events, rest } = JSON.parse(byId("wall-data").textContent);
  const colours = JSON.parse(byId("wall").dataset.colours);
  const size = Number(byId("wall").dataset.page);
  const wall = new Wall(events, colours, size);
  wall.listen();
  wall.followAddress();
  if (rest) load(rest).then((more) => wall.add(more || []));
}

class Wall {
  constructor(events, colours, size) {
    this.events = events;
    this.colours = colours;
    this.size = size;
    this.wish = { ...EVERY_EVENT };
    this.page = 0;
  }

  listen() {
    choice(byId("wall-kinds"), (button) => this.want({ kind: button.dataset.kind }));
    for (const [id, key] of Object.entries(CONTROLS)) {
      byId(id)?.addEventListener("input", () => this.want({ [key]: byId(id).value.trim() }));
    }
    byId("wall-before").addEventListener("click", () => this.show(this.page - 1));
    byId("wall-after").addEventListener("click", () => this.show(this.page + 1));
    window.addEventListener("hashchange", () => this.followAddress());
  }

  /** Take in the events that were left out of the page, so that it opens at once. */
  add(more) {
    this.events = [...this.events, ...more];
    this.show(this.page);
  }

  /** Show what the address wishes for, and go there where it wishes for a part. */
  followAddress() {
    const wish = readWall(location.hash);
    this.wish = wish ?? this.wish;
    this.show(0);
    for (const button of byId("wall-kinds").querySelectorAll("button")) {
      press(button, button.dataset.kind === this.wish.kind);
    }
    for (const [id, key] of Object.entries(CONTROLS)) {
      if (byId(id)) byId(id).value = this.wish[key];
    }
    const isPart = wish && Object.keys(wish).some((key) => wish[key] !== EVERY_EVENT[key]);
    if (isPart) byId("wall").closest("section").scrollIntoView();
  }

  /** Wish for something else, and keep it in the address. */
  want(change) {
    this.wish = { ...this.wish, ...change };
    this.show(0);
    try {
      history.replaceState(null, "", writeWall(location.hash, this.wish));
    } catch {
      // some browsers forbid it for pages opened from disk
    }
  }

  show(wanted) {
    const found = pageOf(fitting(this.events, this.wish), wanted, this.size);
    this.page = found.page;
    byId("wall").replaceChildren(...found.shown.map((event) => tile(event, this.colours)));
    byId("wall-pages").hidden = found.pages < 2;
    byId("wall-told").textContent = found.shown.length ? found.told : "no event fits";
  }
}

function tile(event, colours) {
  const about = [event.name, ...event.tracks, event.level, event.lasts].join(" · ");
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
    : element("span", { className: "nopicture", text: "none kept", title: event.why });
  const title = "score; comparable within one kind only";
  const score = element("span", { className: "num", text: event.score, title });
  const line = element("span", { className: "line" }, kind(event, colours), score);
  return element("a", { href: event.href, className: "jump" }, picture, line);
}

function kind(event, colours) {
  const isAlarm = event.level === "alarm";
  const shown = element("span", { className: isAlarm ? "kind warn" : "kind" });
  if (event.emotion) shown.append(swatch(colours[event.emotion]));
  shown.append(isAlarm ? `! ${event.words}` : event.words);
  return shown;
}
