// Questions and decisions sent to the server.

export class Refused extends Error {
  constructor(status, words) {
    super(words);
    this.status = status;
  }
}

async function answer(response) {
  if (response.ok) return response.json();
  const text = await response.text();
  let words = text;
  try {
    words = JSON.parse(text).error;
  } catch {
    // an answer in plain words
  }
  throw new Refused(response.status, words);
}

/** @returns {Promise<any>} */
export const ask = async (address) => answer(await fetch(address));

/** @returns {Promise<any>} */
export async function send(address, values) {
  const body = JSON.stringify(values);
  const headers = { "Content-Type": "application/json" };
  return answer(await fetch(address, { method: "POST", headers, body }));
}

/** @returns {Promise<any>} */
export async function upload(address, file) {
  return answer(await fetch(address, { method: "POST", body: file }));
}

/** What went wrong, in words. */
export const wordsOf = (error) => (error instanceof Error ? error.message : String(error));
