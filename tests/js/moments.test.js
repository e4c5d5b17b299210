// Ways to a moment: addresses, events, lanes, and blocks of actions.
import assert from "node:assert/strict";
import { test } from "node:test";
import { labelsOf, stripShare } from "#scripts/video/action_blocks.js";
import { addressOf, readAddress } from "#scripts/video/address.js";
import { nextEvent } from "#scripts/video/events.js";
import { fillLanes, LANE_PX, laneAt } from "#scripts/video/lanes.js";

test("an address leads back to the track and time it was written for", () => {
  const found = readAddress(addressOf("#page=video-1&", "T4", 101.2));
  assert.deepEqual(found, { track: "T4", t: 101.2, play: false });
  assert.deepEqual(readAddress("#t=3&play=1"), { track: null, t: 3, play: true });
  assert.ok(Number.isNaN(readAddress("#events").t));
  assert.ok(Number.isNaN(readAddress("#t=soon").t));
});

const events = [{ start: 1 }, { start: 4 }, { start: 4.005 }, { start: 8 }];

test("the next event is not the one that the cursor stands on", () => {
  assert.equal(nextEvent(events, 1, 1).start, 4);
  assert.equal(nextEvent(events, 4, 1).start, 8);
  assert.equal(nextEvent(events, 4, -1).start, 1);
  assert.equal(nextEvent(events, 9, -1).start, 8);
  assert.equal(nextEvent(events, 8, 1), undefined);
});

test("a click takes the lane under it", () => {
  assert.equal(laneAt(LANE_PX * 1.5, 3), 1);
  assert.equal(laneAt(-2, 3), 0);
  assert.equal(laneAt(LANE_PX * 9, 3), 2);
});

test("each track has its lane, with bars for the person and for the face", () => {
  const figure = { data: [{ marker: { size: 1 } }, {}], layout: { yaxis: {} } };
  const tracks = [
    {
      colour: "red",
      presence: [
        [0, 1],
        [2, 2.5],
      ],
      face: [],
    },
    { colour: "blue", presence: [[1, 3]], face: [[1, 2]] },
  ];
  fillLanes(figure, tracks, (t) => t * 1000);
  const [person, face] = figure.data;
  assert.deepEqual(
    [person.y, person.base, person.x],
    [
      [0, 0, 1],
      [0, 2000, 1000],
      [1000, 500, 2000],
    ],
  );
  assert.deepEqual(person.marker, { size: 1, color: ["red", "red", "blue"] });
  assert.deepEqual([face.y, face.base, face.x], [[1], [1000], [1000]]);
  assert.deepEqual(figure.layout.yaxis.range, [1.5, -0.5], "the first track is on top");
});

test("a block has its name where that fits, else its letter, else nothing", () => {
  const looks = [{ name: "walking", letter: "W" }];
  const actions = [
    [0, 6, 0],
    [6, 7.2, 0],
    [7.2, 7.5, 0],
  ];
  assert.deepEqual(labelsOf(actions, looks, 100), ["walking", "W", ""]);
});

test("actions leave room for expressions", () => {
  assert.equal(stripShare(2, 340, false), 0.1);
  assert.equal(stripShare(20, 340, false), 0.45);
});
