// Regions as text for the camera file: what is no polygon must not get there.
import assert from "node:assert/strict";
import { test } from "node:test";
import { freeName, regionText, whyOpen } from "#scripts/video/region_text.js";

const SQUARE = [
  [0, 0],
  [0.5, 0],
  [0.5, 0.33333],
  [0, 0.3333],
];

test("corners make a polygon when no edges cross", () => {
  assert.match(whyOpen(SQUARE.slice(0, 2)), /three corners/);
  assert.equal(whyOpen(SQUARE), "");
  assert.match(whyOpen([SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]]), /cross/);
  assert.match(
    whyOpen([
      [0, 0],
      [0.5, 0.5],
      [1, 1],
    ]),
    /on a line/,
  );
});

test("the text names the camera, or makes one for the file", () => {
  const regions = [{ kind: "leave_out", name: 'the "street"', corners: SQUARE }];
  const section =
    '[[camera.leave_out]]\nname = "the \\"street\\""\ncorners = [[0, 0], [0.5, 0], [0.5, 0.3333], [0, 0.3333]]\n';
  assert.ok(regionText(regions, "Yard", "a.mp4").startsWith("# below the [[camera]] section"));
  assert.ok(regionText(regions, "Yard", "a.mp4").endsWith(section));
  const own = regionText(regions, "", "cam [1].mp4");
  assert.ok(own.startsWith('[[camera]]\nname = "cam [1].mp4"\npattern = "cam ?1?.mp4"\n'));
});

test("two regions never have one name", () => {
  const taken = [{ name: "region 1" }, { name: "street" }];
  assert.equal(freeName(taken, ""), "region 2");
  assert.equal(freeName(taken, "street"), "street 2");
  assert.equal(freeName(taken, "gate"), "gate");
});
