// Tool of a video page that draws regions over the picture and gives the text for the camera file.
//
// It changes nothing itself: the camera file is the one place where regions stand.
import { byId, element } from "../common/dom.js";
import { clamp } from "../common/spans.js";
import { freeName, regionText, whyOpen } from "./region_text.js";

/** @import { Region } from "../player/regions.js" */

const STEP = 0.005; // of the picture, for one arrow key; ten times as far with Shift
const SVG = "http://www.w3.org/2000/svg";
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class RegionTool {
  /**
   * @param {import("./data.js").VideoData} data
   * @param {import("../player/screen.js").Screen} screen
   */
  constructor({ regions, camera, file, size }, screen) {
    this.regions = regions.map((region) => ({ ...region }));
    this.camera = camera;
    this.file = file;
    this.size = size;
    this.screen = screen;
    this.corners = /** @type {[number, number][]} */ ([]);
    this.mark = /** @type {[number, number]} */ ([0.5, 0.5]);
    this.picture = null; // address of a picture of the user's own
    this.board = byId("region-board");
    this.listen();
  }

  listen() {
    const onClick = (id, act) => byId(id).addEventListener("click", act);
    onClick("regions", () => this.toggle());
    onClick("region-close", () => this.close());
    onClick("region-undo", () => this.undo());
    onClick("region-copy", () => this.copy());
    byId("region-picture").addEventListener("change", ({ target }) => this.show(target.files[0]));
    this.board.addEventListener("click", (event) => this.setAt(event));
    this.board.addEventListener("keydown", (event) => this.onKey(event));
  }

  get isOpen() {
    return !byId("region-tool").hidden;
  }

  toggle() {
    const opens = !this.isOpen;
    byId("region-tool").hidden = !opens;
    this.board.toggleAttribute("hidden", !opens);
    byId("regions").setAttribute("aria-expanded", String(opens));
    this.screen.withRegions = !opens;
    this.screen.pause();
    this.screen.draw();
    if (!opens) return;
    this.draw("");
    this.board.focus();
  }

  onKey(event) {
    const way = KEYS[event.key];
    if (way) {
      const far = event.shiftKey ? 10 * STEP : STEP;
      this.mark = /** @type {[number, number]} */ (
        this.mark.map((value, i) => clamp(value + way[i] * far, 0, 1))
      );
      this.draw(`mark at ${this.place(this.mark)}`);
    } else if (event.key === "Enter" || event.key === " ") this.set(this.mark);
    else if (event.key === "Backspace") this.undo();
    else if (event.key === "Escape") this.toggle();
    else return; // Tab leaves the picture
    event.preventDefault();
    event.stopPropagation();
    if (!this.isOpen) byId("regions").focus();
  }

  setAt({ clientX, clientY }) {
    const matrix = this.board.getScreenCTM().inverse();
    const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(matrix);
    const [width, height] = this.size;
    this.set([clamp(x / width, 0, 1), clamp(y / height, 0, 1)]);
  }

  /** @param {[number, number]} corner */
  set(corner) {
    this.mark = corner;
    this.corners.push(corner);
    this.draw(`corner ${this.corners.length} at ${this.place(corner)}`);
  }

  undo() {
    this.corners.pop();
    this.draw(`${this.corners.length} corners`);
  }

  close() {
    const kind = document.querySelector("input[name=region-kind]:checked");
    const name = freeName(this.regions, byId("region-name").value.trim());
    const region = /** @type {Region} */ ({
      kind: /** @type {HTMLInputElement} */ (kind).value,
      name,
      corners: this.corners,
    });
    this.regions.push(region);
    this.corners = [];
    byId("region-name").value = "";
    this.draw(`“${name}” is in the text`);
    this.board.focus();
  }

  remove(region) {
    this.regions = this.regions.filter((each) => each !== region);
    this.draw(`“${region.name}” is out of the text`);
  }

  /** Show a picture of the user's own; it stays on this machine. */
  show(file) {
    if (this.picture) URL.revokeObjectURL(this.picture);
    this.picture = file ? URL.createObjectURL(file) : null;
    this.draw("");
  }

  copy() {
    const text = byId("region-text");
    text.select();
    // Pages opened from disk may not be allowed the clipboard; a selection is always copied.
    const copied = document.execCommand("copy");
    byId("region-told").textContent = copied ? "copied" : "selected: copy it with Ctrl+C";
  }

  place([x, y]) {
    return `${(x * 100).toFixed(1)} % from the left, ${(y * 100).toFixed(1)} % from the top`;
  }

  draw(told) {
    const why = whyOpen(this.corners);
    byId("region-close").disabled = why !== "";
    byId("region-undo").disabled = !this.corners.length;
    const more = this.corners.length > 2 && why ? `: ${why}` : "";
    byId("region-told").textContent = told + more;
    byId("region-text").value = regionText(this.regions, this.camera, this.file);
    byId("region-list").replaceChildren(...this.regions.map((region) => this.entry(region)));
    this.board.replaceChildren(...this.shapes());
  }

  entry(region) {
    const words = region.kind === "look" ? "look" : "leave out";
    const button = element("button", { type: "button", text: "remove" });
    button.setAttribute("aria-label", `Remove ${region.name}`);
    button.addEventListener("click", () => this.remove(region));
    return element("li", {}, `${words}: ${region.name}, ${region.corners.length} corners `, button);
  }

  shapes() {
    const [width, height] = this.size;
    const points = (corners) => corners.map(([x, y]) => `${x * width},${y * height}`).join(" ");
    const radius = Math.max(width, height) / 160;
    const shapes = this.regions.map(({ kind, corners }) =>
      shape("polygon", { points: points(corners), class: kind }),
    );
    if (this.picture) {
      shapes.unshift(shape("image", { href: this.picture, width, height }));
    }
    shapes.push(shape("polyline", { points: points(this.corners), class: "open" }));
    for (const [x, y] of this.corners) {
      shapes.push(shape("circle", { cx: x * width, cy: y * height, r: radius, class: "corner" }));
    }
    const [x, y] = [this.mark[0] * width, this.mark[1] * height];
    const arm = radius * 2.5;
    const d = `M${x - arm} ${y}H${x + arm}M${x} ${y - arm}V${y + arm}`;
    shapes.push(shape("path", { d, class: "mark" }));
    return shapes;
  }
}

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
