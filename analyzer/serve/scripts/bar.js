// What every served page has: how far a run is, newer results, and what to do with a track.
import { ask, send, wordsOf } from "./common/ask.js";
import { byId, element } from "./common/dom.js";

const EVERY_MS = 5000;
const bar = element("aside", { className: "serve-bar" });
bar.setAttribute("aria-label", "State of the case");
const progress = element("span", { className: "num" });
const newer = element("button", {
  type: "button",
  hidden: true,
  textContent: "newer results: load",
});
newer.addEventListener("click", () => location.reload());
bar.append(progress, newer);
let shown = null;

function told(state) {
  const live = state.live;
  if (!state.running) return `${state.files.done ?? 0} files analysed`;
  if (!live) return "a run is starting";
  const whole = live.planned_s || 1;
  const eta = live.eta_s === null ? "" : `, ${Math.ceil(live.eta_s / 60)} min left`;
  return `a run goes on: ${Math.round((100 * live.analysed_s) / whole)} %${eta}`;
}

async function look() {
  try {
    const state = await ask("api/state");
    progress.textContent = told(state);
    shown ??= state.state;
    newer.hidden = state.state === shown || document.body.dataset.fresh === "own";
  } catch {
    progress.textContent = "the server does not answer";
  }
}

/** The selected track of a video's page, as its address has it. */
function selected() {
  const track = new URLSearchParams(location.hash.slice(1)).get("track");
  const video = /video-([0-9a-f]+)\.html/.exec(location.pathname)?.[1];
  return track && video ? `${video}:${track}` : null;
}

async function withTrack(button, work) {
  const track = selected();
  if (!track) return;
  button.disabled = true;
  try {
    await work(track);
  } catch (error) {
    progress.textContent = wordsOf(error);
  } finally {
    button.disabled = false;
  }
}

async function like(track, by) {
  location.href = (await send("api/search", { track, by })).page;
}

async function clip(track) {
  const made = await send("api/clips", { track });
  bar.append(element("a", { href: made.clip, textContent: made.clip.split("/").pop() }));
}

function button(text, work) {
  const made = element("button", { type: "button", textContent: text });
  made.addEventListener("click", () => withTrack(made, work));
  return made;
}

/** Buttons for the selected track, on the page of a video. */
function trackButtons() {
  if (!/video-[0-9a-f]+\.html$/.test(location.pathname) || !byId("tracks")) return;
  bar.append(
    element("span", { className: "dim", textContent: "selected track:" }),
    button("review", async (track) => {
      location.href = `review.html#track=${track}`;
    }),
    button("where else is this face", (track) => like(track, "face")),
    button("who looks alike", (track) => like(track, "body")),
    button("cut a clip", clip),
  );
}

trackButtons();
document.body.append(bar);
look();
setInterval(look, EVERY_MS);
