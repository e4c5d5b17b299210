// Review of candidates by keyboard: one key a decision, the next candidate at once.
import { ask, send, wordsOf } from "./common/ask.js";
import { byId, isTyping, say } from "./common/dom.js";
import { showCard } from "./review/card.js";
import { showMarks } from "./review/marks.js";
import { choose } from "./review/queue.js";

/** @type {{by: string, seen: number, items: any[], list: any[], at: number, filter: string}} */
const state = { by: byId("main").dataset.by, seen: 0, items: [], list: [], at: 0, filter: "open" };
/** @type {{item: any, at: number, seq: number | null}[]} */
const past = [];
let sending = Promise.resolve();
document.body.dataset.fresh = "own";

const current = () => state.list[state.at];

function show() {
  const item = current();
  byId("card").hidden = !item;
  byId("done").hidden = Boolean(item);
  const place = item ? `${state.at + 1} of ${state.list.length}` : "0";
  byId("count").textContent = `${place} · ${state.items.length} candidates in the case`;
  if (item) showCard(item, state.by);
}

function list(keep) {
  state.list = choose(state.items, state.filter, state.by);
  const index = state.list.findIndex((item) => item.track === keep);
  state.at = Math.max(0, index);
  show();
}

async function load(keep) {
  const found = await ask("api/review");
  state.seen = found.seen;
  state.items = found.items.map((item) => ({ ...item, seen: found.seen }));
  list(keep ?? linked());
  showMarks(await ask("api/bookmarks"), state.by, () => load(current()?.track));
}

/** The track that a link into this page names, by the beginning of its video's hash. */
function linked() {
  const [video, track] = (new URLSearchParams(location.hash.slice(1)).get("track") ?? "").split(
    ":",
  );
  const item = state.items.find((one) => track === one.name && one.sha256.startsWith(video));
  if (track && !item) say(byId("message"), `${track} has no candidate to decide on`);
  if (item && !choose(state.items, state.filter, state.by).includes(item)) setFilter("all");
  return item?.track;
}

/** Write in the order of the keys; what fails is told and the list is loaded again. */
function write(work, item) {
  sending = sending.then(work).catch(async (error) => {
    await load(item.track);
    say(byId("message"), `${item.name}, ${item.person}: ${wordsOf(error)}`);
  });
}

function decide(decision) {
  const item = current();
  if (!item || !state.by) return;
  const note = byId("note").value.trim();
  const { track, person } = item;
  const entry = { item, at: state.at, seq: null };
  past.push(entry);
  byId("note").value = "";
  say(byId("message"), "");
  write(async () => {
    const done = await send("api/reviews", { track, person, decision, note, seen: item.seen });
    entry.seq = item.seen = done.seq;
    item.reviews = [...item.reviews, { seq: done.seq, by: state.by, at: "now", decision, note }];
    item.verdict = done.verdict;
  }, item);
  state.at += 1;
  show();
}

function undo() {
  const entry = past.pop();
  if (!entry) return;
  state.at = entry.at;
  show();
  write(async () => {
    if (entry.seq === null) return;
    const done = await send("api/reviews/undo", { review: entry.seq });
    entry.item.seen = done.seq;
    entry.item.reviews = entry.item.reviews.filter((review) => review.seq !== entry.seq);
    show();
  }, entry.item);
}

function go(step) {
  state.at = Math.min(Math.max(0, state.at + step), Math.max(0, state.list.length - 1));
  show();
}

function setFilter(filter) {
  state.filter = filter;
  for (const button of byId("filters").querySelectorAll("button"))
    button.setAttribute("aria-pressed", String(button.dataset.filter === filter));
}

async function act(work) {
  const item = current();
  if (!item) return;
  try {
    await work(item);
  } catch (error) {
    say(byId("message"), wordsOf(error));
  }
}

async function mark(item) {
  await send("api/bookmarks", {
    video: item.sha256,
    t: item.t,
    track: item.track,
    note: byId("note").value,
  });
  showMarks(await ask("api/bookmarks"), state.by, () => load(item.track));
}

const like = (by) => async (item) => {
  location.href = (await send("api/search", { track: item.track, by })).page;
};

async function clip(item) {
  location.href = (await send("api/clips", { track: item.track })).clip;
}

const KEYS = {
  y: () => decide("confirmed"),
  n: () => decide("rejected"),
  i: () => decide("inconclusive"),
  u: undo,
  j: () => go(1),
  k: () => go(-1),
  b: () => act(mark),
  w: () => byId("note").focus(),
};

document.addEventListener("keydown", (event) => {
  if (event.target === byId("note") && (event.key === "Enter" || event.key === "Escape"))
    byId("question").focus();
  const work = isTyping(event) || event.repeat ? null : KEYS[event.key];
  if (!work) return;
  event.preventDefault();
  work();
});
byId("decide").addEventListener("click", (event) => {
  const decision = event.target.closest("button")?.dataset.decision;
  if (decision) decide(decision);
});
byId("filters").addEventListener("click", (event) => {
  const filter = event.target.closest("button")?.dataset.filter;
  if (!filter) return;
  setFilter(filter);
  list(current()?.track);
});
byId("undo").addEventListener("click", undo);
byId("next").addEventListener("click", () => go(1));
byId("before").addEventListener("click", () => go(-1));
byId("mark").addEventListener("click", () => act(mark));
byId("like-face").addEventListener("click", () => act(like("face")));
byId("like-body").addEventListener("click", () => act(like("body")));
byId("faces").addEventListener("click", (event) => {
  if (event.target.closest("button")) act(like("face"));
});
byId("body-shot").addEventListener("click", () => act(like("body")));
byId("clip").addEventListener("click", () => act(clip));
for (const button of byId("decide").querySelectorAll("button, input")) button.disabled = !state.by;
byId("mark").disabled = !state.by;
load();
