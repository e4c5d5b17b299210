// Elements of the server's pages: found and made.

/** @returns {any} */
export const byId = (id) => document.getElementById(id);

/**
 * Make an element; children that are null are left out.
 * @param {string} tag
 * @param {Record<string, any>} properties
 * @param {...any} children
 * @returns {any}
 */
export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  for (const child of children) if (child) made.append(child);
  return made;
}

/** A picture, or in words that none is kept. */
export function picture(address, alt, width, height) {
  if (!address) return element("span", { className: "nopicture", textContent: "none kept" });
  return element("img", { src: address, alt, width, height, loading: "lazy" });
}

/** Show text in an element that is hidden while there is nothing to say. */
export function say(holder, text) {
  holder.textContent = text;
  holder.hidden = !text;
}

/** Whether a key belongs to what is being typed or to the browser. */
export function isTyping(event) {
  const field = event.target instanceof Element && event.target.closest("input, textarea, select");
  return Boolean(field) || event.ctrlKey || event.metaKey || event.altKey;
}
