// Parts loaded on demand, with a page that only notes which scripts were asked for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { carry, load, put, url } from "#scripts/common/parts.js";

const asked = [];
globalThis.document = {
  getElementById: (id) => (id === "part:inside" ? { textContent: '{"a":1}' } : null),
  createElement: () => ({
    addEventListener(_, onError) {
      this.onError = onError;
    },
  }),
  head: { append: (script) => asked.push(script) },
};

test("a part is asked for once, however many wait for it", async () => {
  const waiting = [load("tracks/T1"), load("tracks/T1")];
  assert.deepEqual(
    asked.map(({ src }) => src),
    ["tracks/T1.js"],
  );
  put("tracks/T1", [1]);
  assert.deepEqual(await Promise.all([...waiting, load("tracks/T1")]), [[1], [1], [1]]);
  assert.equal(asked.length, 1);
});

test("a missing part is null, not a wait without end", async () => {
  const waiting = load("tracks/gone");
  asked.at(-1).onError();
  assert.equal(await waiting, null);
});

test("a report of one file holds its parts itself", async () => {
  const before = asked.length;
  assert.deepEqual(await load("inside"), { a: 1 });
  assert.equal(asked.length, before);
});

test("a film of one file becomes a blob once, a picture stays a data address", () => {
  carry({
    "media/a.mp4": "data:video/mp4;base64,AAEC",
    "media/b.jpg": "data:image/jpeg;base64,AA",
  });
  assert.equal(url("media/b.jpg"), "data:image/jpeg;base64,AA");
  assert.match(url("media/a.mp4"), /^blob:/);
  assert.equal(url("media/a.mp4"), url("media/a.mp4"));
  assert.equal(url("media/elsewhere.jpg"), "media/elsewhere.jpg");
});
