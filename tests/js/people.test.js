// People of a case: chosen by facets that hold in one track at once, and kept in the address.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readWish, writeWish } from "#scripts/people/address.js";
import { EVERYBODY, fittingPeople, occurring, secondsOf } from "#scripts/people/filter.js";

const [RED, BLUE, NOT_TOLD] = [1, 2, 4];
const [STANDING, WALKING] = [1, 2];
const NIGHT = 1772157600; // 2026-02-27 02:00 by the clock of the camera

const list = {
  clock: true,
  places: ["Hall", "Yard"],
  colours: ["red", "blue", "not told"],
  actions: ["standing", "walking"],
  videos: [
    ["video-a.html#", 0],
    ["video-b.html#", 1],
  ],
  left: 0,
  rows: [
    {
      name: "Anna",
      kind: "candidate",
      clothes: [["red", 0.9, "blue", 0.8, null]],
      tracks: [
        ["T1", 0, 4, NIGHT, NIGHT + 60, RED, BLUE, WALKING],
        ["T9", 1, 4, NIGHT + 600, NIGHT + 660, BLUE, NOT_TOLD, STANDING | WALKING],
      ],
    },
    {
      name: "T2",
      kind: "not assessed",
      clothes: [[null, null, null, null, "infra-red picture"]],
      tracks: [["T2", 1, 0, null, null, NOT_TOLD, NOT_TOLD, 0]],
    },
  ],
};
const found = (wish) =>
  fittingPeople(list, { ...EVERYBODY, ...wish }).map(({ person, tracks }) => [
    person.name,
    tracks.map(([name]) => name).join(" "),
  ]);

test("without a wish everybody is there with every track", () => {
  assert.deepEqual(found({}), [
    ["Anna", "T1 T9"],
    ["T2", "T2"],
  ]);
});

test("colours, place and action must hold in one and the same track", () => {
  assert.deepEqual(found({ upper: "red" }), [["Anna", "T1"]]);
  assert.deepEqual(found({ upper: "red", place: "Yard" }), []);
  assert.deepEqual(found({ upper: "blue", action: "standing" }), [["Anna", "T9"]]);
  assert.deepEqual(found({ lower: "not told", place: "Yard" }), [
    ["Anna", "T9"],
    ["T2", "T2"],
  ]);
});

test("a time holds for tracks that touch it, never for those of an unknown clock", () => {
  assert.deepEqual(found({ from: "2026-02-27T02:01" }), [["Anna", "T1 T9"]]);
  assert.deepEqual(found({ from: "2026-02-27T02:01:01" }), [["Anna", "T9"]]);
  assert.deepEqual(found({ to: "2026-02-27T01:59" }), []);
});

test("a word of an old address that the case does not know finds nobody", () => {
  assert.deepEqual(found({ upper: "mauve" }), []);
  assert.deepEqual(found({ place: "Cellar" }), []);
});

test("people are found by a part of the name or by clothes, and by kind", () => {
  assert.deepEqual(found({ words: "ANN" }), [["Anna", "T1 T9"]]);
  assert.deepEqual(found({ words: "infra-red" }), [["T2", "T2"]]);
  assert.deepEqual(found({ kind: "not assessed" }), [["T2", "T2"]]);
});

test("times of day and of the video are seconds", () => {
  assert.equal(secondsOf("2026-02-27T02:00"), NIGHT);
  assert.equal(secondsOf("00:01:30"), 90);
  assert.equal(secondsOf("01:30"), 5400);
  assert.equal(secondsOf(""), null);
});

test("only what occurs is offered", () => {
  assert.deepEqual(occurring(["red", "blue", "not told"], [RED, NOT_TOLD]), ["red", "not told"]);
});

test("an address keeps the choice, in a report of one file too", () => {
  const wish = {
    ...EVERYBODY,
    upper: "red",
    place: 'Yard "north" & <b>',
    from: "2026-02-27T02:01",
  };
  for (const before of ["", "#people&lower=blue", "#page=index"]) {
    assert.deepEqual(readWish(writeWish(before, wish)), wish);
  }
  assert.match(writeWish("#page=index", wish), /^#page=index&people&upper=red/);
  assert.equal(writeWish("", EVERYBODY), "#people");
  assert.equal(readWish("#events"), null);
  assert.deepEqual(readWish("#people"), EVERYBODY);
});
