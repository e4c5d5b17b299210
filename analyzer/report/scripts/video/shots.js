// Stored pictures of the selected track: the body and the face nearest to the cursor, and all.
import { videoTime } from "../common/clock.js";
import { byId, element } from "../common/dom.js";
import { url } from "../common/parts.js";
import { picture } from "../common/portrait.js";
import { nearest } from "../common/spans.js";

/** @import { Body, Face } from "./data.js" */
/** @import { Clock } from "../common/clock.js" */

/** @typedef {{faces: Face[], bodies: Body[]}} Shots */

const MOST = 60; // pictures in the film

/** Say how far a picture is from the cursor. */
export function distanceOf(time, t) {
  const away = Math.abs(time - t);
  return away < 0.05 ? "at the cursor" : `${away.toFixed(1)} s ${time < t ? "earlier" : "later"}`;
}

/**
 * Show the body and the face nearest to t.
 * @param {Shots} shots
 * @param {string} name of the track
 * @param {number} t
 * @param {Clock} clock
 * @param {string} why there is no picture where there is none
 */
export function showShots({ faces, bodies }, name, t, clock, why) {
  const [face, body] = [nearestOf(faces, t), nearestOf(bodies, t)];
  byId("body-figure").hidden = !body;
  byId("face-figure").hidden = !face && Boolean(body);
  show("body", body, `${name} at ${videoTime(body?.[0] ?? 0)}`, why);
  show("shot", face, `${name} at ${videoTime(face?.[0] ?? 0)}`, why);
  if (body) byId("body-caption").replaceChildren(...caption(body, t, clock, `${body[4]} px high`));
  byId("shot-caption").replaceChildren(...(face ? faceCaption(face, t, clock) : []));
  for (const button of byId("film").querySelectorAll("button")) {
    const isShown = button.dataset.key === keyOf(face) || button.dataset.key === keyOf(body);
    if (isShown) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
}

/**
 * @template {Face | Body} S
 * @param {S[]} shots
 * @param {number} t
 * @returns {S | undefined}
 */
function nearestOf(shots, t) {
  const times = shots.map(([time]) => time);
  return shots[nearest(times, t)];
}

/** @param {Face | Body | undefined} shot */
const keyOf = (shot) => (shot ? `${shot.length} ${shot[0]}` : "");

function show(id, shot, words, why) {
  const address = shot?.[1];
  byId(`${id}-link`).hidden = !address;
  byId(`${id}-none`).hidden = Boolean(address);
  byId(`${id}-none`).textContent = shot ? `none kept: ${why}` : why;
  if (!address) return;
  byId(id).src = url(address);
  byId(id).alt = words;
  byId(`${id}-link`).href = url(address);
  byId(`${id}-link`).setAttribute("aria-label", `Open the picture of ${words}`);
}

const line = (className, text) => element("div", { className, text });

/**
 * @param {Face | Body} shot
 * @param {number} t
 * @param {Clock} clock
 * @param {string} measure
 */
function caption([time, , , reasons], t, clock, measure) {
  const lines = [
    line("num", clock.short(time)),
    line("dim", distanceOf(time, t)),
    line("dim", measure),
  ];
  for (const each of lines) each.title = reasons.join(", ");
  return lines;
}

/**
 * @param {Face} face
 * @param {number} t
 * @param {Clock} clock
 */
function faceCaption(face, t, clock) {
  const [, , quality, reasons] = face;
  const lines = caption(face, t, clock, `quality ${quality.toFixed(2)}`);
  return reasons.length ? [...lines, line("dim", reasons.join(", "))] : lines;
}

/**
 * Show bodies and faces in order of time.
 * @param {Shots} shots
 * @param {string} name of the track
 * @param {(t: number) => void} onPress
 */
export function showFilm({ faces, bodies }, name, onPress) {
  const frame = (shot, kind, width) => {
    const [time, address, quality] = shot;
    const title = `${name} ${videoTime(time)} · quality ${quality}`;
    const button = element("button", { type: "button", title }, picture(address, [width, 36], ""));
    button.dataset.key = keyOf(shot);
    button.setAttribute("aria-label", `${kind} of ${name} at ${videoTime(time)}`);
    button.addEventListener("click", () => onPress(time));
    return { time, item: element("li", {}, button) };
  };
  const frames = [
    ...bodies.map((body) => frame(body, "Body", 20)),
    ...faces.map((face) => frame(face, "Face", 36)),
  ];
  frames.sort((a, b) => a.time - b.time);
  byId("film").replaceChildren(...frames.slice(0, MOST).map(({ item }) => item));
}
