// Times as they are written on every page: they must agree with the tables beside them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Clock, videoTime } from "#scripts/common/clock.js";

const ORIGIN = Date.UTC(2026, 1, 27, 23, 59, 58, 500);
const clock = (facts) =>
  new Clock({ origin: ORIGIN, clock: true, corrected: false, shift: null, ...facts });

test("a time is rounded to whole milliseconds before it is split", () => {
  assert.equal(videoTime(59.9996), "00:01:00.000");
  assert.equal(videoTime(3599.9994), "00:59:59.999");
  assert.equal(videoTime(90061.001), "25:01:01.001");
});

test("before the first frame is the first frame", () => {
  assert.equal(videoTime(-0.2), "00:00:00.000");
});

test("the wall clock goes over midnight", () => {
  assert.equal(clock().wall(2.25), "2026-02-28 00:00:00.750");
  assert.equal(clock().stretch(0, 3), "2026-02-27 23:59:58–00:00:01");
  assert.equal(clock().short(2.25), "00:00:00.750");
});

test("without a clock there are only times of the video", () => {
  const unknown = clock({ clock: false, origin: 0 });
  assert.equal(unknown.wall(5), "");
  assert.equal(unknown.short(5), "00:00:05.000");
  assert.equal(unknown.stretch(5, 6), "00:00:05.000–00:00:06.000");
  assert.equal(unknown.source(5), "clock unknown: from the first frame");
});

test("a corrected clock never stands without where it comes from", () => {
  assert.equal(clock().source(1), "as stored · video 00:00:01.000");
  const shifted = clock({ corrected: true, shift: 90000 });
  assert.equal(shifted.source(1), "corrected · stored 23:58:29.500 · video 00:00:01.000");
  const alone = clock({ corrected: true });
  assert.equal(alone.source(1), "corrected, nothing stored · video 00:00:01.000");
});

test("places on the axis are whole milliseconds, and breaks stay breaks", () => {
  assert.deepEqual(
    [0.0004, null, 1.2345].map((t) => clock().ms(t) ?? null),
    [ORIGIN, null, ORIGIN + 1235],
  );
});

test("a clock that jumps shows what the picture shows", () => {
  const back = clock({
    steps: [
      [0, ORIGIN, 1],
      [10, ORIGIN + 10000 - 3600000, 1],
    ],
    told: "file name",
  });
  assert.equal(back.wall(2), "2026-02-28 00:00:00.500");
  assert.equal(back.wall(12), "2026-02-27 23:00:10.500");
  assert.equal(back.source(1), "file name · video 00:00:01.000");
});
