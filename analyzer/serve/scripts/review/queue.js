// Which candidates are shown: those that this examiner has not decided on, or all.

const mine = (item, by) => item.reviews.some((review) => review.by === by);

/** @returns {any[]} the items that fit ``filter`` for the examiner ``by`` */
export function choose(items, filter, by) {
  if (filter === "all") return items;
  if (filter === "second") return items.filter((item) => item.reviews.length && !mine(item, by));
  return items.filter((item) => (by ? !mine(item, by) : !item.reviews.length));
}
