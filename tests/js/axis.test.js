// Window of the time axis: zooming and following a moment.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  LEFT,
  movedTo,
  RIGHT,
  SHORTEST_S,
  scaled,
  ticksOn,
  timeAt,
  windowOf,
  xOf,
} from "#scripts/timeline/axis.js";

const WIDTH = 1200;

test("a place on the chart and its time are each other's inverse", () => {
  const range = [30, 90];
  for (const t of [30, 41.5, 90]) {
    const share = (xOf(t, range, WIDTH) - LEFT) / (WIDTH - LEFT - RIGHT);
    assert.ok(Math.abs(timeAt(share, range) - t) < 1e-9);
  }
});

test("beside the chart is its end", () => {
  assert.equal(timeAt(-0.3, [30, 90]), 30);
  assert.equal(timeAt(1.3, [30, 90]), 90);
});

test("a window is inside the video and holds two samples", () => {
  assert.deepEqual(windowOf(-5, 20, 60), [0, 20]);
  assert.deepEqual(windowOf(50, 80, 60), [50, 60]);
  const [a, b] = windowOf(10, 10, 60);
  assert.ok(Math.abs(b - a - SHORTEST_S) < 1e-9);
  assert.ok(Math.abs((a + b) / 2 - 10) < 1e-9);
});

test("zooming keeps the time under the pointer in its place", () => {
  const range = [20, 60];
  const closer = scaled(range, 0.5, 30);
  assert.equal(closer[1] - closer[0], 20);
  assert.equal(xOf(30, closer, WIDTH), xOf(30, range, WIDTH));
});

test("the window follows a moment without changing its length", () => {
  assert.deepEqual(movedTo(25, [20, 40]), [20, 40]);
  for (const t of [3, 19, 41, 300]) {
    const [a, b] = movedTo(t, [20, 40]);
    assert.ok(Math.abs(b - a - 20) < 1e-9, `at ${t}`);
    assert.ok(a <= t && t <= b, `at ${t}`);
  }
  assert.deepEqual(movedTo(0.5, [20, 40]), [0, 20]);
});

test("ticks fit side by side", () => {
  assert.equal(ticksOn(200), 2);
  assert.equal(ticksOn(1160), 10);
  assert.equal(ticksOn(9000), 12);
});
