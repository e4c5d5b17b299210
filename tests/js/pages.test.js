// Pages of long lists.
import assert from "node:assert/strict";
import { test } from "node:test";
import { pageOf } from "#scripts/common/pages.js";

const items = Array.from({ length: 41 }, (_, i) => i);

test("every item stands on exactly one page", () => {
  const pages = [0, 1, 2].map((page) => pageOf(items, page, 20));
  assert.deepEqual(
    pages.flatMap(({ shown }) => shown),
    items,
  );
  assert.equal(pages[2].told, "41–41 of 41");
});

test("a page that does not exist is the nearest that does", () => {
  assert.equal(pageOf(items, 99, 20).page, 2);
  assert.equal(pageOf(items, -1, 20).page, 0);
  assert.equal(pageOf(items.slice(0, 20), 1, 20).page, 0);
});

test("an empty list has one empty page", () => {
  assert.deepEqual(pageOf([], 3, 20), { page: 0, pages: 1, shown: [], told: "1–0 of 0" });
});
