// Stored faces of the selected track: the one nearest to the cursor, and the film of all.
import { videoTime } from "../common/clock.js";
import { byId, element } from "../common/dom.js";
import { url } from "../common/parts.js";
import { nearest } from "../common/spans.js";
import { picture } from "./track_words.js";

/** @import { Face } from "./data.js" */

const MOST = 60; // pictures in the film

/** Say how far a face is from the cursor. */
export function distanceOf(time, t) {
  const away = Math.abs(time - t);
  return away < 0.05 ? "at the cursor" : `${away.toFixed(1)} s ${time < t ? "earlier" : "later"}`;
}

/**
 * Show the face nearest to t.
 * @param {Face[]} faces
 * @param {string} name of the track
 * @param {number} t
 * @param {import("../common/clock.js").Clock} clock
 */
export function showFace(faces, name, t, clock) {
  const times = faces.map(([time]) => time);
  const index = nearest(times, t);
  const face = faces[index];
  const address = face?.[1];
  byId("shot-link").hidden = !address;
  byId("shot-none").hidden = Boolean(address);
  byId("shot-none").textContent = face ? "no picture kept" : "no face was good enough to keep";
  if (address) showPicture(address, `${name} at ${videoTime(face[0])}`);
  byId("shot-caption").replaceChildren(...(face ? caption(face, t, clock) : []));
  for (const [i, button] of byId("film").querySelectorAll("button").entries()) {
    if (i === index) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
}

function showPicture(address, words) {
  byId("shot").src = url(address);
  byId("shot").alt = words;
  byId("shot-link").href = url(address);
  byId("shot-link").setAttribute("aria-label", `Open the picture of ${words}`);
}

/**
 * @param {Face} face
 * @param {number} t
 * @param {import("../common/clock.js").Clock} clock
 */
function caption([time, , quality, reasons], t, clock) {
  const line = (className, text) => element("div", { className, text });
  const lines = [
    line("num", clock.short(time)),
    line("dim", distanceOf(time, t)),
    line("dim", `quality ${quality.toFixed(2)}`),
  ];
  return reasons.length ? [...lines, line("dim", reasons.join(", "))] : lines;
}

/**
 * @param {Face[]} faces
 * @param {string} name of the track
 * @param {(t: number) => void} onPress
 */
export function showFilm(faces, name, onPress) {
  /** @param {Face} face */
  const frame = ([time, address, quality]) => {
    const title = `${name} ${videoTime(time)} · quality ${quality}`;
    const button = element("button", { type: "button", title }, picture(address, 36, ""));
    button.setAttribute("aria-label", `Face of ${name} at ${videoTime(time)}`);
    button.addEventListener("click", () => onPress(time));
    return element("li", {}, button);
  };
  byId("film").replaceChildren(...faces.slice(0, MOST).map(frame));
}
