import assert from "node:assert/strict";
import test from "node:test";
import { covers, placeLabels } from "#scripts/player/labels.js";

const ROOM = { width: 480, height: 270, high: 15 };
const widthOf = (text) => 8 + 6 * text.length;

/** People who stand shoulder to shoulder in rows. */
const crowd = (count) =>
  Array.from({ length: count }, (_, i) => ({
    name: `T${i}`,
    box: [(i % 12) * 22, Math.floor(i / 12) * 60 + 20, 24, 58],
    texts: [`T${i} · candidate Anna O'Brien · neutral 0.99 · walking`, `T${i}`],
  }));

test("no label covers another and none leaves the frame", () => {
  const placed = placeLabels(crowd(48), ROOM, widthOf);
  assert.ok(placed.length >= 12, `${placed.length} labels have room`);
  for (const [i, one] of placed.entries()) {
    assert.ok(one.x >= 0 && one.x + one.w <= ROOM.width, one.text);
    assert.ok(one.y >= 0 && one.y + one.h <= ROOM.height, one.text);
    for (const other of placed.slice(i + 1)) {
      assert.ok(!covers(one, other), `${one.text} covers ${other.text}`);
    }
  }
});

test("the first wish has its whole text, the others what has room", () => {
  const [first, second] = placeLabels(crowd(2), ROOM, widthOf);
  assert.match(first.text, /walking$/);
  assert.equal(second.name, "T1");
});

test("a person alone is labelled above the box", () => {
  const [label] = placeLabels(
    [{ name: "T1", box: [100, 100, 40, 90], texts: ["T1"] }],
    ROOM,
    widthOf,
  );
  assert.deepEqual([label.x, label.y], [100, 84]);
});
