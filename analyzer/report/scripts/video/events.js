// Events of one video: the next one from the cursor, and their ticks over the overview.
import { byId, element } from "../common/dom.js";
import { LEFT, RIGHT } from "../timeline/axis.js";

const STEP_S = 0.01; // an event this near is the one that the cursor stands on
const MOST_TICKS = 2000;

/**
 * Return the event that starts next after t, or last before it.
 * @template {{start: number, tracks?: string[]}} E
 * @param {E[]} events by start
 * @param {number} t
 * @param {number} by 1 or -1
 * @returns {E | undefined}
 */
export function nextEvent(events, t, by) {
  if (by > 0) return events.find(({ start }) => start > t + STEP_S);
  return [...events].reverse().find(({ start }) => start < t - STEP_S);
}

export function drawTicks(events, duration, width) {
  const scale = (width - LEFT - RIGHT) / Math.max(duration, 0.001);
  const tick = ({ start, end, level, kind }) => {
    const isAlarm = level === "alarm" && kind !== "person"; // who is in view has a lane
    const made = element("i", { className: isAlarm ? "alarm" : "" });
    made.style.left = `${LEFT + start * scale}px`;
    if (isAlarm) made.style.width = `${Math.max(2, (end - start) * scale)}px`;
    return made;
  };
  byId("event-ticks").replaceChildren(...events.slice(0, MOST_TICKS).map(tick));
}
