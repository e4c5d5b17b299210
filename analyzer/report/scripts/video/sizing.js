// Size of the charts: as wide as the lanes on screen, and as A4 across on paper.
import { byId } from "../common/dom.js";

const PAPER_PX = 1000;

/**
 * Keep the charts as wide as the lanes, whose scroll bar takes its share.
 * @param {() => number} widthNow
 * @param {(width: number) => void} resize
 * @param {() => void} redress draws the selected track in the colours of now
 */
export function keepSize(widthNow, resize, redress) {
  let isPrinting = false;
  let height = 0;
  const measure = () => {
    const width = byId("lanes").clientWidth;
    if (!width || isPrinting || (width === widthNow() && height === innerHeight)) return;
    height = innerHeight;
    resize(width);
  };
  onPrint(
    () => {
      isPrinting = true;
      const before = widthNow();
      redress();
      resize(PAPER_PX);
      return before;
    },
    (before) => {
      isPrinting = false;
      redress();
      resize(before);
    },
  );
  measure();
  new ResizeObserver(measure).observe(byId("timeline"));
  window.addEventListener("resize", measure);
}

// On paper charts are dark on white whatever the screen shows.
function onPrint(begin, end) {
  const root = document.documentElement;
  let theme;
  let kept;
  window.addEventListener("beforeprint", () => {
    theme = root.dataset.theme;
    root.dataset.theme = "light";
    kept = begin();
  });
  window.addEventListener("afterprint", () => {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    end(kept);
  });
}
