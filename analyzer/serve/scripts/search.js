// Search of the whole case by an uploaded picture.
import { upload, wordsOf } from "./common/ask.js";
import { byId, say } from "./common/dom.js";

const MOST_BYTES = 25 * 1024 * 1024;

byId("search").addEventListener("submit", async (event) => {
  event.preventDefault();
  const file = byId("picture").files[0];
  const by = new FormData(event.target).get("by");
  say(byId("message"), "");
  if (!file) return say(byId("message"), "choose a picture first");
  if (file.size > MOST_BYTES) return say(byId("message"), "the picture is larger than 25 MB");
  byId("working").textContent = "searching";
  try {
    location.href = (await upload(`api/search/${by}`, file)).page;
  } catch (error) {
    say(byId("message"), wordsOf(error).replace(/^\S*uploaded-picture: /, ""));
  }
  byId("working").textContent = "";
});
