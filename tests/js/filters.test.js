// Filters of tracks and of events.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EVERY_EVENT, readWall, wallPart, writeWall } from "#scripts/events/address.js";
import { fitting } from "#scripts/events/wall_filter.js";
import { fittingTracks } from "#scripts/video/track_filter.js";

const tracks = [
  {
    name: "T1",
    person: "Anna O'Brien",
    status: "candidate",
    events: 0,
    clothes: ["red", 0.9, "blue", 0.8, null],
  },
  {
    name: "T11",
    person: null,
    status: "not assessed",
    events: 2,
    clothes: [null, null, null, null, "infra-red picture"],
  },
  {
    name: "T2",
    person: "unknown-1",
    status: "unknown",
    events: 0,
    clothes: ["white", 0.9, null, null, "lower half not seen"],
  },
];
const named = (kind, words) => fittingTracks(tracks, kind, words).map(({ name }) => name);

test("a track is found by its whole name, a person by a part", () => {
  assert.deepEqual(named("all", "t1"), ["T1"]);
  assert.deepEqual(named("all", "o'b"), ["T1"]);
  assert.deepEqual(named("all", "nn"), ["T1"]);
  assert.deepEqual(named("all", ""), ["T1", "T11", "T2"]);
});

test("a track is found by the clothes in plain words", () => {
  assert.deepEqual(named("all", "Red upper"), ["T1"]);
  assert.deepEqual(named("all", "lower not told"), ["T2"]);
  assert.deepEqual(named("all", "infra-red"), ["T11"]);
});

test("kind and words both hold", () => {
  assert.deepEqual(named("events", ""), ["T11"]);
  assert.deepEqual(named("unknown", ""), ["T2"]);
  assert.deepEqual(named("unknown", "anna"), []);
});

const events = [
  {
    words: "fighting",
    kind: "fighting",
    level: "alarm",
    place: "Yard",
    person: null,
    tracks: [],
    order: 2,
  },
  {
    words: "Candidate Anna in view",
    kind: "person",
    level: "to check",
    place: "Hall",
    person: "Anna",
    tracks: ["T1"],
    order: 3,
  },
  {
    words: "falling",
    kind: "falling",
    level: "to check",
    place: "Yard",
    person: "Anna",
    tracks: ["T1"],
    order: 1,
  },
];
const every = { kind: "all", place: "", words: "", order: "level" };
const orders = (wish) => fitting(events, { ...every, ...wish }).map(({ order }) => order);

test("events stand by level or by time, and the list itself stays as it is", () => {
  assert.deepEqual(orders({ order: "time" }), [1, 2, 3]);
  assert.deepEqual(orders({}), [2, 3, 1]);
});

test("events are found by kind, place, and words of event, person or track in any case", () => {
  assert.deepEqual(orders({ place: "Yard" }), [2, 1]);
  assert.deepEqual(orders({ place: "Yard", words: "ANNA" }), [1]);
  assert.deepEqual(orders({ kind: "person" }), [3]);
  assert.deepEqual(orders({ words: "t1", order: "time" }), [1, 3]);
  assert.deepEqual(orders({ words: "null" }), [], "what is missing is no word");
});

test("an address of events keeps what is wished for, beside the track and the page", () => {
  const wish = { kind: "falling", place: "Hall & yard", words: "", order: "time" };
  const hash = writeWall("#track=T1&t=3.000", wish);
  assert.equal(hash, "#track=T1&t=3.000&events&kind=falling&place=Hall%20%26%20yard&order=time");
  assert.deepEqual(readWall(hash), wish);
  assert.equal(`#track=T2&t=1.000${wallPart(hash)}`, hash.replace("T1&t=3.000", "T2&t=1.000"));
  assert.equal(readWall("#track=T1&t=3.000"), null);
  assert.equal(writeWall("#people&upper=red", EVERY_EVENT), "#events");
});
