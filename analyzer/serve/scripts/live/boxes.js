// Boxes, names and apparent expressions over a live picture, scaled to it.

/** Draw what ``seen`` says over ``image``. */
export function drawBoxes(canvas, image, seen) {
  canvas.width = image.clientWidth;
  canvas.height = image.clientHeight;
  const pen = canvas.getContext("2d");
  if (!seen || !pen) return;
  const across = canvas.width / seen.size[0];
  const down = canvas.height / seen.size[1];
  pen.lineWidth = 2;
  pen.font = "12px system-ui, sans-serif";
  for (const one of seen.boxes) {
    const [x, y, w, h] = [
      one.box[0] * across,
      one.box[1] * down,
      one.box[2] * across,
      one.box[3] * down,
    ];
    pen.setLineDash(one.known ? [] : [4, 3]);
    pen.strokeStyle = "#ffd23f";
    pen.strokeRect(x, y, w, h);
    const who = one.known ? `${one.status} ${one.who}` : (one.who ?? one.name);
    const words = one.expression ? `${who} · ${one.expression}` : who;
    const wide = pen.measureText(words).width + 8;
    const left = Math.max(0, Math.min(x, canvas.width - wide));
    pen.fillStyle = "rgba(0, 0, 0, 0.7)";
    pen.fillRect(left, Math.max(0, y - 18), wide, 18);
    pen.fillStyle = "#ffffff";
    pen.fillText(words, left + 4, Math.max(13, y - 5));
  }
}
