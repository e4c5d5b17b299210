"""Composition of the demo clips and their ground truth.

Run ``python samples/make_samples.py``.

Reads samples/sources, writes samples/footage and samples/truth.json. Everything random is seeded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np
from composer.camera import Presence, expose
from composer.clips import CLIPS, Clip
from composer.encode import write_clip
from composer.truth import describe
from numpy.typing import NDArray

HERE = Path(__file__).resolve().parent


def compose(clip: Clip, folder: Path) -> dict[str, Any]:
    """Write ``clip`` into ``folder`` and return the truth about it."""
    seen: list[tuple[Presence, ...]] = []

    def frames() -> Iterator[tuple[int, int, NDArray[np.uint8]]]:
        ends = (*clip.pts[1:], clip.pts[-1] + clip.last_duration)
        for number, (pts, end) in enumerate(zip(clip.pts, ends, strict=True)):
            picture, present = expose(clip.scene, float(pts * clip.codec.time_base), number)
            seen.append(present)
            yield pts, end - pts, picture

    write_clip(folder / clip.file, frames(), clip.codec, clip.scene.look.start)
    return describe(clip, seen)


def _one_line(numbers: re.Match[str]) -> str:
    """Return a list of numbers without the line breaks of indented JSON."""
    return " ".join(numbers.group().split()).replace("[ ", "[").replace(" ]", "]")


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=HERE, help="Where to write.")
def main(out: Path) -> None:
    """Compose the demo clips into OUT/footage and OUT/truth.json."""
    footage = out / "footage"
    footage.mkdir(parents=True, exist_ok=True)
    clips = [make(HERE / "sources") for make in CLIPS]
    truth = {"format": 1, "clips": [compose(clip, footage) for clip in clips]}
    text = re.sub(r"\[[^\[\]{}]*\]", _one_line, json.dumps(truth, indent=1, ensure_ascii=False))
    (out / "truth.json").write_text(text + "\n", encoding="utf-8")
    for clip in clips:
        click.echo(f"{clip.file}: {(footage / clip.file).stat().st_size} bytes")


if __name__ == "__main__":
    main()
