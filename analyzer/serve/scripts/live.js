// Live view: the newest picture of each camera, and over it who was seen a moment ago.
import { ask, wordsOf } from "./common/ask.js";
import { byId, element } from "./common/dom.js";
import { drawBoxes } from "./live/boxes.js";
import { told } from "./live/words.js";

const PICTURE_MS = 500;
const VALUES_MS = 3000;
const holder = byId("cameras");
const shown = new Map();
document.body.dataset.fresh = "own";

function makeCamera(values) {
  const parts = {
    image: element("img", { alt: `Newest picture of ${values.camera}` }),
    canvas: element("canvas", {}),
    state: element("p", { className: "num" }),
    mood: element("p", { className: "num" }),
    events: element("ol", { className: "last-events" }),
    values,
  };
  parts.canvas.setAttribute("aria-hidden", "true");
  parts.image.addEventListener("load", () =>
    drawBoxes(parts.canvas, parts.image, parts.values.seen),
  );
  const screen = element("div", { className: "live-screen" }, parts.image, parts.canvas);
  const title = element("h2", { textContent: values.camera });
  holder.append(element("article", {}, title, screen, parts.state, parts.mood, parts.events));
  return parts;
}

function event(one) {
  const shot = one.picture
    ? element("img", { src: one.picture, alt: "", width: 64, height: 64 })
    : null;
  const link = element("a", { href: one.page, textContent: `${one.time} ${one.words}` });
  return element(
    "li",
    {},
    shot,
    link,
    element("span", { className: "tag", textContent: one.level }),
  );
}

function update(values) {
  if (!shown.has(values.camera)) shown.set(values.camera, makeCamera(values));
  const parts = shown.get(values.camera);
  parts.values = values;
  const words = told(values);
  parts.state.textContent = words.state;
  parts.mood.textContent = words.mood;
  parts.events.replaceChildren(...values.events.map(event));
}

async function look() {
  try {
    const live = await ask("api/live");
    byId("told").textContent = live.watched
      ? "Pictures are live; boxes are of the newest analysed recording, by the delay that is told."
      : "No camera of this case is watched now (analyzer watch).";
    live.cameras.forEach(update);
  } catch (error) {
    byId("told").textContent = wordsOf(error);
  }
}

function refresh() {
  if (document.hidden) return;
  for (const { image, values } of shown.values())
    if (image.complete) image.src = `${values.picture}?${Date.now()}`;
}

look();
setInterval(look, VALUES_MS);
setInterval(refresh, PICTURE_MS);
