// Elements of a page: found, made, and grouped so that one button of a group is pressed.

/** @returns {any} the element of a template that this script belongs to */
export const byId = (id) => document.getElementById(id);

/**
 * Make an element; children that are null or empty are left out.
 * @param {string} tag
 * @param {Record<string, any>} properties className, text and properties of the element
 * @param {...(Node | string | null | undefined)} children
 * @returns {any}
 */
export function element(tag, { className = "", text = null, ...rest } = {}, ...children) {
  const made = Object.assign(document.createElement(tag), rest);
  if (className) made.className = className;
  if (text !== null) made.textContent = text;
  for (const child of children) if (child) made.append(child);
  return made;
}

export const tag = (text) => element("span", { className: "tag", text });

/** The sample of a colour that stands before its name. */
export function swatch(colour) {
  const made = element("span", { className: "swatch" });
  made.style.background = colour;
  return made;
}

/** Press one button of a group at a time; onPress gets it. */
export function choice(group, onPress) {
  group.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    for (const other of group.querySelectorAll("button")) press(other, other === button);
    onPress(button);
  });
}

export const press = (button, on) => button.setAttribute("aria-pressed", String(on));

/** Scroll inside a list only; the page itself stays where the reader put it. */
export function scrollWithin(holder, item) {
  const outer = holder.getBoundingClientRect();
  const inner = item.getBoundingClientRect();
  if (inner.top < outer.top) holder.scrollTop -= outer.top - inner.top;
  else if (inner.bottom > outer.bottom) holder.scrollTop += inner.bottom - outer.bottom;
}
