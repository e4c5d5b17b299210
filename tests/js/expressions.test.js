// Expressions over time: areas that stack to one, and nothing told between runs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bandOutline, differences, outlines, sampleAt } from "#scripts/video/expressions.js";

const ms = (t) => Math.round(t * 1000);
const series = {
  t: [1, 2, null, 5],
  p: [
    [0.7, 0.4, null, 1],
    [0.3, 0.6, null, 0],
  ],
};

test("areas stack: each begins where the one below ends, and the last ends at one", () => {
  const [low, high] = outlines(series, ms);
  assert.deepEqual(low.x.slice(0, 4), [1000, 2000, 2000, 1000]);
  assert.deepEqual(low.y.slice(0, 4), [0.7, 0.4, 0, 0]);
  assert.deepEqual(high.y.slice(0, 4), [1, 1, 0.4, 0.7]);
});

test("runs are outlines of their own, and a lone sample can be seen", () => {
  const [low] = outlines(series, ms);
  assert.equal(low.x[4], null);
  assert.deepEqual(low.x.slice(5), [4900, 5100, 5100, 4900]);
  assert.deepEqual(low.y.slice(5), [1, 1, 0, 0]);
});

test("no samples, no outlines", () => {
  assert.deepEqual(outlines({ t: [], p: [[], []] }, ms), [
    { x: [], y: [] },
    { x: [], y: [] },
  ]);
});

test("a moment has the values of the nearest sample of its run", () => {
  assert.deepEqual(sampleAt(series, 1.6), [0.4, 0.6]);
  assert.deepEqual(sampleAt(series, 5.2), [1, 0]);
});

test("between runs nothing is told, however near the next sample is", () => {
  assert.equal(sampleAt(series, 2.3), null);
  assert.equal(sampleAt(series, 4.7), null);
  assert.equal(sampleAt({ t: [], p: [] }, 1), null);
});

test("differences are to the usual expression, and there are none without it", () => {
  const { t, p } = differences(series, [0.5, 0.5]);
  assert.deepEqual(t, series.t);
  assert.deepEqual(
    p[0].map((value) => (value === null ? null : Math.round(value * 10) / 10)),
    [0.2, -0.1, null, 0.5],
  );
  assert.deepEqual(differences(series, null), { t: [], p: [[], []] });
});

test("a band runs along its upper end and back along its lower, run by run", () => {
  const low = [
    [0.6, 0.3, null, 0.8],
    [0, 0, null, 0],
  ];
  const high = [
    [0.8, 0.6, null, 1],
    [1, 1, null, 0.1],
  ];
  assert.deepEqual(bandOutline({ ...series, low, high }, 0, ms), {
    x: [1000, 2000, 2000, 1000, null, 5000, 5000],
    y: [0.8, 0.6, 0.3, 0.6, null, 1, 0.8],
  });
  assert.deepEqual(bandOutline(series, 0, ms), { x: [], y: [] });
});
