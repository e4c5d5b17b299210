// The page of one video: which track is selected, where the cursor is, and what is told of both.
"use strict";

function startVideoPage() {
  const { element } = Page;
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const tracks = new Map(data.tracks.map((track) => [track.name, track]));
  const state = { track: null, mode: "area", raw: false, kind: "all", words: "", page: 0, shown: [], series: null };
  const AREA = 0, LINE = 7, RAW = 14, HATCH = 21, ACTION = 23; // places of traces in track_figure
  const LANE = Timeline.WIDE ? 30 : 20;
  const PAGE = 40; // tracks listed and drawn at once
  const LEAST_TRACK = 128;

  const two = (n) => String(n).padStart(2, "0");
  const clockTime = (ms) => `${two(Math.floor(ms / 3600000))}:${two(Math.floor(ms / 60000) % 60)}:${two(Math.floor(ms / 1000) % 60)}.${String(ms % 1000).padStart(3, "0")}`;
  const videoTime = (t) => clockTime(Math.max(0, Math.round(t * 1000)));
  const iso = (ms) => new Date(Math.round(ms)).toISOString().replace("T", " ").replace("Z", "");
  const wallTime = (t) => (data.clock ? iso(data.origin + t * 1000) : "");
  // The clock is the corrected one where the camera file gives it; then the stored one stands beside.
  const storedTime = (t) => (data.shift === null ? "" : iso(data.origin - data.shift + t * 1000));
  // Whole milliseconds, as everywhere a time is shown.
  const toMs = (t) => (t === null ? null : Math.round(data.origin + t * 1000));
  const per = (share) => (share === null ? "–" : `${Math.round(share * 100)} %`);

  function picture(address, size, words) {
    if (!address) {
      const none = element("span", { className: "nopicture", text: "no picture" });
      none.style.width = none.style.height = `${size}px`;
      if (words) {
        none.setAttribute("role", "img");
        none.setAttribute("aria-label", `${words}: no picture stored`);
      }
      return none;
    }
    return element("img", { src: Report.url(address), width: size, height: size, alt: words, loading: "lazy" });
  }

  // One time for charts, player and words -------------------------------------------------------

  const group = new Timeline.Group({
    origin: data.origin,
    duration: data.duration,
    onPoint: (t, chart, y) => {
      if (chart.holder.dataset.chart === "presence") {
        const track = state.shown[Math.min(state.shown.length - 1, Math.max(0, Math.floor(y / LANE)))];
        if (track) select(track.name, { t });
      } else {
        moveTo(t);
      }
    },
    onHover: (t) => tell(t === null ? group.cursor : t),
  });
  group.add(byId("overview"), data.overview, { whole: true, height: () => (Timeline.WIDE ? 72 : 46) });
  const presence = group.add(byId("presence"), data.presence, { height: () => Math.max(1, state.shown.length) * LANE, prepare: drawLanes });
  if (data.mix) group.add(byId("mix"), data.mix, { height: () => (Timeline.WIDE ? 48 : 30) });
  const chart = group.add(byId("track"), data.track, { height: trackHeight, prepare: labelActions });

  // What is left of the first screen belongs to the selected track.
  function trackHeight() {
    const top = byId("track").getBoundingClientRect().top + scrollY;
    return Math.round(Math.min(Timeline.WIDE ? 1400 : 680, Math.max(LEAST_TRACK, innerHeight - top - 6)));
  }

  const screen = new Player.Screen({
    video: byId("video"),
    canvas: byId("overlay"),
    pieces: data.pieces,
    width: data.size[0],
    height: data.size[1],
    onTime: (t) => moveTo(t, { from: "player" }),
    onState: (playing) => {
      byId("play").textContent = playing ? "Pause" : "Play";
    },
    colourOf: (name, said) => (said && said[0] >= 0 ? data.colours[data.emotions[said[0]]] : "#ffffff"),
    labelOf: (name, said, on) => {
      const track = tracks.get(name);
      const words = [name];
      // In a crowd the labels of others are short, or they would cover each other.
      if (track && (on ? track.person : track.known)) words.push(on ? called(track) : track.person);
      if (said && said[0] >= 0) words.push(data.emotions[said[0]] + (on ? ` ${said[1].toFixed(2)}` : ""));
      if (on && said && said[2] >= 0 && data.actions[said[2]].name !== "unknown") words.push(data.actions[said[2]].name);
      return words.join(" · ");
    },
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
    const series = state.series;
    if (!series) return;
    const traces = data.track.data;
    const shapes = areas(series.smooth);
    const smoothX = series.smooth.t.map(toMs);
    const rawX = series.raw.t.map(toMs);
    data.emotions.forEach((_, e) => {
      Object.assign(traces[AREA + e], shapes[e], { visible: state.mode === "area" });
      Object.assign(traces[LINE + e], { x: smoothX, y: series.smooth.p[e], visible: state.mode === "line" });
      Object.assign(traces[RAW + e], { x: rawX, y: series.raw.p[e], visible: state.raw });
      traces[RAW + e].marker.line = { width: 0.5, color: Timeline.colour("--ground") };
    });
    Object.assign(traces[HATCH], {
      x: series.insufficient.map(([a, b]) => toMs((a + b) / 2)),
      width: series.insufficient.map(([a, b]) => (b - a) * 1000),
      y: series.insufficient.map(() => 1),
      base: series.insufficient.map(() => 0),
    });
    drawActions(series, traces[ACTION]);
    notes(series);
    if (group.width) group.draw(chart);
  }

  function drawActions({ actions }, trace) {
    const looks = actions.map(([, , index]) => data.actions[index]);
    const clear = "rgba(0,0,0,0)";
    Object.assign(trace, {
      x: actions.map(([a, b]) => (b - a) * 1000),
      base: actions.map(([a]) => toMs(a)),
      y: actions.map(([, , index]) => data.lanes.indexOf(data.actions[index].name)),
      textfont: {
        size: 10,
        color: looks.map((look) => (look.kind === "outline" ? Timeline.colour("--ink") : ["standing", "walking"].includes(look.name) ? "#16191d" : "#ffffff")),
      },
      marker: {
        color: looks.map((look) => (look.kind === "outline" ? clear : look.colour)),
        line: { width: 1, color: looks.map((look) => (look.name === "unknown" ? Timeline.colour("--line") : look.colour)) },
      },
    });
  }

  // The strip of actions takes what its lanes need and leaves the rest to the expressions; where no
  // face was seen, it has most of the chart. Letters stand only where a block is wide enough to hold
  // them at the zoom of the moment.
  function labelActions() {
    const room = Math.max(1, trackHeight() - (Timeline.WIDE ? 40 : 28));
    const [most, lane] = !state.series || hasFace(state.series) ? [0.45, 17] : [0.75, 48];
    const share = Math.min(most, (data.lanes.length * lane * (Timeline.WIDE ? 1.5 : 1)) / room);
    data.track.layout.yaxis2.domain = [0, share];
    data.track.layout.yaxis.domain = [share + 10 / room, 1];
    if (!state.series) return;
    const high = (share * room) / data.lanes.length >= 12;
    const perPixel = ((group.range[1] - group.range[0]) * 1000) / Math.max(1, group.width - Timeline.LEFT);
    data.track.data[ACTION].text = state.series.actions.map(([a, b, index]) => {
      const { letter } = data.actions[index];
      return high && ((b - a) * 1000) / perPixel > 4 + 7 * letter.length ? letter : "";
    });
  }

  function hasFace({ smooth, insufficient }) { return smooth.t.length + insufficient.length > 0; }

  function notes(series) {
    const put = (id, text) => {
      byId(id).hidden = !text;
      byId(id).textContent = text;
    };
    const reason = series.insufficient.length ? series.insufficient[0][2] : data.off.emotion || "no face was seen well enough";
    put("emotion-note", series.smooth.t.length ? "" : `No expression could be told for ${state.track}: ${reason}.`);
    put("action-note", series.actions.length ? "" : `No action was told for ${state.track}${data.off.action ? `: ${data.off.action}` : ""}.`);
  }

  // What is said at a time -----------------------------------------------------------------------

  function at(spans, t) { return spans.find(([a, b]) => t >= a && t <= b); }

  function sampleAt({ t, p }, moment) {
    for (const [from, to] of runsOf(t)) {
      if (moment < t[from] - 0.2 || moment > t[to - 1] + 0.2) continue;
      const best = from + Page.nearest(t.slice(from, to), moment);
      return p.map((row) => row[best]);
    }
    return null;
  }

  function actionAt([, , index, share]) {
    const { name } = data.actions[index];
    return name === "unknown" ? "action unknown" : name + (share === null ? "" : ` ${share.toFixed(2)}`);
  }

  function tell(t) {
    const track = tracks.get(state.track);
    const series = state.series;
    byId("time").textContent = wallTime(t) || videoTime(t);
    const stored = storedTime(t);
    byId("time-also").textContent = !data.clock ? "clock unknown: from the first frame" : data.corrected && !stored ? `corrected, nothing stored · video ${videoTime(t)}` : stored ? `corrected · stored ${stored.slice(11)} · video ${videoTime(t)}` : `as stored · video ${videoTime(t)}`;
    const words = [track.name];
    const gap = at(data.gaps, t);
    if (gap) words.push(`not analysed: ${gap[2].replace(/^not analysed: /, "")}`);
    else if (t < track.start || t > track.end) words.push("not in view");
    const poor = series ? at(series.insufficient, t) : null;
    const action = series ? at(series.actions, t) : null;
    if (action) words.push(actionAt(action) + (action[4] ? ` (${action[4]})` : ""));
    if (poor) words.push(`expression not assessed: ${poor[2]}`);
    for (const event of data.events) if ((!event.track || event.track === state.track) && t >= event.start && t <= event.end) words.push(`${event.name} ${event.words}`);
    byId("told").textContent = words.join(" · ");
    const values = poor || !series ? null : sampleAt(series.smooth, t);
    const most = values ? values.indexOf(Math.max(...values)) : -1;
    data.emotions.forEach((name, e) => {
      const item = document.querySelector(`#legend [data-emotion="${name}"]`);
      item.classList.toggle("most", e === most);
      item.querySelector(".value").textContent = values ? values[e].toFixed(2) : "–";
    });
  }

  // Pictures -------------------------------------------------------------------------------------

  function showPicture(t) {
    const faces = state.series ? state.series.faces : [];
    const index = Page.nearest(faces.map(([time]) => time), t);
    const [time, address, quality, reasons] = index < 0 ? [null, null, null, []] : faces[index];
    byId("shot-link").hidden = !address;
    byId("shot-none").hidden = Boolean(address);
    byId("shot-none").textContent = index < 0 ? "no face was good enough to keep" : "no picture kept";
    const caption = byId("shot-caption");
    if (index < 0) {
      caption.replaceChildren();
    } else {
      if (address) {
        byId("shot").src = Report.url(address);
        byId("shot").alt = `${state.track} at ${videoTime(time)}`;
        byId("shot-link").href = Report.url(address);
        byId("shot-link").setAttribute("aria-label", `Open the picture of ${state.track} at ${videoTime(time)}`);
      }
      const away = Math.abs(time - t);
      const where = away < 0.05 ? "at the cursor" : `${away.toFixed(1)} s ${time < t ? "earlier" : "later"}`;
      caption.replaceChildren(
        element("div", { className: "num", text: data.clock ? wallTime(time).slice(11) : videoTime(time) }),
        element("div", { className: "dim", text: where }),
        element("div", { className: "dim", text: `quality ${quality.toFixed(2)}` }),
      );
      if (reasons.length) caption.append(element("div", { className: "dim", text: reasons.join(", ") }));
    }
    for (const [i, button] of [...byId("film").querySelectorAll("button")].entries()) {
      if (i === index) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  }

  function drawFilm() {
    byId("film").replaceChildren(...state.series.faces.slice(0, 60).map(([time, address, quality]) => {
      const button = element("button", { type: "button", title: `${state.track} ${videoTime(time)} · quality ${quality}` }, picture(address, 36, ""));
      button.setAttribute("aria-label", `Face of ${state.track} at ${videoTime(time)}`);
      button.addEventListener("click", () => moveTo(time));
      return element("li", {}, button);
    }));
  }

  // Words about a track --------------------------------------------------------------------------

  // In plain words: "candidate Anna", "unknown-1", "not assessed".
  function called({ status, person, known }) { return known ? `${status} ${person}` : person || status; }

  function who({ status, person, known, candidate }) {
    if (known) return [element("span", { className: "tag", text: status }), " ", element("b", { text: person })];
    if (status === "rejected") return [element("span", { className: "tag", text: status }), " ", element("span", { className: "dim", text: candidate ? candidate.person : "" })];
    return [element("span", { className: "dim", text: person || (status === "unknown" ? "unknown person" : "identity not assessed") })];
  }

  function expression({ emotion, share }) {
    if (!emotion) return [element("span", { className: "swatch hatch" }), element("span", { className: "dim", text: "expression not assessed" })];
    const swatch = element("span", { className: "swatch" });
    swatch.style.background = data.colours[emotion];
    return [swatch, `${emotion} `, element("span", { className: "num", text: per(share) })];
  }

  function actionsOf({ actions }, words, most) {
    if (actions.length === 1 && actions[0][0] === "unknown") return "action unknown";
    return actions.slice(0, most).map(words).join(", ") || "action not told";
  }

  function facesOf({ assessed, faces, seen }) {
    if (!faces) return `no face in ${seen} samples`;
    return `${assessed === null ? "" : `${per(assessed)} of faces assessed · `}a face in ${faces} of ${seen} samples`;
  }

  function describe(track) {
    byId("selected-name").replaceChildren(element("span", { className: "num", text: track.name }), " ", ...who(track));
    const rows = [
      element("p", {}, element("span", { className: "num", text: data.clock ? `${wallTime(track.start).slice(0, 19)}–${wallTime(track.end).slice(11, 19)}` : `${videoTime(track.start)}–${videoTime(track.end)}` })),
      element("p", { text: actionsOf(track, ([label, share]) => `${label} ${per(share)}`, 3) }),
      element("p", {}, ...expression(track)),
      element("p", { className: "dim", text: facesOf(track) }),
    ];
    byId("selected-facts").replaceChildren(...rows.filter(Boolean));
    byId("selected-evidence").replaceChildren(...against(track));
  }

  function against({ candidate, name }) {
    if (!candidate) return [];
    const evidence = byId(`evidence-${name}`);
    const figure = element("figure", {}, picture(candidate.picture, 88, `Gallery picture of ${candidate.person}`), element("figcaption", {}, "gallery: ", element("b", { text: candidate.person })));
    const row = (label, value) => element("p", {}, element("span", { className: "dim", text: `${label} ` }), element("span", { className: "num", text: value }));
    const facts = element("div", {},
      element("p", {}, candidate.review || (candidate.accepted ? "needs human confirmation" : `no candidate: ${candidate.reason || "not within the threshold"}`)),
      evidence ? element("p", {}, element("a", { href: `#evidence-${name}`, className: "to-evidence", text: "evidence" })) : null,
      row("distance", candidate.distance.toFixed(3)),
      row("threshold", candidate.threshold.toFixed(3)),
      row("margin", candidate.margin === null ? "only person" : candidate.margin.toFixed(3)),
      candidate.probability === null ? null : row("probability", candidate.probability),
      candidate.rate === null ? null : row("false matches", candidate.rate),
    );
    return [figure, facts];
  }

  // The list of tracks and their lanes, a page at a time ------------------------------------------

  function matching() {
    const words = state.words.toLowerCase();
    return data.tracks.filter((track) => {
      const kind = state.kind === "all" || track.status === state.kind || (state.kind === "events" && track.events);
      return kind && (!words || track.name.toLowerCase() === words || (track.person || "").toLowerCase().includes(words));
    });
  }

  function list() {
    const all = matching();
    const pages = Math.max(1, Math.ceil(all.length / PAGE));
    state.page = Math.min(state.page, pages - 1);
    state.shown = all.slice(state.page * PAGE, (state.page + 1) * PAGE);
    byId("pages").hidden = pages < 2;
    byId("page-told").textContent = `${state.page * PAGE + 1}–${state.page * PAGE + state.shown.length} of ${all.length}`;
    byId("none-told").hidden = all.length > 0;
    byId("tracks").replaceChildren(...state.shown.map(card));
    byId("lane-names").replaceChildren(...state.shown.map((track) => {
      const item = element("li", {}, picture(track.picture, 16, ""), element("b", { className: "num", text: track.name }), element("span", { text: track.person || track.status }));
      item.dataset.track = track.name;
      item.title = `${track.name} ${called(track)}`;
      return item;
    }));
    mark();
    if (group.width) {
      group.draw(presence);
      group.place();
    }
  }

  function card(track) {
    const button = element("button", { type: "button", className: "card" },
      picture(track.picture, 40, `Best face of ${track.name}`),
      element("span", { className: "card-text" },
        element("span", { className: "line" }, element("span", { className: "who" }, element("b", { className: "num", text: track.name }), " ", ...who(track)), element("span", { className: "num dim times", text: `${videoTime(track.start)}–${videoTime(track.end)}` })),
        element("span", { className: "line" }, element("span", { text: actionsOf(track, ([label]) => label, 2) }), element("span", {}, ...expression(track), track.emotion && track.assessed !== null ? element("span", { className: "dim", text: ` assessed ${per(track.assessed)}` }) : null)),
      ));
    button.dataset.track = track.name;
    button.addEventListener("click", () => select(track.name));
    return element("li", {}, button);
  }

  function drawLanes() {
    const [thin, thick] = data.presence.data;
    for (const [trace, key] of [[thin, "presence"], [thick, "face"]]) {
      const bars = state.shown.flatMap((track, lane) => track[key].map(([a, b]) => [lane, a, b, track.colour]));
      Object.assign(trace, { y: bars.map(([lane]) => lane), base: bars.map(([, a]) => toMs(a)), x: bars.map(([, a, b]) => Math.round((b - a) * 1000)) });
      trace.marker = { ...trace.marker, color: bars.map(([, , , colour]) => colour) };
    }
    const lanes = Math.max(1, state.shown.length);
    data.presence.layout.yaxis.range = [lanes - 0.5, -0.5];
  }

  function mark() {
    for (const each of byId("tracks").querySelectorAll(".card")) each.setAttribute("aria-pressed", String(each.dataset.track === state.track));
    for (const lane of byId("lane-names").children) lane.classList.toggle("on", lane.dataset.track === state.track);
  }

  function reveal(name) {
    const index = matching().findIndex((track) => track.name === name);
    const page = Math.floor(index / PAGE);
    if (index >= 0 && page !== state.page) {
      state.page = page;
      list();
    }
    mark();
    const chosen = byId("tracks").querySelector('[aria-pressed="true"]');
    if (chosen) within(byId("tracks"), chosen);
    const lane = byId("lane-names").querySelector(".on");
    if (lane && group.width) within(byId("lanes"), lane);
    return chosen;
  }

  // Selection ------------------------------------------------------------------------------------

  function select(name, { t = null, keepFocus = true } = {}) {
    const track = tracks.get(name);
    if (!track) return;
    if (state.track !== name) {
      state.track = name;
      state.series = null;
      screen.selected = name;
      const chosen = reveal(name);
      if (!keepFocus && chosen) chosen.focus({ preventScroll: true });
      describe(track);
      if (isTooSmallToSee(track)) zoomToTrack();
      Report.load(track.part).then((series) => {
        if (state.track !== name) return;
        state.series = series || { smooth: { t: [], p: data.emotions.map(() => []) }, raw: { t: [], p: data.emotions.map(() => []) }, insufficient: [], actions: [], faces: [] };
        drawFilm();
        drawTrack();
        showPicture(group.cursor);
        tell(group.cursor);
        document.body.dataset.track = name;
      });
    }
    moveTo(t === null ? track.best : t);
  }

  // In a video of hours a track of seconds would leave every chart seemingly blank.
  function isTooSmallToSee({ start, end }) {
    const [a, b] = group.range;
    return (end - start) / (b - a) < 0.02;
  }

  // Scroll inside a list only; the page itself stays where the reader put it.
  function within(holder, item) {
    const outer = holder.getBoundingClientRect();
    const inner = item.getBoundingClientRect();
    if (inner.top < outer.top) holder.scrollTop -= outer.top - inner.top;
    else if (inner.bottom > outer.bottom) holder.scrollTop += inner.bottom - outer.bottom;
  }

  let wrote = 0;
  function moveTo(t, { from = "page" } = {}) {
    const time = Math.min(data.duration, Math.max(0, t));
    group.point(time);
    group.show(time);
    showPicture(time);
    tell(time);
    if (from !== "player") {
      const shown = screen.seek(time);
      if (data.pieces.length) {
        byId("no-picture").hidden = shown;
        byId("no-picture").textContent = shown ? "" : `No picture was cut at ${videoTime(time)}.`;
      }
    }
    if (from === "player" && performance.now() - wrote < 1000) return; // browsers limit how often
    wrote = performance.now();
    const address = `${data.page}track=${state.track}&t=${time.toFixed(3)}`;
    try { history.replaceState(null, "", address); } catch { /* some readers forbid it for files */ }
  }

  function fromAddress() {
    const wish = new URLSearchParams(location.hash.slice(1));
    const t = Number.parseFloat(wish.get("t"));
    const name = wish.get("track") || state.track || data.tracks[0].name;
    if (!tracks.has(name) || !(wish.get("track") || Number.isFinite(t))) return false;
    select(name, { t: Number.isFinite(t) ? t : null });
    if (wish.get("play")) {
      scrollTo({ top: 0 });
      screen.play();
    }
    return true;
  }

  // Events ---------------------------------------------------------------------------------------

  function goTo(event) {
    if (event.track) select(event.track, { t: event.start });
    else moveTo(event.start);
  }

  function nextEvent(by) {
    const ordered = by > 0 ? data.events : [...data.events].reverse();
    const next = ordered.find(({ start }) => (by > 0 ? start > group.cursor + 0.01 : start < group.cursor - 0.01));
    if (next) goTo(next);
  }

  function eventTicks() {
    const holder = byId("event-ticks");
    const [width, left] = [group.width - Timeline.LEFT - Timeline.RIGHT, Timeline.LEFT];
    holder.replaceChildren(...data.events.slice(0, 2000).map((event) => {
      const tick = element("i", { className: event.alarm ? "alarm" : "" });
      const scale = width / Math.max(data.duration, 0.001);
      tick.style.left = `${left + event.start * scale}px`;
      if (event.alarm) tick.style.width = `${Math.max(2, (event.end - event.start) * scale)}px`;
      return tick;
    }));
  }

  // Controls -------------------------------------------------------------------------------------

  function step(by) {
    const names = matching().map(({ name }) => name);
    const next = names[Math.min(names.length - 1, Math.max(0, names.indexOf(state.track) + by))];
    if (next) select(next, { keepFocus: !document.activeElement.classList.contains("card") });
  }

  function zoomToTrack() {
    const { start, end } = tracks.get(state.track);
    const margin = Math.max(0.5, (end - start) * 0.04);
    group.zoom(start - margin, end + margin);
  }

  const keys = {
    " ": () => screen.toggle(),
    k: () => screen.pause(),
    l: () => screen.faster(),
    j: () => screen.backwards(),
    ",": () => moveTo(group.cursor - 1 / data.rate),
    ".": () => moveTo(group.cursor + 1 / data.rate),
    ArrowLeft: (event) => moveTo(group.cursor - (event.shiftKey ? 2 : 0.2)),
    ArrowRight: (event) => moveTo(group.cursor + (event.shiftKey ? 2 : 0.2)),
    ArrowUp: () => step(-1),
    ArrowDown: () => step(1),
    Home: () => moveTo(tracks.get(state.track).start),
    End: () => moveTo(tracks.get(state.track).end),
    n: () => nextEvent(1),
    p: () => nextEvent(-1),
    b: () => byId("boxes").click(),
    "+": () => group.scale(0.5, group.cursor),
    "=": () => group.scale(0.5, group.cursor),
    "-": () => group.scale(2, group.cursor),
    0: () => group.zoom(0, data.duration),
    f: zoomToTrack,
    "?": () => byId("keys").showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    if (event.target.closest("input, select, textarea, dialog[open]")) return;
    if (event.key === " " && event.target.closest("button:not(.card), a, summary")) return; // presses it
    event.preventDefault();
    keys[event.key](event);
  });
  byId("lane-names").addEventListener("click", (event) => {
    const lane = event.target.closest("li");
    if (lane) select(lane.dataset.track);
  });
  Page.choice(byId("filters"), (button) => {
    state.kind = button.dataset.filter;
    state.page = 0;
    list();
  });
  byId("find").addEventListener("input", () => {
    state.words = byId("find").value.trim();
    state.page = 0;
    list();
  });
  for (const [id, by] of [["page-before", -1], ["page-after", 1]]) {
    byId(id).addEventListener("click", () => {
      state.page = Math.max(0, state.page + by);
      list();
    });
  }
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
  byId("show-keys").addEventListener("click", () => byId("keys").showModal());
  byId("play").addEventListener("click", () => screen.toggle());
  byId("boxes").addEventListener("click", () => {
    screen.drawBoxes = !screen.drawBoxes;
    byId("boxes").setAttribute("aria-pressed", String(screen.drawBoxes));
    screen.draw();
  });
  byId("before-event").addEventListener("click", () => nextEvent(-1));
  byId("after-event").addEventListener("click", () => nextEvent(1));
  byId("overlay").addEventListener("click", (event) => {
    const name = screen.hit(event.clientX, event.clientY);
    if (name) select(name, { t: screen.t });
    else screen.toggle();
  });
  window.addEventListener("hashchange", fromAddress);
  document.addEventListener("themechange", () => { if (group.width) { drawTrack(); group.redraw(); } });

  function resize(width) {
    for (const { holder } of group.charts) holder.style.width = `${width}px`;
    group.redraw(width);
    eventTicks();
  }

  // Charts are as wide as the lanes, whose scroll bar takes its share.
  let printing = false;
  let height = 0;
  const measure = () => {
    const width = byId("lanes").clientWidth;
    if (!width || printing || (width === group.width && height === innerHeight)) return;
    height = innerHeight;
    resize(width);
  };

  // On paper charts are dark on white whatever the screen shows, and as wide as A4 across.
  const PAPER_PX = 1000;
  const root = document.documentElement;
  let shown = null;
  window.addEventListener("beforeprint", () => {
    printing = true;
    shown = { theme: root.dataset.theme, width: group.width };
    root.dataset.theme = "light";
    drawTrack();
    resize(PAPER_PX);
  });
  window.addEventListener("afterprint", () => {
    printing = false;
    if (shown.theme) root.dataset.theme = shown.theme;
    else delete root.dataset.theme;
    drawTrack();
    resize(shown.width);
  });
  list();
  measure();
  if (!fromAddress()) select(data.tracks[0].name, { t: data.events.length && data.events[0].track === data.tracks[0].name ? data.events[0].start : null });
  new ResizeObserver(measure).observe(byId("timeline"));
  window.addEventListener("resize", measure);
  document.body.dataset.ready = "true";
}

if (document.getElementById("data")) startVideoPage();
