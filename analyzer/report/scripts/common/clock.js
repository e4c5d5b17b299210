// Words for times: the time of the video, and the wall clock of the camera where it is known.

const two = (n) => String(n).padStart(2, "0");

/** Return seconds since the first frame as HH:MM:SS.mmm. */
export function videoTime(t) {
  const ms = Math.max(0, Math.round(t * 1000));
  const [h, m, s] = [ms / 3600000, (ms / 60000) % 60, (ms / 1000) % 60].map(Math.floor);
  return `${two(h)}:${two(m)}:${two(s)}.${String(ms % 1000).padStart(3, "0")}`;
}

const iso = (ms) => new Date(Math.round(ms)).toISOString().replace("T", " ").replace("Z", "");

/** The clock of one video. Wall times carry no zone: they are what the camera would show. */
export class Clock {
  /**
   * @param {object} facts
   * @param {number} facts.origin wall time of the first frame, ms since 1970; of any day where unknown
   * @param {boolean} facts.clock whether the wall time is known
   * @param {boolean} facts.corrected whether the camera file corrects it
   * @param {number | null} facts.shift ms from the stored clock to the corrected one
   * @param {[t: number, ms: number, rate: number][]} [facts.steps] from t on the clock shows ms and
   *   runs at rate; where it jumps, drifts or is set to daylight saving
   * @param {string} [facts.told] which clock it is
   */
  constructor({ origin, clock, corrected, shift, steps = [], told = "as stored" }) {
    this.origin = origin;
    this.known = clock;
    this.corrected = corrected;
    this.shift = shift;
    this.steps = steps;
    this.told = told;
  }

  /** What the clock shows at t, as ms since 1970. */
  shown(t) {
    const step = this.steps.filter(([from]) => from <= t).pop();
    return step ? step[1] + (t - step[0]) * step[2] * 1000 : this.origin + t * 1000;
  }

  /** Place on the axes of charts: whole ms, as everywhere a time is shown. */
  ms(t) {
    return t === null ? null : Math.round(this.origin + t * 1000);
  }

  wall(t) {
    return this.known ? iso(this.shown(t)) : "";
  }

  /** Wall time without its date, or the time of the video. */
  short(t) {
    return this.known ? this.wall(t).slice(11) : videoTime(t);
  }

  /** A stretch in whole seconds of wall time, or in the time of the video. */
  stretch(start, end) {
    if (!this.known) return `${videoTime(start)}–${videoTime(end)}`;
    return `${this.wall(start).slice(0, 19)}–${this.wall(end).slice(11, 19)}`;
  }

  /** Where the wall time comes from, the stored one beside a corrected one. */
  source(t) {
    if (!this.known) return "clock unknown: from the first frame";
    const video = `video ${videoTime(t)}`;
    if (this.shift !== null) {
      const stored = iso(this.shown(t) - this.shift).slice(11);
      return `corrected · stored ${stored} · ${video}`;
    }
    return this.corrected ? `corrected, nothing stored · ${video}` : `${this.told} · ${video}`;
  }
}
