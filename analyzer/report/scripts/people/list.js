// List of people with its facets: a page at a time, the choice kept in the address.
import { byId, element, press } from "../common/dom.js";
import { pageOf } from "../common/pages.js";
import { load } from "../common/parts.js";
import { readWish, writeWish } from "./address.js";
import { EVERYBODY, fittingPeople, occurring } from "./filter.js";
import { personRow } from "./row.js";

/** @import { PeopleList, Wish } from "./data.js" */

const PAGE = 25;
const MOST_PRINTED = 200;

/** The controls by what they are a wish for. @type {Record<string, keyof Wish>} */
const CONTROLS = {
  "people-upper": "upper",
  "people-lower": "lower",
  "people-place": "place",
  "people-action": "action",
  "people-from": "from",
  "people-to": "to",
  "people-find": "words",
};

export async function startPeople() {
  const list = await load("people/list");
  if (!list) return;
  const people = new People(list);
  people.offer();
  people.listen();
  people.followAddress();
  document.body.dataset.people = "true";
}

class People {
  /** @param {PeopleList} list */
  constructor(list) {
    this.list = list;
    this.wish = { ...EVERYBODY };
    this.page = 0;
  }

  /** Fill the choices with what occurs in the case. */
  offer() {
    const { places, colours, actions, rows, clock, left } = this.list;
    const bits = (column) =>
      rows.flatMap(({ tracks }) => tracks.map((track) => /** @type {number} */ (track[column])));
    fill("people-upper", occurring(colours, bits(5)), (colour) => `upper ${colour}`);
    fill("people-lower", occurring(colours, bits(6)), (colour) => `lower ${colour}`);
    fill("people-place", places, (place) => place);
    fill(
      "people-action",
      occurring(actions, bits(7)).filter((action) => action !== "unknown"),
      (action) => `action ${action}`,
    );
    for (const id of ["people-from", "people-to"]) {
      byId(id).type = clock ? "datetime-local" : "time";
      byId(id).step = "1";
    }
    byId("people-left").hidden = left === 0;
    byId("people-left").firstElementChild.textContent = String(left);
    for (const button of byId("people-kinds").querySelectorAll("button")) {
      const { kind } = button.dataset;
      const count = kind ? rows.filter((row) => row.kind === kind).length : rows.length;
      button.hidden = count === 0;
      button.append(" ", element("span", { className: "num dim", text: String(count) }));
    }
  }

  listen() {
    for (const [id, key] of Object.entries(CONTROLS)) {
      byId(id).addEventListener("input", () => this.want({ [key]: byId(id).value.trim() }));
    }
    byId("people-kinds").addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) this.want({ kind: button.dataset.kind });
    });
    byId("people-clear").addEventListener("click", () => this.want(EVERYBODY));
    byId("people-before").addEventListener("click", () => this.show(this.page - 1));
    byId("people-after").addEventListener("click", () => this.show(this.page + 1));
    window.addEventListener("hashchange", () => this.followAddress());
    window.addEventListener("beforeprint", () => this.show(0, MOST_PRINTED));
    window.addEventListener("afterprint", () => this.show(0));
  }

  /** Show what the address wishes for, and go there. */
  followAddress() {
    const wish = readWish(location.hash);
    this.wish = wish ?? this.wish;
    this.show(0);
    if (wish) byId("people").scrollIntoView();
  }

  /** Wish for something else, and keep it in the address. */
  want(change) {
    this.wish = { ...this.wish, ...change };
    this.show(0);
    try {
      history.replaceState(null, "", writeWish(location.hash, this.wish));
    } catch {
      // some browsers forbid it for pages opened from disk
    }
  }

  /** Show a page of those who fit; on paper all of them, up to a limit that is told. */
  show(wanted, size = PAGE) {
    const { list, wish } = this;
    const fitting = fittingPeople(list, wish);
    const found = pageOf(fitting, wanted, size);
    this.page = found.page;
    const rows = found.shown.map(({ person, tracks }) => personRow(list, person, tracks));
    byId("people-list").replaceChildren(...rows);
    byId("people-none").hidden = fitting.length > 0;
    byId("people-told").textContent = fitting.length ? found.told : "";
    byId("people-wish").textContent = wishWords(wish);
    byId("people-pages").hidden = found.pages < 2;
    const isAll = Object.values(wish).every((value) => !value);
    byId("people-clear").hidden = isAll;
    for (const [id, key] of Object.entries(CONTROLS)) byId(id).value = wish[key];
    for (const button of byId("people-kinds").querySelectorAll("button")) {
      press(button, button.dataset.kind === wish.kind);
    }
  }
}

/** @param {Wish} wish */
function wishWords(wish) {
  const told = Object.entries(wish).filter(([, value]) => value);
  return told.map(([key, value]) => `${key === "words" ? "find" : key} ${value}`).join(", ");
}

/** Offer values in a choice, which is hidden where there is nothing to choose. */
function fill(id, values, wordsOf) {
  const control = byId(id);
  control.append(...values.map((value) => element("option", { value, text: wordsOf(value) })));
  control.hidden = values.length < 2;
}
