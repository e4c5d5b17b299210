// Pointer on a chart: a click is a time, a drag is a window, Ctrl with the wheel zooms.
import { timeAt } from "./axis.js";

const DRAG_PX = 4; // a hand trembles less

/**
 * Listen to the pad that lies over the plot of a chart.
 * @param {HTMLElement} pad
 * @param {() => import("./axis.js").Range} range the window that the chart shows now
 * @param {object} on
 * @param {(t: number, y: number) => void} on.point a click, y px from the top
 * @param {(t: number | null) => void} on.hover the pointer moves, or leaves
 * @param {(a: number, b: number) => void} on.drag a window is being marked; 0, 0 ends that
 * @param {(a: number, b: number) => void} on.zoom a window was marked
 * @param {(factor: number, about: number) => void} on.scale
 * @param {() => void} on.whole
 */
export function listen(pad, range, on) {
  const time = (event) => {
    const box = pad.getBoundingClientRect();
    return timeAt((event.clientX - box.left) / box.width, range());
  };
  const isDrag = (event, from) => Math.abs(event.clientX - from.px) > DRAG_PX;
  /** @type {{t: number, px: number} | null} where the button went down */
  let from = null;
  pad.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    from = { t: time(event), px: event.clientX };
    pad.setPointerCapture(event.pointerId);
  });
  pad.addEventListener("pointermove", (event) => {
    const t = time(event);
    if (from && isDrag(event, from)) on.drag(from.t, t);
    on.hover(t);
  });
  pad.addEventListener("pointerup", (event) => {
    if (!from) return;
    const start = from;
    from = null;
    on.drag(0, 0);
    const t = time(event);
    if (isDrag(event, start)) on.zoom(Math.min(start.t, t), Math.max(start.t, t));
    else on.point(t, event.clientY - pad.getBoundingClientRect().top);
  });
  pad.addEventListener("pointerleave", () => on.hover(null));
  pad.addEventListener("dblclick", on.whole);
  const wheel = (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    on.scale(event.deltaY > 0 ? 1.25 : 0.8, time(event));
  };
  pad.addEventListener("wheel", wheel, { passive: false });
}
