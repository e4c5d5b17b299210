// List of bookmarks, each with a button to take back one's own.
import { send } from "../common/ask.js";
import { byId, element } from "../common/dom.js";

function line(mark, by, reload) {
  const page = `video-${mark.video_sha256.slice(0, 12)}.html`;
  const name = mark.track_id?.split(":").pop();
  const place = name ? `track=${name}&t=${mark.t.toFixed(3)}` : `t=${mark.t.toFixed(3)}`;
  const words = `${name ?? "video"} at ${mark.t.toFixed(1)} s`;
  const link = element("a", { href: `${page}#${place}`, textContent: words });
  const made = element("li", {}, link, ` by ${mark.by}${mark.note ? `: ${mark.note}` : ""} `);
  if (mark.by === by) {
    const undo = element("button", { type: "button", textContent: "take back" });
    undo.addEventListener("click", async () => {
      undo.disabled = true;
      await send("api/bookmarks/undo", { bookmark: mark.seq });
      reload();
    });
    made.append(undo);
  }
  return made;
}

export function showMarks(marks, by, reload) {
  const lines = marks.map((mark) => line(mark, by, reload));
  const none = element("li", { className: "dim", textContent: "none" });
  byId("marks").replaceChildren(...(lines.length ? lines : [none]));
}
