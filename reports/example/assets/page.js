// What the scripts of a page share: making elements, groups of which one button is pressed, and the
// nearest of some times. Knows nothing of tracks, events or files.
"use strict";

const Page = (() => {
  function element(tag, { className = "", text = null, ...rest } = {}, ...children) {
    const made = Object.assign(document.createElement(tag), rest);
    if (className) made.className = className;
    if (text !== null) made.textContent = text;
    made.append(...children.filter(Boolean));
    return made;
  }

  // One button of the group is pressed at a time; onPress gets it.
  function choice(group, onPress) {
    group.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      for (const other of group.querySelectorAll("button")) other.setAttribute("aria-pressed", String(other === button));
      onPress(button);
    });
  }

  // The place of the time that is nearest to t; -1 where there are none.
  function nearest(times, t) {
    let best = times.length ? 0 : -1;
    for (let i = 1; i < times.length; i += 1) if (Math.abs(times[i] - t) < Math.abs(times[best] - t)) best = i;
    return best;
  }

  return { element, choice, nearest };
})();
