// The wall of events: thumbnails by score or time, filtered by kind, place and words, page by page.
"use strict";

function startWall() {
  const { element } = Page;
  const all = JSON.parse(document.getElementById("wall-data").textContent).events;
  const byId = (id) => document.getElementById(id);
  const colours = JSON.parse(byId("wall").dataset.colours);
  const PAGE = Number(byId("wall").dataset.page);
  const state = { kind: "all", place: "", words: "", order: "score", page: 0 };

  function matching() {
    const words = state.words.toLowerCase();
    const found = all.filter((event) => (state.kind === "all" || event.kind === state.kind)
      && (!state.place || event.place === state.place)
      && (!words || `${event.words} ${event.person || ""} ${event.track || ""}`.toLowerCase().includes(words)));
    return state.order === "score" ? found : [...found].sort((a, b) => a.order - b.order);
  }

  function tile(event) {
    const link = element("a", { href: event.href, className: "jump" });
    link.append(event.picture
      ? element("img", { src: Report.url(event.picture), alt: "", loading: "lazy" })
      : element("span", { className: "nopicture", text: "no picture stored" }));
    const kind = element("span", { className: event.alarm ? "kind warn" : "kind" });
    if (event.emotion) {
      const swatch = element("span", { className: "swatch" });
      swatch.style.background = colours[event.emotion];
      kind.append(swatch);
    }
    kind.append(event.alarm ? `! ${event.words}` : event.words);
    link.append(element("span", { className: "line" }, kind, element("span", { className: "num", text: event.score, title: "score; comparable within one kind only" })));
    const item = element("li", {}, link,
      element("p", { className: "num", text: event.time }),
      element("p", { className: "num dim", text: [event.name, event.track, event.lasts].filter(Boolean).join(" · ") }),
      event.place && element("p", { className: "dim place", text: event.place, title: event.place }));
    if (event.person && event.kind !== "person") item.append(element("p", {}, element("span", { className: "tag", text: event.status }), ` ${event.person}`));
    for (const [href, words] of event.clips) item.append(element("a", { href: Report.url(href), text: words, className: "clip" }), " ");
    item.dataset.event = event.id;
    return item;
  }

  function show() {
    const found = matching();
    const pages = Math.max(1, Math.ceil(found.length / PAGE));
    state.page = Math.min(state.page, pages - 1);
    const from = state.page * PAGE;
    byId("wall").replaceChildren(...found.slice(from, from + PAGE).map(tile));
    byId("wall-pages").hidden = pages < 2;
    byId("wall-told").textContent = found.length ? `${from + 1}–${Math.min(found.length, from + PAGE)} of ${found.length}` : "no event fits";
  }

  Page.choice(byId("wall-kinds"), (button) => {
    state.kind = button.dataset.kind;
    state.page = 0;
    show();
  });
  for (const [id, key] of [["wall-place", "place"], ["wall-order", "order"], ["wall-find", "words"]]) {
    const control = byId(id);
    if (!control) continue;
    control.addEventListener("input", () => {
      state[key] = control.value.trim();
      state.page = 0;
      show();
    });
  }
  for (const [id, by] of [["wall-before", -1], ["wall-after", 1]]) {
    byId(id).addEventListener("click", () => {
      state.page = Math.max(0, state.page + by);
      show();
    });
  }
  show();
}

// Long tables show a page of rows at a time; without a script they are simply long.
function pageTables() {
  const PAGE = 50;
  for (const table of document.querySelectorAll("table[data-paged]")) {
    const rows = [...table.tBodies[0].rows];
    if (rows.length <= PAGE) continue;
    let page = 0;
    const told = Page.element("span", { className: "num dim" });
    const show = () => {
      rows.forEach((row, i) => { row.hidden = Math.floor(i / PAGE) !== page; });
      told.textContent = `${page * PAGE + 1}–${Math.min(rows.length, (page + 1) * PAGE)} of ${rows.length}`;
    };
    const button = (text, by) => {
      const made = Page.element("button", { type: "button", text });
      made.addEventListener("click", () => {
        page = Math.min(Math.ceil(rows.length / PAGE) - 1, Math.max(0, page + by));
        show();
      });
      return made;
    };
    table.after(Page.element("p", { className: "pager" }, button("Previous", -1), " ", told, " ", button("Next", 1)));
    show();
  }
}

if (document.getElementById("wall-data")) startWall();
pageTables();
