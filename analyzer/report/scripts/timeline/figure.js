// Drawing of one chart with plotly, in the colours of the page and on the shared time axis.
import { LEFT, ticksOn, WIDE } from "./axis.js";

/** Return a colour of the style sheet as it is now, light or dark. */
export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/**
 * Draw a figure as it came from the report.
 * @param {Element} plot where
 * @param {{data: any[], layout: any}} figure
 * @param {object} size
 * @param {number} size.width px
 * @param {number} size.height px
 * @param {{t: number, b: number}} size.margin as it came
 * @param {number[]} range of the axis, ms
 */
export function drawFigure(plot, figure, { width, height, margin }, range) {
  const { data, layout } = figure;
  const more = WIDE ? 1.5 : 1;
  dress(figure);
  layout.width = width;
  layout.height = height;
  layout.margin = { ...margin, l: LEFT, t: margin.t * more, b: margin.b * more };
  layout.font = { ...layout.font, size: WIDE ? 16 : 11 };
  for (const axis of axesOf(layout, /^xaxis/)) {
    layout[axis] = { ...layout[axis], range: [...range], autorange: false, nticks: ticksOn(width) };
  }
  const config = { staticPlot: true, displayModeBar: false, responsive: false };
  globalThis.Plotly.react(plot, data, { ...layout }, config);
}

const axesOf = (layout, names) => Object.keys(layout).filter((key) => names.test(key));

// What depends on light or dark.
function dress({ data, layout }) {
  const [color, gridcolor, line] = ["--dim", "--grid", "--line"].map(colour);
  for (const axis of axesOf(layout, /^[xy]axis/)) {
    Object.assign(layout[axis], { color, gridcolor, linecolor: line, tickcolor: line });
    if (axis.startsWith("x")) layout[axis].showgrid = true;
  }
  for (const { marker } of data) {
    if (marker?.pattern?.shape) marker.pattern.fgcolor = colour("--hatch");
  }
}
