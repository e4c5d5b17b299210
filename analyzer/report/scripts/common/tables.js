// Long tables, shown a page of rows at a time. Without scripts they are simply long.
import { element } from "./dom.js";
import { pageOf } from "./pages.js";

const PAGE = 50;

export function pageTables() {
  for (const table of document.querySelectorAll("table[data-paged]")) pageTable(table);
}

function pageTable(table) {
  const rows = [...table.tBodies[0].rows];
  if (rows.length <= PAGE) return;
  let page = 0;
  const told = element("span", { className: "num dim" });
  const turn = (by) => {
    const found = pageOf(rows, page + by, PAGE);
    page = found.page;
    const on = new Set(found.shown);
    for (const row of rows) row.hidden = !on.has(row);
    told.textContent = found.told;
  };
  const button = (text, by) => {
    const made = element("button", { type: "button", text });
    made.addEventListener("click", () => turn(by));
    return made;
  };
  const pager = element("p", { className: "pager" });
  pager.append(button("Previous", -1), " ", told, " ", button("Next", 1));
  table.after(pager);
  turn(0);
}
