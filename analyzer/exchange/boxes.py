"""Boxes of tracks as COCO annotations or in the text form of the MOT Challenge, file by file."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from analyzer import __version__
from analyzer.config import Settings
from analyzer.exchange.protocol import Options, Written
from analyzer.exchange.statements import names_of_videos
from analyzer.store.codec.values import Row
from analyzer.store.ids import short_id
from analyzer.store.measured import measured_with, settings_of_videos
from analyzer.store.reader import CaseReader

CATEGORIES = {"body": 1, "face": 2}
"""Kinds of ``track_boxes`` by the id of their category."""

_SLACK_S = 1e-3
"""Times are stored rounded: a picture at the border of the grid belongs after it."""


def write_coco(reader: CaseReader, folder: Path, options: Options) -> list[Written]:
    """Write NAME.coco.json for every video: pictures with boxes, named by their pts."""
    written = []
    for video, name in _videos(reader):
        path = folder / f"{name}.coco.json"
        told = coco(video, name, list(_boxes(reader, video["sha256"])))
        path.write_text(json.dumps(told, ensure_ascii=False) + "\n", encoding="utf-8")
        written.append(Written("annotations", path, len(told["annotations"])))
    return written


def coco(video: Row, name: str, boxes: list[Row]) -> dict[str, Any]:
    """Return the boxes of one video as a COCO data set (cocodataset.org, object detection).

    ``track_id``, ``score`` and ``seen`` stand beside the standard fields of an annotation, ``pts``
    and ``t`` beside those of a picture.
    """
    images: dict[int, dict[str, Any]] = {}
    annotations = []
    for number, box in enumerate(boxes, start=1):
        image = images.setdefault(
            box["pts"],
            {
                "id": len(images) + 1,
                "file_name": f"{name}/{box['pts']}.jpg",
                "width": video["width"],
                "height": video["height"],
                "pts": box["pts"],
                "t": box["t"],
            },
        )
        annotations.append(
            {
                "id": number,
                "image_id": image["id"],
                "category_id": CATEGORIES[box["kind"]],
                "bbox": [round(box[side], 2) for side in "xywh"],
                "area": round(box["w"] * box["h"], 2),
                "iscrowd": 0,
                "score": box["score"],
                "track_id": _number(box),
                "seen": box["seen"],
            }
        )
    return {
        "info": {
            "description": "boxes of tracks",
            "contributor": f"analyzer {__version__}",
            "video": name,
            "video_sha256": video["sha256"],
        },
        "licenses": [],
        "images": list(images.values()),
        "annotations": annotations,
        "categories": [
            {"id": number, "name": {"body": "person"}.get(kind, kind), "supercategory": "person"}
            for kind, number in CATEGORIES.items()
        ],
    }


def write_mot(reader: CaseReader, folder: Path, options: Options) -> list[Written]:
    """Write NAME.txt (bodies) and NAME.faces.txt for every video, with NAME.ini about it.

    Where another recording is called NAME.faces, it has digits of its SHA-256. Frames are counted
    from 1 on the grid of the samples of the recording, so that a picture that nobody is in counts
    too.
    """
    rates = _rates(reader)
    written = []
    for video, name in _apart(_videos(reader), ".faces"):
        fps = rates.get(video["sha256"], rates[None])
        boxes = list(_boxes(reader, video["sha256"]))
        for kind, suffix in (("body", ".txt"), ("face", ".faces.txt")):
            path = folder / f"{name}{suffix}"
            lines = mot_lines([box for box in boxes if box["kind"] == kind], fps)
            path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
            written.append(Written(f"{kind} boxes", path, len(lines)))
        length = math.floor(video["duration_s"] * fps) + 1
        (folder / f"{name}.ini").write_text(_seqinfo(video, name, fps, length), encoding="utf-8")
    return written


def _rates(reader: CaseReader) -> dict[str | None, float]:
    """Return samples per second by recording, and for those that do not tell under None."""
    runs = reader.runs()
    measured = settings_of_videos(runs, measured_with(reader), Settings())
    last = float(runs[-1].settings.get("sampling", {}).get("fps", 5.0)) if runs else 5.0
    return {None: last} | {video: own.sampling.fps for video, own in measured.items()}


def _apart(videos: Iterable[tuple[Row, str]], mark: str) -> Iterator[tuple[Row, str]]:
    """Yield ``videos``, of which one called as another with ``mark`` behind it is renamed."""
    named = list(videos)
    marked = {f"{name}{mark}".lower() for _, name in named}
    for video, name in named:
        digits = short_id(video["sha256"], 12)
        yield video, f"{name}-{digits}" if name.lower() in marked else name


def mot_lines(boxes: list[Row], fps: float) -> list[str]:
    """Return boxes as lines frame, id, left, top, width, height, score, -1, -1, -1, by frame.

    Of two pictures in one place of the grid the first counts.
    """
    lines: dict[tuple[int, int], str] = {}
    for box in boxes:
        frame, track = math.floor((box["t"] + _SLACK_S) * fps) + 1, _number(box)
        sides = ",".join(f"{box[side]:.2f}" for side in "xywh")
        lines.setdefault((frame, track), f"{frame},{track},{sides},{box['score']:.4f},-1,-1,-1")
    return [lines[key] for key in sorted(lines)]


def _seqinfo(video: Row, name: str, fps: float, length: int) -> str:
    return (
        f"[Sequence]\nname={name}\nframeRate={fps:g}\nseqLength={length}\n"
        f"imWidth={video['width']}\nimHeight={video['height']}\n"
    )


def _videos(reader: CaseReader) -> Iterator[tuple[Row, str]]:
    videos = {row["sha256"]: row for row in reader.rows("videos")}
    for sha256, name in names_of_videos(reader, videos).items():
        yield videos[sha256], name


def _boxes(reader: CaseReader, video: str) -> Iterator[Row]:
    order = "pts, track_id, kind"
    return reader.rows("track_boxes", "video_sha256 = ?", [video], order)


def _number(box: Row) -> int:
    return int(str(box["track_id"]).rpartition(":T")[2])
