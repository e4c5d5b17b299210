// Report of one file: the page that the address names, shown with the pictures that came along.
import { carry } from "./common/parts.js";

/** Show the page that the address names; do nothing in a report of many files. */
export function unfold() {
  const block = document.getElementById("carried");
  if (!block) return;
  const files = JSON.parse(block.textContent);
  carry(files);
  const name = pageName() || "index";
  const page = template(name) || template("index");
  const copy = page.content.cloneNode(true);
  fillIn(copy, files);
  document.body.className = page.dataset.class;
  document.body.prepend(copy);
  document.title = document.querySelector("h1")?.textContent || "Report";
  // Another page means another start; a place on this one is the page's own matter.
  window.addEventListener("hashchange", () => {
    const next = pageName();
    if (next && next !== name) location.reload();
  });
  document.addEventListener("click", jump);
}

const pageName = () => new URLSearchParams(location.hash.slice(1)).get("page");

/** @returns {any} */
const template = (name) => document.getElementById(`page:${name}`);

// Pictures and tables are data addresses; the print version has no scripts and is not in this file.
function fillIn(copy, files) {
  for (const picture of copy.querySelectorAll("img[src]")) {
    picture.setAttribute("src", files[picture.getAttribute("src")] || "data:,");
  }
  for (const link of copy.querySelectorAll("a[href]")) {
    const address = link.getAttribute("href");
    if (files[address]) {
      link.setAttribute("href", files[address]);
      link.setAttribute("download", address.split("/").pop());
    } else if (address === "#page=print") {
      link.remove();
    }
  }
}

// Scroll to a place of this page; the address keeps naming the page.
function jump(event) {
  const link = event.target.closest('a[href^="#"]');
  if (!link || link.getAttribute("href").startsWith("#page=")) return;
  const place = document.getElementById(link.getAttribute("href").slice(1));
  if (!place) return;
  event.preventDefault();
  place.scrollIntoView();
}
