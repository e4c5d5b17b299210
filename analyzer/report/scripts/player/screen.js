// Player: cut pieces of the recording behind one time line, with boxes drawn over the picture.
//
// Knows times, pieces and boxes; what is selected and what a click means is the page's.
import { load, url } from "../common/parts.js";
import { hit, placeIn, seenAt } from "./boxes.js";
import { cleared, drawBoxes, drawLabels } from "./overlay.js";
import { drawRegions } from "./regions.js";

const FASTEST = 8;
const BACK_S = 0.2;
const SLACK_S = 0.05; // pieces are cut at whole pictures

/** Return the place of the piece that shows t, -1 where none does. */
export function pieceAt(pieces, t) {
  return pieces.findIndex(({ start, end }) => t >= start - SLACK_S && t <= end + SLACK_S);
}

export class Screen {
  /**
   * @param {object} options
   * @param {HTMLVideoElement} options.video
   * @param {HTMLCanvasElement} options.canvas
   * @param {{start: number, end: number, src: string, boxes: string}[]} options.pieces
   * @param {number} options.width px of the recording
   * @param {number} options.height px of the recording
   * @param {import("./regions.js").Region[]} options.regions
   * @param {(t: number) => void} options.onTime
   * @param {(playing: boolean) => void} options.onState
   * @param {(name: string, said: any, on: boolean) => string[]} options.labelsOf from
   *   the longest to the shortest
   * @param {(name: string, said: any) => string} options.colourOf
   */
  constructor({ video, canvas, pieces, width, height, regions, onTime, onState, ...words }) {
    this.video = video;
    this.canvas = canvas;
    this.frame = /** @type {HTMLElement} */ (canvas.parentElement);
    this.pieces = pieces;
    this.width = width;
    this.height = height;
    this.onTime = onTime;
    this.onState = onState;
    this.labelsOf = words.labelsOf;
    this.colourOf = words.colourOf;
    this.regions = regions;
    this.withRegions = true;
    this.piece = -1;
    this.boxes = null;
    this.selected = null;
    this.drawBoxes = true;
    this.wanted = null; // seconds into the piece to go to once it is loaded
    this.again = false; // play once it is loaded
    this.rate = 1;
    this.back = 0; // the timer that steps backwards
    this.t = 0;
    this.listen();
  }

  listen() {
    this.video.addEventListener("loadeddata", () => this.arrive());
    this.video.addEventListener("seeked", () => this.draw());
    this.video.addEventListener("ended", () => this.onEnd());
    for (const name of ["play", "pause"]) {
      this.video.addEventListener(name, () => this.onState(this.playing));
    }
    const frame = () => {
      if (this.playing) this.tick();
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    new ResizeObserver(() => this.draw()).observe(this.frame);
  }

  get playing() {
    return !this.video.paused && !this.video.ended;
  }

  /** Show the picture of time t; returns false where none was cut. */
  seek(t) {
    this.t = t;
    const index = pieceAt(this.pieces, t);
    this.frame.classList.toggle("without", index < 0);
    if (index < 0) {
      this.pause();
      this.draw();
      return false;
    }
    if (index !== this.piece) this.open(index);
    const at = Math.max(0, t - this.pieces[index].start);
    if (this.video.readyState >= 1) this.video.currentTime = at;
    else this.wanted = at;
    this.draw();
    return true;
  }

  open(index) {
    this.again = this.playing;
    this.piece = index;
    this.boxes = null;
    this.video.src = url(this.pieces[index].src);
    load(this.pieces[index].boxes).then((boxes) => {
      if (this.piece !== index) return;
      this.boxes = boxes;
      this.draw();
    });
  }

  arrive() {
    if (this.wanted !== null) this.video.currentTime = this.wanted;
    this.wanted = null;
    if (this.again) this.video.play();
    this.again = false;
    this.video.playbackRate = this.rate;
    this.draw();
  }

  onEnd() {
    const next = this.pieces[this.piece + 1];
    if (!next) return;
    this.t = next.start;
    this.open(this.piece + 1);
    this.again = true;
  }

  tick() {
    this.t = this.pieces[this.piece].start + this.video.currentTime;
    this.draw();
    this.onTime(this.t);
  }

  play(rate = 1) {
    clearInterval(this.back);
    this.back = 0;
    this.rate = rate;
    this.video.playbackRate = rate;
    if (pieceAt(this.pieces, this.t) < 0) {
      const next = this.pieces.find(({ start }) => start > this.t) || this.pieces[0];
      if (!next) return;
      this.seek(next.start);
      this.onTime(next.start);
    }
    if (this.video.readyState >= 2) this.video.play();
    else this.again = true;
  }

  pause() {
    clearInterval(this.back);
    this.back = 0;
    this.rate = 1;
    this.again = false;
    this.video.pause();
  }

  toggle() {
    if (this.playing || this.back) this.pause();
    else this.play();
  }

  faster() {
    this.play(this.playing ? Math.min(FASTEST, this.rate * 2) : 1);
  }

  /** Browsers play no film backwards: step back ten times in two seconds of it. */
  backwards() {
    const speed = this.back ? 2 : 1;
    this.pause();
    this.back = setInterval(() => {
      const t = Math.max(0, this.t - BACK_S * speed);
      this.seek(t);
      this.onTime(t);
      if (t === 0) this.pause();
    }, 200);
  }

  seen() {
    const isOpen = this.boxes && this.piece >= 0 && pieceAt(this.pieces, this.t) === this.piece;
    return isOpen ? seenAt(this.boxes, this.t) : [];
  }

  /** Return the track under a point of the window. */
  hit(clientX, clientY) {
    const frame = this.frame.getBoundingClientRect();
    const { scale, left, top } = placeIn(frame, this.width, this.height);
    const x = (clientX - frame.left - left) / scale;
    return hit(this.seen(), x, (clientY - frame.top - top) / scale);
  }

  draw() {
    const frame = this.frame.getBoundingClientRect();
    const pen = cleared(this.canvas, frame);
    const place = placeIn(frame, this.width, this.height);
    if (this.withRegions) drawRegions(pen, this.regions, place, this);
    if (!this.drawBoxes) return;
    const seen = this.seen().map((one) => {
      const on = one.name === this.selected;
      return { ...one, on, texts: this.labelsOf(one.name, one.said, on) };
    });
    for (const one of seen.sort((a, b) => Number(a.on) - Number(b.on))) {
      drawBoxes(pen, one, place, { on: one.on, colour: this.colourOf(one.name, one.said) });
    }
    drawLabels(pen, seen, place, frame);
  }
}
