// Pages of the server: which candidates an examiner sees, and what is told of a camera.
import assert from "node:assert/strict";
import { test } from "node:test";
import { told } from "#serve/live/words.js";
import { choose } from "#serve/review/queue.js";

const item = (track, ...by) => ({ track, reviews: by.map((name) => ({ by: name })) });
const items = [item("T1"), item("T2", "A"), item("T3", "B"), item("T4", "A", "B")];
const names = (filter, by) => choose(items, filter, by).map((one) => one.track);

test("an examiner sees what they have not decided on, a second reviewer what others have", () => {
  assert.deepEqual(names("open", "A"), ["T1", "T3"]);
  assert.deepEqual(names("second", "A"), ["T3"]);
  assert.deepEqual(names("second", "C"), ["T2", "T3", "T4"]);
  assert.deepEqual(names("open", ""), ["T1"]);
  assert.equal(names("all", "A").length, 4);
});

test("the delay of boxes, what waits and the mood are told of a camera", () => {
  const camera = { state: "lost", reason: "no answer", backlog: 2, people: 1, minutes: 5 };
  const mood = [{ emotion: "happy", share: 0.75 }];
  const words = told({ ...camera, seen: { delay_s: 65.4 }, mood });
  assert.equal(words.state, "lost (no answer) · boxes 65 s old, 2 recordings wait");
  assert.match(words.mood, /^1 track in .* apparent expressions: happy 75 %$/);
  assert.match(told({ ...camera, seen: null, mood: [] }).state, /nothing analysed yet/);
});
