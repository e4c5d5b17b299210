// A report of one file: shows the page that the address names, with the pictures that came along.
"use strict";

(() => {
  const files = JSON.parse(document.getElementById("files").textContent);
  window.ReportFiles = files;
  const wish = new URLSearchParams(location.hash.slice(1));
  const name = wish.get("page") || "index";
  const page = document.getElementById(`page:${name}`) || document.getElementById("page:index");
  const copy = page.content.cloneNode(true);
  for (const picture of copy.querySelectorAll("img[src]")) {
    picture.setAttribute("src", files[picture.getAttribute("src")] || "data:,");
  }
  for (const link of copy.querySelectorAll("a[href]")) {
    const address = link.getAttribute("href");
    if (files[address]) {
      link.setAttribute("href", files[address]);
      link.setAttribute("download", address.split("/").pop());
    } else if (address === "#page=print") {
      link.remove(); // the print version is a page without scripts and stays out of this file
    }
  }
  document.body.className = page.dataset.class;
  document.body.prepend(copy);
  document.title = (document.querySelector("h1") || {}).textContent || "Report";
  // Another page means another start; a place on this one is the page's own matter.
  window.addEventListener("hashchange", () => {
    const next = new URLSearchParams(location.hash.slice(1)).get("page");
    if (next && next !== name) location.reload();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (!link || link.getAttribute("href").startsWith("#page=")) return;
    const place = document.getElementById(link.getAttribute("href").slice(1));
    if (!place) return;
    event.preventDefault(); // the address keeps naming the page
    place.scrollIntoView();
  });
})();
