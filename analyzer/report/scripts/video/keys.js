// Keys of a video page, as its dialog of keys lists them.
import { byId } from "../common/dom.js";

/** @param {import("./page.js").VideoPage} page */
export function listenToKeys(page) {
  const keys = keysOf(page);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    const target = /** @type {Element} */ (event.target);
    if (target.closest("input, select, textarea, dialog[open]")) return;
    // Space presses the button that has the focus.
    if (event.key === " " && target.closest("button:not(.card), a, summary")) return;
    event.preventDefault();
    keys[event.key](event);
  });
}

function keysOf(page) {
  const { group, screen } = page;
  const move = (by) => page.moveTo(group.cursor + by);
  const picture = 1 / page.data.rate;
  const stride = ({ shiftKey }) => (shiftKey ? 2 : 0.2);
  const closer = () => group.scale(0.5, group.cursor);
  return {
    " ": () => screen.toggle(),
    k: () => screen.pause(),
    l: () => screen.faster(),
    j: () => screen.backwards(),
    ",": () => move(-picture),
    ".": () => move(picture),
    ArrowLeft: (event) => move(-stride(event)),
    ArrowRight: (event) => move(stride(event)),
    ArrowUp: () => page.step(-1),
    ArrowDown: () => page.step(1),
    Home: () => page.moveTo(page.track.start),
    End: () => page.moveTo(page.track.end),
    n: () => page.goToEvent(1),
    p: () => page.goToEvent(-1),
    b: () => byId("boxes").click(),
    r: () => byId("regions").click(),
    "+": closer,
    "=": closer,
    "-": () => group.scale(2, group.cursor),
    0: () => page.zoomOut(),
    f: () => page.zoomToTrack(),
    "?": () => byId("keys").showModal(),
  };
}
