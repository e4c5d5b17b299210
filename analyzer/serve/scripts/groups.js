// Merging and splitting of unknown persons and of groups by appearance.
import { ask, send, wordsOf } from "./common/ask.js";
import { byId, element, picture, say } from "./common/dom.js";

const by = byId("main").dataset.by;
const holder = byId("groups");
let seen = 0;
document.body.dataset.fresh = "own";

function check(kind, value, label, group) {
  const box = element("input", { type: "checkbox", name: kind, value });
  box.dataset.group = group;
  box.setAttribute("aria-label", label);
  return box;
}

function member(track, group) {
  const shot = picture(track.face ?? track.body, `${track.name} in ${track.video}`, 96, 96);
  const link = element("a", { href: track.page, textContent: `${track.name} · ${track.time}` });
  const words = element(
    "figcaption",
    {},
    check("track", track.track, `Choose ${track.name} in ${track.video}`, group),
    " ",
    link,
  );
  return element("figure", {}, shot, words);
}

function confirmButton(group) {
  if (!group.alike || group.agreed || !by) return null;
  const made = element("button", { type: "button", textContent: "is one person" });
  made.addEventListener("click", () => decide({ action: "confirm", name: group.name }));
  return made;
}

function show(group) {
  const kind = group.alike ? "similar appearance" : "unknown person";
  const words = `${group.name} · ${kind} · ${group.tracks.length} track${group.tracks.length > 1 ? "s" : ""}${group.agreed ? " · confirmed" : ""}`;
  const label = element(
    "h2",
    {},
    check("group", group.name, `Choose ${group.name}`, group.name),
    ` ${words} `,
    confirmButton(group),
  );
  const tracks = element(
    "div",
    { className: "faces" },
    ...group.tracks.map((t) => member(t, group.name)),
  );
  return element("article", { className: group.alike ? "alike" : "" }, label, tracks);
}

const chosen = (kind) => [...holder.querySelectorAll(`input[name="${kind}"]:checked`)];

function enable() {
  const from = new Set(chosen("track").map((box) => box.dataset.group));
  byId("merge").disabled = !by || chosen("group").length < 2;
  byId("split").disabled = !by || from.size !== 1;
  byId("undo").disabled = !by;
}

async function load() {
  const found = await ask("api/groups");
  seen = found.seen;
  const none = element("p", { className: "dim", textContent: "There are no groups." });
  holder.replaceChildren(...(found.groups.length ? found.groups.map(show) : [none]));
  enable();
}

async function decide(values) {
  let words = "";
  try {
    const done = await send("api/groups", { ...values, note: byId("note").value.trim(), seen });
    words = done.notes.filter((note) => !note.includes("the report is as before")).join("; ");
    byId("note").value = "";
  } catch (error) {
    words = wordsOf(error);
  }
  await load();
  say(byId("message"), words);
}

holder.addEventListener("change", enable);
byId("merge").addEventListener("click", () =>
  decide({ action: "merge", names: chosen("group").map((box) => box.value) }),
);
byId("split").addEventListener("click", () => {
  const boxes = chosen("track");
  decide({ action: "split", name: boxes[0].dataset.group, tracks: boxes.map((box) => box.value) });
});
byId("undo").addEventListener("click", () => decide({ action: "undo" }));
load();
