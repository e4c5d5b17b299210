// One candidate: the picture of the gallery beside those of the track, and what was said of it.
import { byId, element, picture } from "../common/dom.js";

const two = (number) => (number === null ? "–" : number.toFixed(3));

function face(address, index, item) {
  const shot = picture(address, `Face ${index + 1} of ${item.name}`, 240, 240);
  const image = element("button", { type: "button", className: "picture" }, shot);
  image.title = "where else is this face";
  return element(
    "figure",
    {},
    image,
    element("figcaption", { textContent: `${item.name} · ${index + 1}` }),
  );
}

function setPicture(image, address, alt) {
  image.hidden = !address;
  image.alt = alt;
  if (address) image.src = address;
  else image.removeAttribute("src");
}

function said(item, by) {
  if (!item.reviews.length) return "nobody has decided yet";
  const words = item.reviews.map((review) => {
    const note = review.note ? ` (${review.note})` : "";
    return `${review.by === by ? "you" : review.by}: ${review.decision}${note}`;
  });
  return `decided: ${words.join("; ")}${item.agreed ? "" : " · reviewers contradict each other"}`;
}

/** Show ``item`` to the examiner ``by``. */
export function showCard(item, by) {
  byId("question").textContent = `Is ${item.name} in ${item.place} ${item.person}?`;
  setPicture(byId("gallery"), item.gallery, `Gallery picture of ${item.person}`);
  byId("gallery-none").hidden = Boolean(item.gallery);
  byId("gallery-told").textContent = `gallery · ${item.person}`;
  byId("faces").replaceChildren(...item.faces.map((address, index) => face(address, index, item)));
  byId("body-shot").hidden = !item.body;
  setPicture(byId("body"), item.body, `Best whole picture of ${item.name}`);
  const chance = item.probability === null ? "" : ` · probability ${item.probability}`;
  byId("figures").textContent =
    `${item.time} (${item.clock}) · ${item.video} · distance ${two(item.distance)}, threshold ` +
    `${two(item.threshold)}, margin ${two(item.margin)}${chance}`;
  byId("said").textContent = said(item, by);
  byId("page").href = item.page;
}
