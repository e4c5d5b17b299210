// The page of one video: which track is selected, where the cursor is, and what is told of both.
"use strict";

(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const tracks = new Map(data.tracks.map((track) => [track.name, track]));
  const state = { track: null, mode: "area", raw: false, filter: "all" };
  const AREA = 0, LINE = 7, RAW = 14, HATCH = 21, ACTION = 23; // places of traces in track_figure

  const two = (n) => String(n).padStart(2, "0");
  const clockTime = (ms) => `${two(Math.floor(ms / 3600000))}:${two(Math.floor(ms / 60000) % 60)}:${two(Math.floor(ms / 1000) % 60)}.${String(ms % 1000).padStart(3, "0")}`;
  const videoTime = (t) => clockTime(Math.max(0, Math.round(t * 1000)));
  const storedTime = (t) => {
    if (!data.clock) return "";
    return new Date(Math.round(data.origin + t * 1000)).toISOString().replace("T", " ").replace("Z", "");
  };
  // Whole milliseconds, as everywhere a time is shown.
  const toMs = (t) => (t === null ? null : Math.round(data.origin + t * 1000));

  const group = new Timeline.Group({
    origin: data.origin,
    duration: data.duration,
    onPoint: (t, chart, y) => {
      if (chart.holder.dataset.chart === "presence") {
        const track = data.tracks[Math.min(data.tracks.length - 1, Math.max(0, Math.floor(y / 24)))];
        select(track.name, { t });
      } else {
        moveTo(t);
      }
    },
    onHover: (t) => tell(t === null ? group.cursor : t),
  });
  group.add(byId("overview"), data.overview, { whole: true, height: 56 });
  group.add(byId("presence"), data.presence, { height: data.presence.layout.height });
  if (data.mix) group.add(byId("mix"), data.mix, { height: 40 });
  const chart = group.add(byId("track"), data.track, {
    height: () => Math.round(Math.min(560, Math.max(276, innerHeight * 0.36))),
    prepare: labelActions,
  });

  // Expressions ----------------------------------------------------------------------------------

  // Runs of samples between nulls.
  function runsOf(t) {
    const runs = [];
    let from = 0;
    for (let i = 0; i <= t.length; i += 1) {
      if (i === t.length || t[i] === null) {
        if (i > from) runs.push([from, i]);
        from = i + 1;
      }
    }
    return runs;
  }

  // One closed outline a run and expression; a lone sample is drawn a tenth of a second to each side.
  function areas({ t, p }) {
    const outlines = p.map(() => ({ x: [], y: [] }));
    for (const [from, to] of runsOf(t)) {
      const lone = to - from === 1;
      const at = lone ? [from, from] : Array.from({ length: to - from }, (_, i) => from + i);
      const x = at.map((i, k) => toMs(t[i] + (lone ? (k ? 0.1 : -0.1) : 0)));
      let low = at.map(() => 0);
      p.forEach((row, e) => {
        const high = at.map((i, k) => low[k] + row[i]);
        const shape = outlines[e];
        if (shape.x.length) { shape.x.push(null); shape.y.push(null); }
        shape.x.push(...x, ...[...x].reverse());
        shape.y.push(...high, ...[...low].reverse());
        low = high;
      });
    }
    return outlines;
  }

  function drawTrack() {
    const track = tracks.get(state.track);
    const traces = data.track.data;
    const shapes = areas(track.smooth);
    const smoothX = track.smooth.t.map(toMs);
    const rawX = track.raw.t.map(toMs);
    data.emotions.forEach((_, e) => {
      Object.assign(traces[AREA + e], shapes[e], { visible: state.mode === "area" });
      Object.assign(traces[LINE + e], { x: smoothX, y: track.smooth.p[e], visible: state.mode === "line" });
      Object.assign(traces[RAW + e], { x: rawX, y: track.raw.p[e], visible: state.raw });
      traces[RAW + e].marker.line = { width: 0.5, color: Timeline.colour("--ground") };
    });
    Object.assign(traces[HATCH], {
      x: track.insufficient.map(([a, b]) => toMs((a + b) / 2)),
      width: track.insufficient.map(([a, b]) => (b - a) * 1000),
      y: track.insufficient.map(() => 1),
      base: track.insufficient.map(() => 0),
    });
    drawActions(track, traces[ACTION]);
    notes(track);
    group.draw(chart);
  }

  function drawActions(track, trace) {
    const looks = track.actions.map(([, , index]) => data.actions[index]);
    const clear = "rgba(0,0,0,0)";
    Object.assign(trace, {
      x: track.actions.map(([a, b]) => (b - a) * 1000),
      base: track.actions.map(([a]) => toMs(a)),
      y: track.actions.map(([, , index]) => index),
      textfont: {
        size: 10,
        color: looks.map((look) => (look.kind === "outline" ? Timeline.colour("--ink") : look.name === "standing" ? "#16191d" : "#ffffff")),
      },
      marker: {
        color: looks.map((look) => (look.kind === "outline" ? clear : look.colour)),
        line: { width: 1, color: looks.map((look) => (look.name === "unknown" ? Timeline.colour("--line") : look.colour)) },
      },
    });
  }

  // Letters only where a block is wide enough to hold them at the zoom of the moment.
  function labelActions() {
    const trace = data.track.data[ACTION];
    const perPixel = ((group.range[1] - group.range[0]) * 1000) / Math.max(1, group.width - Timeline.LEFT);
    trace.text = tracks.get(state.track).actions.map(([a, b, index]) => {
      const { letter } = data.actions[index];
      return ((b - a) * 1000) / perPixel > 4 + 7 * letter.length ? letter : "";
    });
  }

  function notes(track) {
    const put = (id, text) => {
      byId(id).hidden = !text;
      byId(id).textContent = text;
    };
    const off = (stage) => data.off.includes(stage);
    const reason = off("emotion") ? "this was switched off" : track.insufficient.length ? track.insufficient[0][2] : "no face was seen well enough";
    put("emotion-note", track.smooth.t.length ? "" : `No expression could be told for ${track.name}: ${reason}.`);
    put("action-note", track.actions.length ? "" : `No action was told for ${track.name}${off("action") ? ": this was switched off" : ""}.`);
  }

  // What is said at a time -----------------------------------------------------------------------

  function at(spans, t) { return spans.find(([a, b]) => t >= a && t <= b); }

  function sampleAt({ t, p }, moment) {
    for (const [from, to] of runsOf(t)) {
      if (moment < t[from] - 0.2 || moment > t[to - 1] + 0.2) continue;
      let best = from;
      for (let i = from; i < to; i += 1) if (Math.abs(t[i] - moment) < Math.abs(t[best] - moment)) best = i;
      return p.map((row) => row[best]);
    }
    return null;
  }

  function tell(t) {
    const track = tracks.get(state.track);
    byId("time").textContent = storedTime(t) || videoTime(t);
    byId("time").title = data.clock ? `time as stored; ${videoTime(t)} from the first frame` : "clock unknown: time from the first frame";
    const words = [track.name];
    const gap = at(data.gaps, t);
    const action = at(track.actions, t);
    const poor = at(track.insufficient, t);
    if (gap) words.push(`not analysed: ${gap[2].replace(/^not analysed: /, "")}`);
    else if (t < track.start || t > track.end) words.push("not in view");
    if (action) words.push(data.actions[action[2]].name + (action[3] === null ? "" : ` ${action[3].toFixed(2)}`));
    if (poor) words.push(`expression not assessed: ${poor[2]}`);
    byId("told").textContent = words.join(" · ");
    const values = poor ? null : sampleAt(track.smooth, t);
    const most = values ? values.indexOf(Math.max(...values)) : -1;
    data.emotions.forEach((name, e) => {
      const item = document.querySelector(`#legend [data-emotion="${name}"]`);
      item.classList.toggle("most", e === most);
      item.querySelector(".value").textContent = values ? values[e].toFixed(2) : "–";
    });
  }

  // Pictures -------------------------------------------------------------------------------------

  function nearest(track, t) {
    let best = -1;
    track.faces.forEach(([at], i) => {
      if (best < 0 || Math.abs(at - t) < Math.abs(track.faces[best][0] - t)) best = i;
    });
    return best;
  }

  function showPicture(t) {
    const track = tracks.get(state.track);
    const index = nearest(track, t);
    const [time, address, quality, reasons] = index < 0 ? [null, null, null, []] : track.faces[index];
    byId("shot-link").hidden = !address;
    byId("shot-none").hidden = Boolean(address);
    const caption = byId("shot-caption");
    if (index < 0) {
      caption.textContent = `${track.name}: no face was good enough to keep`;
    } else {
      if (address) {
        byId("shot").src = address;
        byId("shot").alt = `${track.name} at ${videoTime(time)}`;
        byId("shot-link").href = address;
      }
      const away = Math.abs(time - t);
      const where = away < 0.05 ? "at the cursor" : `${away.toFixed(1)} s ${time < t ? "before" : "after"} the cursor`;
      caption.textContent = "";
      const [day, hour] = data.clock ? storedTime(time).split(" ") : ["", videoTime(time)];
      caption.append(
        line("num", day ? `${track.name} · ${day}` : track.name),
        line("num", hour),
        line("dim", where),
        line("dim", `quality ${quality.toFixed(2)}`),
      );
      if (reasons.length) caption.append(line("dim", reasons.join(", ")));
    }
    for (const [i, button] of [...byId("film").querySelectorAll("button")].entries()) {
      if (i === index) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  }

  function line(name, text) {
    return Object.assign(document.createElement("div"), { className: name, textContent: text });
  }

  function drawFilm(track) {
    byId("film").replaceChildren(...track.faces.map(([time, address, quality]) => {
      const button = Object.assign(document.createElement("button"), { type: "button", title: `${track.name} ${videoTime(time)} · quality ${quality}` });
      button.setAttribute("aria-label", `Face of ${track.name} at ${videoTime(time)}`);
      const picture = address
        ? Object.assign(document.createElement("img"), { src: address, alt: "", loading: "lazy" })
        : Object.assign(document.createElement("span"), { className: "nopicture", textContent: "not stored" });
      button.append(picture);
      button.addEventListener("click", () => moveTo(time));
      const item = document.createElement("li");
      item.append(button);
      return item;
    }));
  }

  // Selection ------------------------------------------------------------------------------------

  function select(name, { t = null, keepFocus = true } = {}) {
    const track = tracks.get(name);
    if (!track) return;
    const changed = state.track !== name;
    state.track = name;
    if (changed) {
      for (const card of document.querySelectorAll(".card")) {
        const on = card.dataset.track === name;
        card.setAttribute("aria-pressed", String(on));
        if (on) {
          within(byId("tracks"), card);
          if (!keepFocus) card.focus({ preventScroll: true });
        }
      }
      for (const lane of document.querySelectorAll(".lane-names li")) {
        lane.classList.toggle("on", lane.dataset.track === name);
        if (lane.dataset.track === name && group.width) within(byId("lanes"), lane);
      }
      const template = byId(`about-${name}`).content.cloneNode(true);
      byId("selected-name").replaceChildren(...template.querySelector(".title").childNodes);
      byId("selected-facts").replaceChildren(...template.querySelector(".told").childNodes);
      byId("selected-evidence").replaceChildren(...template.querySelector(".against").childNodes);
      drawFilm(track);
      if (group.width) drawTrack();
      if (isTooSmallToSee(track)) zoomToTrack();
    }
    const first = nearest(track, track.start);
    moveTo(t !== null ? t : first < 0 ? track.start : bestTime(track));
  }

  // In a video of hours a track of seconds would leave every chart seemingly blank.
  function isTooSmallToSee({ start, end }) {
    const [a, b] = group.range;
    return (end - start) / (b - a) < 0.02;
  }

  function bestTime(track) {
    return track.faces.reduce((best, face) => (face[2] > best[2] ? face : best))[0];
  }

  // Scroll inside a list only; the page itself stays where the reader put it.
  function within(list, item) {
    const outer = list.getBoundingClientRect();
    const inner = item.getBoundingClientRect();
    if (inner.top < outer.top) list.scrollTop -= outer.top - inner.top;
    else if (inner.bottom > outer.bottom) list.scrollTop += inner.bottom - outer.bottom;
  }

  function moveTo(t) {
    const time = Math.min(data.duration, Math.max(0, t));
    group.point(time);
    group.show(time);
    showPicture(time);
    tell(time);
    const address = `#track=${state.track}&t=${time.toFixed(3)}`;
    if (location.hash !== address) {
      try { history.replaceState(null, "", address); } catch { /* some readers forbid it for files */ }
    }
  }

  function fromAddress() {
    const wish = new URLSearchParams(location.hash.slice(1));
    const t = Number.parseFloat(wish.get("t"));
    if (!tracks.has(wish.get("track"))) return false;
    select(wish.get("track"), { t: Number.isFinite(t) ? t : null });
    return true;
  }

  // Controls -------------------------------------------------------------------------------------

  function visibleNames() {
    return [...document.querySelectorAll("#tracks li:not([hidden]) .card")].map((card) => card.dataset.track);
  }

  function step(by) {
    const names = visibleNames();
    const next = names[Math.min(names.length - 1, Math.max(0, names.indexOf(state.track) + by))];
    if (next) select(next, { keepFocus: !document.activeElement.classList.contains("card") });
  }

  function picture(by) {
    const { faces } = tracks.get(state.track);
    const index = nearest(tracks.get(state.track), group.cursor);
    if (index < 0) return;
    moveTo(faces[Math.min(faces.length - 1, Math.max(0, index + by))][0]);
  }

  function zoomToTrack() {
    const { start, end } = tracks.get(state.track);
    const margin = Math.max(0.5, (end - start) * 0.04);
    group.zoom(start - margin, end + margin);
  }

  const keys = {
    ArrowLeft: (event) => moveTo(group.cursor - (event.shiftKey ? 2 : 0.2)),
    ArrowRight: (event) => moveTo(group.cursor + (event.shiftKey ? 2 : 0.2)),
    ArrowUp: () => step(-1),
    ArrowDown: () => step(1),
    Home: () => moveTo(tracks.get(state.track).start),
    End: () => moveTo(tracks.get(state.track).end),
    n: () => picture(1),
    p: () => picture(-1),
    "+": () => group.scale(0.5, group.cursor),
    "=": () => group.scale(0.5, group.cursor),
    "-": () => group.scale(2, group.cursor),
    0: () => group.zoom(0, data.duration),
    f: zoomToTrack,
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key](event);
  });
  byId("tracks").addEventListener("click", (event) => {
    const card = event.target.closest(".card");
    if (card) select(card.dataset.track);
  });
  document.querySelector(".lane-names").addEventListener("click", (event) => {
    const lane = event.target.closest("li");
    if (lane) select(lane.dataset.track);
  });
  document.querySelector(".filters").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    state.filter = button.dataset.filter;
    for (const other of document.querySelectorAll(".filters button")) other.setAttribute("aria-pressed", String(other === button));
    for (const item of byId("tracks").children) {
      item.hidden = state.filter !== "all" && item.dataset.identity !== state.filter;
      const name = item.querySelector(".card").dataset.track;
      document.querySelector(`.lane-names [data-track="${name}"]`).classList.toggle("off", item.hidden);
    }
  });
  for (const mode of ["area", "line"]) {
    byId(`as-${mode}`).addEventListener("click", () => {
      state.mode = mode;
      for (const other of ["area", "line"]) byId(`as-${other}`).setAttribute("aria-pressed", String(other === mode));
      drawTrack();
    });
  }
  byId("raw").addEventListener("click", () => {
    state.raw = !state.raw;
    byId("raw").setAttribute("aria-pressed", String(state.raw));
    drawTrack();
  });
  byId("zoom-all").addEventListener("click", () => group.zoom(0, data.duration));
  byId("zoom-track").addEventListener("click", zoomToTrack);
  window.addEventListener("hashchange", fromAddress);
  document.addEventListener("themechange", () => { if (group.width) { drawTrack(); group.redraw(); } });

  function resize(width) {
    for (const { holder } of group.charts) holder.style.width = `${width}px`;
    group.redraw(width);
  }

  // Charts are as wide as the lanes, whose scroll bar takes its share.
  let printing = false;
  const measure = () => {
    const width = byId("lanes").clientWidth;
    if (width && width !== group.width && !printing) resize(width);
  };

  // On paper charts are dark on white whatever the screen shows, and as wide as A4 across.
  const PAPER_PX = 1000;
  const root = document.documentElement;
  let screen = null;
  window.addEventListener("beforeprint", () => {
    printing = true;
    screen = { theme: root.dataset.theme, width: group.width };
    root.dataset.theme = "light";
    drawTrack();
    resize(PAPER_PX);
  });
  window.addEventListener("afterprint", () => {
    printing = false;
    if (screen.theme) root.dataset.theme = screen.theme;
    else delete root.dataset.theme;
    drawTrack();
    resize(screen.width);
  });
  if (!fromAddress()) select(data.tracks[0].name);
  measure();
  drawTrack();
  within(byId("lanes"), document.querySelector(".lane-names .on"));
  new ResizeObserver(measure).observe(byId("timeline"));
  document.body.dataset.ready = "true";
})();
