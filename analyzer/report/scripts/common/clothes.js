// Words for clothes; report/formatting.py says the same.

/** @typedef {[upper: string | null, upperShare: number | null, lower: string | null,
 *   lowerShare: number | null, reason: string | null]} Clothes */

/**
 * Return clothes in plain words: "red upper, lower not told" or "clothes not told: night".
 * @param {Clothes} clothes
 */
export function clothesWords([upper, , lower, , reason]) {
  if (!upper && !lower) return `clothes not told${reason ? `: ${reason}` : ""}`;
  const part = (colour, name) => (colour ? `${colour} ${name}` : `${name} not told`);
  return `${part(upper, "upper")}, ${part(lower, "lower")}`;
}

/**
 * Return how probable the words are, and why something is not told.
 * @param {Clothes} clothes
 */
export function clothesSure([, upperShare, , lowerShare, reason]) {
  const part = (share, name) => (share === null ? "" : `${name} ${likely(share)}`);
  const told = [part(upperShare, "upper"), part(lowerShare, "lower")].filter(Boolean).join(", ");
  return [told && `probability: ${told}`, reason].filter(Boolean).join("; ");
}

// Never rounded to 0 or 1.
function likely(share) {
  if (share >= 0.995) return "> 0.99";
  return share < 0.005 ? "< 0.01" : share.toFixed(2);
}
