// Pictures of a person: the whole body, the face, or the words why there is neither.
import { element } from "./dom.js";
import { url } from "./parts.js";

/**
 * A picture of that size, or the words that none is kept.
 * @param {string | null} address
 * @param {[width: number, height: number]} size px
 * @param {string} words what it shows; "" where a text beside it says so
 * @param {string} [why] there is none
 */
export function picture(address, [width, height], words, why = "none is stored") {
  if (address) {
    return element("img", { src: url(address), width, height, alt: words, loading: "lazy" });
  }
  const none = element("span", { className: "nopicture", text: "none kept", title: why });
  none.style.width = `${width}px`;
  none.style.height = `${height}px`;
  if (words) {
    none.setAttribute("role", "img");
    none.setAttribute("aria-label", `${words}: no picture, ${why}`);
  }
  return none;
}

/**
 * The body, and the face beside it where there is one.
 * @param {{body: string | null, face: string | null}} pictures
 * @param {number} height px
 * @param {string} name of who is shown
 * @param {string} why there is no picture
 */
export function portrait({ body, face }, height, name, why) {
  const side = Math.round(height * 0.75);
  /** @type {[number, number]} */
  const tall = [Math.round(height * 0.55), height];
  const shown = element("span", { className: "portrait" });
  if (body) shown.append(picture(body, tall, `Best picture of ${name}`));
  if (face) shown.append(picture(face, [side, side], `Best face of ${name}`));
  if (!body && !face) shown.append(picture(null, tall, `Best picture of ${name}`, why));
  return shown;
}
