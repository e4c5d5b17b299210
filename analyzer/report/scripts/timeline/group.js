// Group of charts with one window of time and one cursor. Knows nothing of tracks.
import { element } from "../common/dom.js";
import { LEFT, movedTo, RIGHT, SHORTEST_S, scaled, windowOf, xOf } from "./axis.js";
import { drawFigure } from "./figure.js";
import { listen } from "./pointer.js";

export class Group {
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
