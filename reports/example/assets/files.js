// Parts of a page that are fetched when they are needed: a script file beside it, or, in a report of
// one file, a block of the file itself.
"use strict";

const Report = (() => {
  const held = new Map();
  const waiting = new Map();
  const inside = window.ReportFiles || null; // a report of one file brings its pictures along

  function put(key, value) {
    held.set(key, value);
    for (const tell of waiting.get(key) || []) tell(value);
    waiting.delete(key);
  }

  function load(key) {
    if (held.has(key)) return Promise.resolve(held.get(key));
    const block = document.getElementById(`part:${key}`);
    if (block) {
      put(key, JSON.parse(block.textContent));
      return Promise.resolve(held.get(key));
    }
    return new Promise((done) => {
      if (waiting.has(key)) {
        waiting.get(key).push(done);
        return;
      }
      waiting.set(key, [done]);
      const script = document.createElement("script");
      script.src = `${key}.js`;
      script.addEventListener("error", () => put(key, null));
      document.head.append(script);
    });
  }

  // A film is sought in, which browsers do in a blob and hardly in a data address.
  function url(address) {
    const data = inside && inside[address];
    if (!data || !data.startsWith("data:video/")) return data || address;
    const bytes = Uint8Array.from(atob(data.slice(data.indexOf(",") + 1)), (sign) => sign.charCodeAt(0));
    inside[address] = URL.createObjectURL(new Blob([bytes], { type: "video/mp4" }));
    return inside[address];
  }

  return { put, load, url };
})();
