// Charts on one time axis: drawing with plotly, one zoom, one cursor. Knows nothing of tracks.
"use strict";

const Timeline = (() => {
  const WIDE = innerWidth >= 2800; // a wall screen: everything half as large again
  const LEFT = WIDE ? 276 : 184;
  const RIGHT = 12;
  const SHORTEST = 0.4; // seconds; a narrower window shows less than two samples

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // What depends on light or dark, laid over the figure as it came from the report.
  function dress(figure) {
    for (const axis of Object.keys(figure.layout).filter((key) => /^[xy]axis/.test(key))) {
      Object.assign(figure.layout[axis], {
        color: colour("--dim"), gridcolor: colour("--grid"), linecolor: colour("--line"),
        tickcolor: colour("--line"),
      });
      if (axis.startsWith("x")) figure.layout[axis].showgrid = true;
    }
    for (const trace of figure.data) {
      if (trace.marker && trace.marker.pattern && trace.marker.pattern.shape) {
        trace.marker.pattern.fgcolor = colour("--hatch");
      }
    }
  }

  class Group {
    constructor({ origin, duration, onPoint, onHover }) {
      this.origin = origin;
      this.duration = Math.max(duration, SHORTEST);
      this.range = [0, this.duration];
      this.onPoint = onPoint;
      this.onHover = onHover;
      this.charts = [];
      this.cursor = 0;
      this.over = null;
      this.width = 0;
    }

    add(holder, figure, { whole = false, height, prepare = null }) {
      const plot = holder.appendChild(Object.assign(document.createElement("div"), { className: "plot" }));
      const part = (name) => holder.appendChild(Object.assign(document.createElement("div"), { className: name }));
      const chart = { holder, plot, figure, whole, height, prepare, hair: part("hair"), ghost: part("hair over"), window: part("window"), pad: part("pad") };
      chart.pad.style.left = `${LEFT}px`;
      chart.pad.style.right = `${RIGHT}px`;
      this.charts.push(chart);
      this.listen(chart);
      return chart;
    }

    rangeOf(chart) { return chart.whole ? [0, this.duration] : this.range; }

    x(chart, t) {
      const [a, b] = this.rangeOf(chart);
      return LEFT + ((t - a) / (b - a)) * (this.width - LEFT - RIGHT);
    }

    listen(chart) {
      const timeAt = (event) => {
        const box = chart.pad.getBoundingClientRect();
        const [a, b] = this.rangeOf(chart);
        const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
        return a + share * (b - a);
      };
      let from = null;
      chart.pad.addEventListener("pointerdown", (event) => {
        if (event.button !== 0) return;
        from = { t: timeAt(event), px: event.clientX };
        chart.pad.setPointerCapture(event.pointerId);
      });
      chart.pad.addEventListener("pointermove", (event) => {
        const t = timeAt(event);
        if (from && Math.abs(event.clientX - from.px) > 4) this.mark(chart, from.t, t);
        this.over = t;
        this.place();
        this.onHover(t);
      });
      chart.pad.addEventListener("pointerup", (event) => {
        if (!from) return;
        const start = from;
        from = null;
        this.mark(chart, 0, 0);
        const t = timeAt(event);
        if (Math.abs(event.clientX - start.px) > 4) this.zoom(Math.min(start.t, t), Math.max(start.t, t));
        else this.onPoint(t, chart, event.clientY - chart.pad.getBoundingClientRect().top);
      });
      chart.pad.addEventListener("pointerleave", () => {
        this.over = null;
        this.place();
        this.onHover(null);
      });
      chart.pad.addEventListener("dblclick", () => this.zoom(0, this.duration));
      chart.pad.addEventListener("wheel", (event) => {
        if (!event.ctrlKey && !event.metaKey) return;
        event.preventDefault();
        this.scale(event.deltaY > 0 ? 1.25 : 0.8, timeAt(event));
      }, { passive: false });
    }

    mark(chart, a, b) {
      const low = this.x(chart, Math.min(a, b));
      chart.window.style.left = `${low}px`;
      chart.window.style.width = `${this.x(chart, Math.max(a, b)) - low}px`;
    }

    scale(factor, about) {
      const [a, b] = this.range;
      this.zoom(about - (about - a) * factor, about + (b - about) * factor);
    }

    zoom(a, b) {
      if (b - a < SHORTEST) {
        const middle = (a + b) / 2;
        [a, b] = [middle - SHORTEST / 2, middle + SHORTEST / 2];
      }
      this.range = [Math.max(0, a), Math.min(this.duration, b)];
      if (!this.width) return; // not laid out yet: the first drawing will use the range
      for (const chart of this.charts) if (!chart.whole) this.draw(chart);
      this.place();
    }

    show(t) {
      const [a, b] = this.range;
      const margin = (b - a) * 0.05;
      if (t >= a && t <= b) return;
      const start = t < a ? t - margin : t + margin - (b - a);
      this.zoom(Math.max(0, start), Math.max(0, start) + (b - a));
    }

    point(t) {
      this.cursor = t;
      this.place();
    }

    place() {
      const [a, b] = this.range;
      for (const chart of this.charts) {
        const [low, high] = this.rangeOf(chart);
        const put = (element, t) => {
          element.hidden = t === null || t < low || t > high;
          if (!element.hidden) element.style.left = `${this.x(chart, t)}px`;
        };
        put(chart.hair, this.cursor);
        put(chart.ghost, this.over);
        if (chart.whole && (a > 0 || b < this.duration)) this.mark(chart, a, b);
        else if (chart.whole) this.mark(chart, 0, 0);
      }
    }

    draw(chart) {
      const { layout, data } = chart.figure;
      if (chart.prepare) chart.prepare();
      dress(chart.figure);
      layout.width = this.width;
      chart.margin = chart.margin || layout.margin;
      const more = WIDE ? 1.5 : 1;
      layout.margin = { ...chart.margin, l: LEFT, t: chart.margin.t * more, b: chart.margin.b * more };
      layout.font = { ...layout.font, size: WIDE ? 16 : 11 };
      layout.height = typeof chart.height === "function" ? chart.height() : chart.height;
      // So many that the longest, 00:00:00.000, stand side by side.
      const nticks = Math.max(2, Math.min(12, Math.floor((this.width - LEFT - RIGHT) / (WIDE ? 150 : 90))));
      const range = this.rangeOf(chart).map((t) => this.origin + t * 1000);
      for (const key of Object.keys(layout)) {
        if (/^xaxis/.test(key)) layout[key] = { ...layout[key], range: [...range], autorange: false, nticks };
      }
      const config = { staticPlot: true, displayModeBar: false, responsive: false };
      Plotly.react(chart.plot, data, { ...layout }, config);
    }

    redraw(width) {
      if (width) this.width = width;
      for (const chart of this.charts) this.draw(chart);
      this.place();
    }
  }

  return { Group, LEFT, RIGHT, WIDE, colour };
})();
