// Buttons of a video page, and clicks on its player.
import { byId, press } from "../common/dom.js";

/** @param {import("./page.js").VideoPage} page */
export function listenToControls(page) {
  const { screen } = page;
  const onClick = (id, act) => byId(id).addEventListener("click", act);
  onClick("as-area", () => showAs(page, "area"));
  onClick("as-line", () => showAs(page, "line"));
  onClick("as-change", () => showAs(page, "change"));
  byId("bands")?.addEventListener("click", () => {
    page.chart.bands = !page.chart.bands;
    press(byId("bands"), page.chart.bands);
    if (page.chart.bands && page.chart.mode === "area") showAs(page, "line");
    else page.drawTrack();
  });
  onClick("raw", () => {
    page.chart.raw = !page.chart.raw;
    press(byId("raw"), page.chart.raw);
    page.drawTrack();
  });
  onClick("why", () => {
    page.isExplained = !page.isExplained;
    press(byId("why"), page.isExplained);
    page.moveTo((page.isExplained && page.chart.series?.why?.t) || page.group.cursor);
  });
  onClick("zoom-all", () => page.zoomOut());
  onClick("zoom-track", () => page.zoomToTrack());
  onClick("show-keys", () => byId("keys").showModal());
  onClick("show-figures", () => {
    byId("figures").hidden = !byId("figures").hidden;
    byId("show-figures").setAttribute("aria-expanded", String(!byId("figures").hidden));
  });
  onClick("play", () => screen.toggle());
  onClick("boxes", () => {
    screen.drawBoxes = !screen.drawBoxes;
    press(byId("boxes"), screen.drawBoxes);
    screen.draw();
  });
  onClick("before-event", () => page.goToEvent(-1));
  onClick("after-event", () => page.goToEvent(1));
  onClick("overlay", ({ clientX, clientY }) => {
    const name = screen.hit(clientX, clientY);
    if (name) page.select(name, { t: screen.t });
    else screen.toggle();
  });
}

function showAs(page, mode) {
  page.chart.mode = mode;
  for (const each of ["area", "line", "change"]) press(byId(`as-${each}`), each === mode);
  page.drawTrack();
  page.tell(page.group.cursor);
}
