// What an answer rests on: one colour for, one against, strongest where it matters most.
import assert from "node:assert/strict";
import { test } from "node:test";
import { coloursOf } from "#scripts/video/saliency.js";

test("the strongest patch has the strongest colour, and the sign tells which", () => {
  assert.deepEqual(coloursOf([[2, -1]]), [213, 94, 0, 179, 0, 114, 178, 126]);
});

test("what hardly matters anywhere stays fainter", () => {
  const [, , , alpha] = coloursOf([[0.02, 0]]);
  assert.equal(alpha, 56);
});
