// The player: cut pieces of the recording behind one time line, with boxes drawn on a canvas over it.
// Knows times, pieces and boxes; what is selected and what a click means is the page's.
"use strict";

const Player = (() => {
  const REACH = 0.35; // s; a box is shown this long around its sample
  const BRIDGE = 1.1; // s; between samples closer than this a box moves in a straight line
  const FASTEST = 8;
  const BACK_S = 0.2;

  // The sample around t, moved along between neighbours; null where nothing was seen.
  function boxAt(times, boxes, t) {
    let low = 0;
    let high = times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle] <= t) low = middle + 1;
      else high = middle;
    }
    const before = low - 1;
    const a = before >= 0 ? boxes[before] : null;
    const b = low < times.length ? boxes[low] : null;
    if (a && b && times[low] - times[before] <= BRIDGE) {
      const share = (t - times[before]) / (times[low] - times[before]);
      return a.map((value, i) => value + (b[i] - value) * share);
    }
    if (a && t - times[before] <= REACH) return a;
    if (b && times[low] - t <= REACH) return b;
    return null;
  }

  class Screen {
    constructor({ video, canvas, pieces, width, height, onTime, onState, labelOf, colourOf }) {
      Object.assign(this, { video, canvas, pieces, width, height, onTime, onState, labelOf, colourOf });
      this.piece = -1;
      this.boxes = null;
      this.selected = null;
      this.drawBoxes = true;
      this.wanted = null;
      this.rate = 1;
      this.back = 0;
      this.t = 0;
      video.addEventListener("loadeddata", () => this.arrive());
      video.addEventListener("seeked", () => this.draw());
      video.addEventListener("ended", () => this.onEnd());
      for (const name of ["play", "pause"]) video.addEventListener(name, () => this.onState(this.playing));
      const frame = () => {
        if (this.playing) this.tick();
        requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
      new ResizeObserver(() => this.draw()).observe(canvas.parentElement);
    }

    get playing() { return !this.video.paused && !this.video.ended; }

    pieceAt(t) { return this.pieces.findIndex(({ start, end }) => t >= start - 0.05 && t <= end + 0.05); }

    // Show the picture of time t; false where none was cut.
    seek(t) {
      this.t = t;
      const index = this.pieceAt(t);
      this.canvas.parentElement.classList.toggle("without", index < 0);
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
      const again = this.playing;
      this.piece = index;
      this.boxes = null;
      this.video.src = Report.url(this.pieces[index].src);
      this.again = again;
      Report.load(this.pieces[index].boxes).then((boxes) => {
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
      if (this.pieceAt(this.t) < 0) {
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

    faster() { this.play(this.playing ? Math.min(FASTEST, this.rate * 2) : 1); }

    // Browsers play no film backwards: step back ten times in two seconds of it.
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

    // Where the picture lies inside its frame, which keeps the shape of the recording.
    place() {
      const frame = this.canvas.parentElement.getBoundingClientRect();
      const scale = Math.min(frame.width / this.width, frame.height / this.height);
      return { scale, x: (frame.width - this.width * scale) / 2, y: (frame.height - this.height * scale) / 2, frame };
    }

    boxesNow() {
      if (!this.boxes || this.piece < 0 || this.pieceAt(this.t) !== this.piece) return [];
      return Object.entries(this.boxes).map(([name, { t, face, body, said }]) => {
        const seen = { name, face: boxAt(t, face, this.t), body: boxAt(t, body, this.t) };
        return { ...seen, said: seen.face || seen.body ? said[Page.nearest(t, this.t)] : null };
      }).filter(({ face, body }) => face || body);
    }

    // The track under a point of the screen, the smallest box first.
    hit(clientX, clientY) {
      const { scale, x, y, frame } = this.place();
      const px = (clientX - frame.left - x) / scale;
      const py = (clientY - frame.top - y) / scale;
      const inside = ([bx, by, w, h]) => px >= bx && px <= bx + w && py >= by && py <= by + h;
      const hits = this.boxesNow().flatMap(({ name, face, body }) => [face, body].filter((box) => box && inside(box)).map((box) => [box[2] * box[3], name]));
      hits.sort((a, b) => a[0] - b[0]);
      return hits.length ? hits[0][1] : null;
    }

    draw() {
      const { scale, x, y, frame } = this.place();
      const density = window.devicePixelRatio || 1;
      if (this.canvas.width !== Math.round(frame.width * density) || this.canvas.height !== Math.round(frame.height * density)) {
        this.canvas.width = Math.round(frame.width * density);
        this.canvas.height = Math.round(frame.height * density);
      }
      const pen = this.canvas.getContext("2d");
      pen.setTransform(density, 0, 0, density, 0, 0);
      pen.clearRect(0, 0, frame.width, frame.height);
      if (!this.drawBoxes) return;
      const seen = this.boxesNow().sort((a, b) => (a.name === this.selected) - (b.name === this.selected));
      for (const one of seen) this.drawOne(pen, one, scale, x, y);
    }

    drawOne(pen, { name, face, body, said }, scale, left, top) {
      const on = name === this.selected;
      const colour = this.colourOf(name, said);
      const stroke = ([x, y, w, h], width, dash) => {
        const place = [left + x * scale, top + y * scale, w * scale, h * scale];
        pen.setLineDash(dash);
        pen.lineWidth = width + 2;
        pen.strokeStyle = "rgba(0,0,0,.55)";
        pen.strokeRect(...place);
        pen.lineWidth = width;
        pen.strokeStyle = colour;
        pen.strokeRect(...place);
      };
      if (body) stroke(body, on ? 1.5 : 1, [4, 3]);
      if (face) stroke(face, on ? 2.5 : 1.5, []);
      const [x, y] = face || body;
      const words = this.labelOf(name, said, on);
      const high = innerWidth >= 2800 ? 18 : 11;
      pen.font = `${on ? 600 : 400} ${high}px system-ui, sans-serif`;
      const wide = pen.measureText(words).width + 8;
      const px = Math.max(0, Math.min(left + x * scale, left + this.width * scale - wide));
      const py = Math.max(high + 3, top + y * scale - 3);
      pen.fillStyle = on ? "rgba(0,0,0,.85)" : "rgba(0,0,0,.6)";
      pen.fillRect(px, py - high - 2, wide, high + 4);
      pen.fillStyle = "#fff";
      pen.fillText(words, px + 4, py - 2);
    }
  }

  return { Screen };
})();
