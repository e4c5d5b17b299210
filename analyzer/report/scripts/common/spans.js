// Search in times and in spans of time. Times are seconds; spans are [start, end, ...].

/** Return the place of the time nearest to t, the first of equals; -1 where there are none. */
export function nearest(times, t) {
  let best = times.length ? 0 : -1;
  for (let i = 1; i < times.length; i += 1) {
    if (Math.abs(times[i] - t) < Math.abs(times[best] - t)) best = i;
  }
  return best;
}

/** Return the first span that holds t, both ends included. */
export function spanAt(spans, t) {
  return spans.find(([start, end]) => t >= start && t <= end);
}

/** Return runs of values between nulls, as [from, to) places. */
export function runsOf(values) {
  const runs = [];
  let from = 0;
  for (let i = 0; i <= values.length; i += 1) {
    if (i === values.length || values[i] === null) {
      if (i > from) runs.push([from, i]);
      from = i + 1;
    }
  }
  return runs;
}

/** Return the place of the last time at or before t among ascending times; -1 before the first. */
export function lastBefore(times, t) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= t) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
