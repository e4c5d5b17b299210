// Search in times and spans.
import assert from "node:assert/strict";
import { test } from "node:test";
import { lastBefore, nearest, runsOf, spanAt } from "#scripts/common/spans.js";

test("the nearest time is the first of equals, and none of none", () => {
  assert.equal(nearest([1, 3, 5], 3.9), 1);
  assert.equal(nearest([1, 3, 5], 4), 1);
  assert.equal(nearest([1, 3, 5], -9), 0);
  assert.equal(nearest([], 1), -1);
});

test("a span holds both of its ends", () => {
  const spans = [
    [0, 1, "a"],
    [1.5, 2, "b"],
  ];
  assert.equal(spanAt(spans, 1)[2], "a");
  assert.equal(spanAt(spans, 1.5)[2], "b");
  assert.equal(spanAt(spans, 1.2), undefined);
});

test("runs lie between nulls, at the ends and doubled ones too", () => {
  assert.deepEqual(runsOf([null, 1, 2, null, null, 3]), [
    [1, 3],
    [5, 6],
  ]);
  assert.deepEqual(runsOf([]), []);
  assert.deepEqual(runsOf([null]), []);
});

test("search by halves finds what search one by one finds", () => {
  const times = [0, 0.2, 0.2, 0.4, 7];
  for (const t of [-1, 0, 0.1, 0.2, 0.3, 6.9, 7, 8]) {
    assert.equal(lastBefore(times, t), times.filter((time) => time <= t).length - 1, `at ${t}`);
  }
  assert.equal(lastBefore([], 1), -1);
});
