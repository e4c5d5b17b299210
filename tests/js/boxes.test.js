// Boxes in the player: a box must not stand where nobody was seen.
import assert from "node:assert/strict";
import { test } from "node:test";
import { boxAt, hit, placeIn, seenAt } from "#scripts/player/boxes.js";
import { pieceAt } from "#scripts/player/screen.js";

const times = [0, 1, 3];
const boxes = [
  [0, 0, 10, 10],
  [20, 10, 30, 10],
  [90, 90, 10, 10],
];

test("a box moves in a straight line between near samples", () => {
  assert.deepEqual(boxAt(times, boxes, 0.5), [10, 5, 20, 10]);
  assert.deepEqual(boxAt(times, boxes, 1), boxes[1]);
});

test("over a pause a box stays shortly and then goes", () => {
  assert.deepEqual(boxAt(times, boxes, 1.3), boxes[1]);
  assert.equal(boxAt(times, boxes, 2), null);
  assert.deepEqual(boxAt(times, boxes, 2.7), boxes[2]);
  assert.equal(boxAt(times, boxes, 3.5), null);
  assert.equal(boxAt([], [], 0), null);
});

test("a sample without a box bridges nothing", () => {
  const holed = [boxes[0], null, boxes[2]];
  assert.equal(boxAt(times, holed, 0.5), null);
  assert.deepEqual(boxAt(times, holed, 0.2), boxes[0]);
});

test("a track is seen with its face or its body, and with what was told nearest", () => {
  const body = { t: [0, 1], face: [null, null], body: [boxes[0], boxes[1]], said: ["a", "b"] };
  const gone = { t: [9], face: [null], body: [boxes[0]], said: ["c"] };
  const seen = seenAt({ T1: body, T2: gone }, 0.8);
  assert.deepEqual(
    seen.map(({ name, face, said }) => [name, face, said]),
    [["T1", null, "b"]],
  );
});

test("a click takes the smallest box under it", () => {
  const seen = [
    { name: "T1", face: null, body: [0, 0, 100, 200] },
    { name: "T2", face: [40, 10, 20, 20], body: [30, 0, 60, 150] },
  ];
  assert.equal(hit(seen, 50, 20), "T2");
  assert.equal(hit(seen, 5, 190), "T1");
  assert.equal(hit(seen, 100, 200), "T1", "the edge belongs to the box");
  assert.equal(hit(seen, 150, 20), null);
});

test("a picture keeps its shape in the middle of its frame", () => {
  assert.deepEqual(placeIn({ width: 400, height: 200 }, 100, 100), { scale: 2, left: 100, top: 0 });
  assert.deepEqual(placeIn({ width: 200, height: 400 }, 100, 100), { scale: 2, left: 0, top: 100 });
});

test("between pieces there is no picture", () => {
  const pieces = [
    { start: 0, end: 10 },
    { start: 20, end: 30 },
  ];
  assert.deepEqual(
    [0, 10.04, 15, 19.96, 31].map((t) => pieceAt(pieces, t)),
    [0, 0, -1, 1, -1],
  );
});
