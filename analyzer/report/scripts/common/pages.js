// Pages of a long list: which items stand on a page and what is told of it.

/**
 * Return one page of items; a page past the last is the last.
 * @template T
 * @param {T[]} items
 * @param {number} wanted from 0
 * @param {number} size items on a page
 */
export function pageOf(items, wanted, size) {
  const pages = Math.max(1, Math.ceil(items.length / size));
  const page = Math.min(Math.max(0, wanted), pages - 1);
  const from = page * size;
  const shown = items.slice(from, from + size);
  return { page, pages, shown, told: `${from + 1}–${from + shown.length} of ${items.length}` };
}
