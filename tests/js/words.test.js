// Words about a track: a candidate is never told as an identification.
import assert from "node:assert/strict";
import { test } from "node:test";
import { colourOf, labelOf } from "#scripts/video/box_label.js";
import { figuresAt, valuesAt, wordsAt } from "#scripts/video/readout.js";
import { distanceOf } from "#scripts/video/shots.js";
import { actionsOf, called, facesOf, percent } from "#scripts/video/track_words.js";
import { standing } from "#scripts/video/viewer.js";

const anna = { name: "T1", status: "candidate", person: "Anna", known: true, start: 0, end: 9 };
const group = {
  name: "T2",
  status: "unknown",
  person: "unknown-1",
  known: false,
  start: 0,
  end: 9,
};
const looks = {
  emotions: ["anger", "joy"],
  colours: { anger: "#a00", joy: "#0a0" },
  actions: [{ name: "walking" }, { name: "unknown" }],
};

test("a person of the gallery is told with a status, an unknown one without", () => {
  assert.equal(called(anna), "candidate Anna");
  assert.equal(called(group), "unknown-1");
  assert.equal(called({ status: "not assessed", person: null, known: false }), "not assessed");
});

test("who stands for review is told so until a person has decided", () => {
  assert.equal(
    standing({ review: null, accepted: true, reason: null }),
    "needs human confirmation",
  );
  assert.equal(standing({ review: "rejected", accepted: true, reason: null }), "rejected");
  assert.match(
    standing({ review: null, accepted: false, reason: null }),
    /^no candidate: not within/,
  );
});

test("labels of others are short, the selected one's has status, expression and action", () => {
  assert.equal(labelOf(looks, anna, [1, 0.5, 0], true), "T1 · candidate Anna · joy 0.50 · walking");
  assert.equal(labelOf(looks, anna, [1, 0.5, 0], false), "T1 · Anna · joy");
  assert.equal(labelOf(looks, group, [-1, 0, 1], true), "T2 · unknown-1");
  assert.equal(labelOf(looks, group, null, false), "T2");
});

test("a box without an expression is white", () => {
  assert.equal(colourOf(looks, [0, 0.9, -1]), "#a00");
  assert.equal(colourOf(looks, [-1, 0, 0]), "#ffffff");
  assert.equal(colourOf(looks, null), "#ffffff");
});

test("what could not be told is told as that", () => {
  const label = ([name]) => name;
  assert.equal(actionsOf({ actions: [] }, label, 2), "action not told");
  assert.equal(actionsOf({ actions: [["unknown", 1]] }, label, 2), "action unknown");
  assert.equal(
    actionsOf(
      {
        actions: [
          ["a", 0.6],
          ["b", 0.3],
          ["c", 0.1],
        ],
      },
      label,
      2,
    ),
    "a, b",
  );
  assert.equal(percent(null), "–");
  assert.equal(percent(0.996), "100 %");
  assert.equal(facesOf({ assessed: null, faces: 0, seen: 12 }), "no face in 12 samples");
  assert.equal(
    facesOf({ assessed: 0.5, faces: 4, seen: 12 }),
    "50 % of faces assessed · a face in 4 of 12 samples",
  );
});

const series = {
  smooth: {
    t: [1, 2],
    p: [
      [0.9, 0.2],
      [0.1, 0.8],
    ],
  },
  insufficient: [[3, 4, "turned away"]],
  actions: [
    [0, 2, 0, 0.75, "speed"],
    [2.5, 9, 1, null, ""],
  ],
};
const data = {
  ...looks,
  duration: 9.5,
  gaps: [
    [5, 6, "not analysed: timestamps jump"],
    [9.2, 9.5, "nothing recorded: a pause"],
  ],
  events: [
    { name: "E1", words: "fighting", tracks: [], start: 1, end: 2 },
    { name: "E2", words: "falling", tracks: ["T9"], start: 1, end: 2 },
  ],
};

test("the readout tells the action, and events of this track or of all", () => {
  assert.deepEqual(wordsAt(data, anna, series, 1.5), [
    "T1",
    "walking, probability 0.75",
    "E1 fighting",
  ]);
});

test("what was measured of an action stands apart, and the reason of an unknown one does not", () => {
  assert.equal(figuresAt(data, series, 1.5), "speed");
  assert.equal(figuresAt(data, series, 3.5), "");
  assert.equal(figuresAt(data, null, 1.5), "");
});

test("the readout tells gaps, poor faces and times out of view", () => {
  const poor = ["T1", "action unknown", "expression not assessed: turned away"];
  assert.deepEqual(wordsAt(data, anna, series, 3.5), poor);
  assert.deepEqual(wordsAt(data, anna, series, 5.5), [
    "T1",
    "not analysed: timestamps jump",
    "action unknown",
  ]);
  assert.deepEqual(wordsAt(data, anna, null, 9.1), ["T1", "not in view"]);
});

test("the first picture after a gap is no part of it; the end of the video may be", () => {
  assert.deepEqual(wordsAt(data, anna, null, 5), ["T1", "not analysed: timestamps jump"]);
  assert.deepEqual(wordsAt(data, anna, null, 6), ["T1"]);
  assert.deepEqual(wordsAt(data, anna, null, 9.5), ["T1", "nothing recorded: a pause"]);
});

test("no expression is told where the face was too poor, or nothing is loaded", () => {
  assert.deepEqual(valuesAt(series, 1.9), [0.2, 0.8]);
  const covering = { ...series, insufficient: [[0, 9, "small"]] };
  assert.equal(valuesAt(covering, 1.9), null);
  assert.equal(valuesAt(null, 1.9), null);
});

test("a face that is not of this moment says how far away it is", () => {
  assert.equal(distanceOf(4, 4.04), "at the cursor");
  assert.equal(distanceOf(4, 5.5), "1.5 s earlier");
  assert.equal(distanceOf(4, 3), "1.0 s later");
});
