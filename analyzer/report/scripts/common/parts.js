// Parts of a report that are loaded on demand, and addresses of its pictures.
//
// A part is a script file beside the page that calls Report.put (pages opened from disk may not
// fetch), or, in a report of one file, a block of the file itself.

const held = new Map();
const waiting = new Map();
let inside = {};

/** Bring along the files of a report of one file: data addresses by their former address. */
export function carry(files) {
  inside = files;
}

/** Store a part that has arrived, null where it is missing, and give it to those who wait. */
export function put(key, value) {
  held.set(key, value);
  for (const tell of waiting.get(key) || []) tell(value);
  waiting.delete(key);
}

/**
 * Load the part of this key once.
 * @param {string} key its address without ".js"
 * @returns {Promise<any>} its values, null where the file is missing
 */
export function load(key) {
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

/** Return where the file of this address lies. Browsers seek in a blob, hardly in a data address. */
export function url(address) {
  const data = inside[address];
  if (!data?.startsWith("data:video/")) return data || address;
  const signs = atob(data.slice(data.indexOf(",") + 1));
  const bytes = Uint8Array.from(signs, (sign) => sign.charCodeAt(0));
  inside[address] = URL.createObjectURL(new Blob([bytes], { type: "video/mp4" }));
  return inside[address];
}
