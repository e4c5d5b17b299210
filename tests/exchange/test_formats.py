"""A whole case in the formats of other programs, read back by the parsers of others."""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import motmetrics
import pytest

from analyzer.commands.export import ExportRequest, ExportSummary, export_case, options_of
from analyzer.errors import ConfigError, UsageError
from analyzer.exchange.statements import MAX_GAP_S, appearances, expression_spans
from analyzer.exchange.subtitles import cues_of
from analyzer.store.reader import CaseReader
from analyzer.types import EMOTIONS
from tests.report.report_case import ANNA, LOBBY, PETROV, YARD, make_case


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_case(tmp_path_factory.mktemp("exchange") / "case")


def exported(case: Path, form: str, out: Path, *options: Any) -> ExportSummary:
    return export_case(
        ExportRequest(case, form, out, options=options_of(*(options or (None, None))))
    )


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_timeline_has_what_timesketch_asks_for_and_no_time_that_no_clock_tells(
    case: Path, tmp_path: Path
) -> None:
    done = exported(case, "timesketch", tmp_path)
    rows = rows_of(tmp_path / "timesketch.jsonl")
    assert rows and done.files[0].rows == len(rows)
    for row in rows:
        assert row["message"] and row["timestamp_desc"]
        assert datetime.fromisoformat(row["datetime"]).year >= 2020
    assert [row["datetime"] for row in rows] == sorted(row["datetime"] for row in rows)
    with CaseReader(case) as reader:
        clocked = {row["sha256"] for row in reader.rows("videos") if row["wall_start"]}
        seen = {row["video_sha256"] for row in reader.rows("appearances")}
    assert {row["video_sha256"] for row in rows} == clocked & seen
    assert clocked and seen - clocked
    assert "1 recordings without a clock were left out" in (done.files[0].note or "")
    assert "whose zone is unknown" in (done.files[0].note or "")


def test_a_start_and_a_zone_that_a_user_gives_are_named_as_assumed(
    case: Path, tmp_path: Path
) -> None:
    exported(case, "timesketch-csv", tmp_path, datetime(2024, 5, 1, 12), "Europe/Paris")
    with (tmp_path / "timesketch.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with CaseReader(case) as reader:
        shown = [(r["video_sha256"], round(r["t_start"], 3)) for r in reader.rows("appearances")]
    begun = [r for r in rows if r["timestamp_desc"] == "Person comes into view"]
    assert sorted((r["video_sha256"], float(r["t"])) for r in begun) == sorted(shown)
    assumed = [row for row in rows if "assumed start" in row["clock"]]
    for row in assumed:
        at = datetime.fromisoformat(row["datetime"])
        assert at.utcoffset().total_seconds() == 7200
        passed = (at.replace(tzinfo=None) - datetime(2024, 5, 1, 12)).total_seconds()
        assert passed == pytest.approx(float(row["t"]), abs=2e-3)
    assert all("+0" in row["datetime"] for row in rows), "every time has a zone now"
    assert {r["person"] for r in rows} >= {ANNA, PETROV}


def test_seconds_pass_through_the_end_of_daylight_saving(case: Path, tmp_path: Path) -> None:
    exported(case, "timesketch-csv", tmp_path, datetime(2024, 10, 27, 2, 59, 55), "Europe/Paris")
    with (tmp_path / "timesketch.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if "assumed start" in row["clock"]]
    late = [row for row in rows if float(row["t"]) > 6]
    assert late, "some of it happens after the clocks went back"
    for row in late:
        assert row["datetime"].startswith("2024-10-27T02:0") and row["datetime"].endswith("+01:00")
    with (tmp_path / "timesketch.csv").open(encoding="utf-8", newline="") as file:
        times = [datetime.fromisoformat(row["datetime"]) for row in csv.DictReader(file)]
    assert times == sorted(times), "in order of time, whatever the offset"


def test_a_rejected_name_and_its_probability_are_not_told(case: Path) -> None:
    with CaseReader(case) as reader:
        people = {row["track_id"]: row for row in reader.rows("appearances")}
        track, row = next((k, r) for k, r in people.items() if r["status"] == "candidate")
        rejected = {track: {**row, "status": "rejected"}}
        (told,) = appearances(rejected)
    assert row["person"] not in (told.label, told.person, told.text)
    assert told.score is None and told.label == "rejected"
    (candidate,) = appearances({track: row})
    assert (candidate.label, candidate.score) == (row["person"], row["probability"])


def cues(path: Path) -> list[tuple[float, float, str]]:
    """Read subtitles as ffmpeg does: start, end and text of every cue."""
    with av.open(str(path)) as file:
        stream = file.streams.subtitles[0]
        packets = [p for p in file.demux(stream) if p.size]
        assert stream.time_base is not None
        return [
            (
                float(p.pts * stream.time_base),
                float((p.pts + p.duration) * stream.time_base),
                bytes(p).decode("utf-8"),
            )
            for p in packets
            if p.pts is not None and p.duration is not None
        ]


def test_subtitles_are_read_by_ffmpeg_and_say_who_was_in_view(case: Path, tmp_path: Path) -> None:
    vtt = {Path(f.path).stem: f for f in exported(case, "vtt", tmp_path).files}
    srt = {Path(f.path).stem: f for f in exported(case, "srt", tmp_path).files}
    assert vtt.keys() == srt.keys() and len(vtt) == 3
    with CaseReader(case) as reader:
        tracks = list(reader.rows("appearances", "video_sha256 = ?", [LOBBY]))
    (stem,) = (stem for stem in vtt if stem.startswith("_script_") or "lobby" in stem)
    told = cues(Path(vtt[stem].path))
    assert told == [
        (start, end, text.replace("‹", "&lt;").replace("›", "&gt;"))
        for start, end, text in cues(Path(srt[stem].path))
    ]
    assert all(before[1] <= after[0] + 1e-3 for before, after in pairwise(told))
    for track in tracks:
        number = track["track_id"].rpartition(":")[2]
        shown = [(a, b) for a, b, text in told if any(
            line.startswith(f"{number} ") for line in text.splitlines()
        )]  # fmt: skip
        assert shown[0][0] == pytest.approx(track["t_start"], abs=0.06)
        assert shown[-1][1] == pytest.approx(track["t_end"], abs=0.06)
    assert "-->" not in "".join(text for _, _, text in told)


def test_an_expression_ends_where_nothing_is_known() -> None:
    def row(t: float, label: str) -> dict[str, Any]:
        return {"t": t} | {name: 0.7 if name == label else 0.05 for name in EMOTIONS}

    samples = [row(0.0, "sad"), row(0.5, "sad"), row(1.0, "happy"), row(1.0 + MAX_GAP_S * 2, "sad")]
    found = [(s.label, s.t_start, s.t_end) for s in expression_spans(samples)]
    assert found == [("sad", 0.0, 1.0), ("happy", 1.0, 1.0), ("sad", 3.0, 3.0)]
    assert list(cues_of([])) == []


def test_coco_annotations_are_the_boxes_of_tracks(case: Path, tmp_path: Path) -> None:
    done = exported(case, "coco", tmp_path)
    with CaseReader(case) as reader:
        boxes = list(reader.rows("track_boxes"))
    assert sum(file.rows for file in done.files) == len(boxes) > 0
    for file in done.files:
        told = json.loads(Path(file.path).read_text("utf-8"))
        images = {image["id"]: image for image in told["images"]}
        assert len({image["file_name"] for image in images.values()}) == len(images)
        assert {c["id"]: c["name"] for c in told["categories"]} == {1: "person", 2: "face"}
        for one in told["annotations"]:
            assert images[one["image_id"]]["width"] > 0 and one["iscrowd"] == 0
            _, _, w, h = one["bbox"]
            assert one["area"] == pytest.approx(w * h, abs=0.02 * (w + h))
        assert [a["id"] for a in told["annotations"]] == list(range(1, file.rows + 1))


def test_mot_boxes_are_read_by_motmetrics(case: Path, tmp_path: Path) -> None:
    done = exported(case, "mot", tmp_path)
    with CaseReader(case) as reader:
        bodies = list(reader.rows("track_boxes", "kind = 'body' AND video_sha256 = ?", [YARD]))
    assert bodies
    (file,) = (f for f in done.files if f.rows and "двор" in f.path and f.table == "body boxes")
    table = motmetrics.io.loadtxt(file.path, fmt="mot15-2D", min_confidence=-1)
    assert len(table) == file.rows <= len(bodies)
    tracks = {int(box["track_id"].rpartition(":T")[2]) for box in bodies}
    assert set(table.index.get_level_values("Id")) == tracks
    first = min(bodies, key=lambda box: (box["t"], box["track_id"]))
    assert table.index.get_level_values("FrameId").min() == int(first["t"] * 5 + 0.005) + 1
    assert (tmp_path / f"{Path(file.path).stem}.ini").read_text("utf-8").startswith("[Sequence]\n")


def test_recordings_whose_names_differ_by_a_suffix_keep_files_of_their_own(
    case: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(case, tmp_path / "case")
    with sqlite3.connect(copy / "case.db") as db:
        for path, sha256 in (("/a/Cam1.mp4", LOBBY), ("/a/cam1.faces.mp4", YARD)):
            db.execute("UPDATE files SET path = ? WHERE sha256 = ?", [path, sha256])
    done = exported(copy, "mot", tmp_path / "out")
    paths = [file.path for file in done.files]
    assert len({path.lower() for path in paths}) == len(paths)
    written = {Path(file.path).name: file.rows for file in done.files}
    assert written["Cam1.faces.txt"] != written[f"cam1.faces-{YARD[:12]}.txt"]


def test_an_event_tells_all_who_take_part(case: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(case, tmp_path / "case")
    with sqlite3.connect(copy / "case.db") as db:
        two = db.execute(
            "SELECT e.id, e.video_sha256, a.track_id, b.track_id FROM events e "
            "JOIN appearances a ON a.video_sha256 = e.video_sha256 "
            "JOIN appearances b ON b.video_sha256 = e.video_sha256 AND b.track_id > a.track_id "
            "LIMIT 1"
        ).fetchone()
        event, _, first, second = two
        db.execute("DELETE FROM event_tracks WHERE event_id = ?", [event])
        for position, track in enumerate((first, second)):
            db.execute("INSERT INTO event_tracks VALUES (?, ?, ?)", [event, position, track])
        db.execute("UPDATE events SET track_id = ? WHERE id = ?", [first, event])
    exported(copy, "timesketch", tmp_path / "out", datetime(2024, 5, 1, 12), "Europe/Paris")
    rows = [r for r in rows_of(tmp_path / "out" / "timesketch.jsonl") if r["kind"] == "event"]
    (row,) = (r for r in rows if r["tracks"] == f"{first} {second}")
    assert row["track_id"] == first
    numbers = [track.rpartition(":")[2] for track in (first, second)]
    assert [part.split()[0] for part in row["who"].split(", ")] == numbers
    exported(copy, "case-uco", tmp_path / "uco")
    told = nodes(json.loads((tmp_path / "uco" / "case.jsonld").read_text("utf-8")))
    assert any(
        len(links(n["uco-core:eventContext"])) == 2 for n in told if "uco-core:eventContext" in n
    )


def nodes(value: Any) -> list[dict[str, Any]]:
    """Return every node of a JSON-LD document that has a class."""
    own = [value] if isinstance(value, dict) and "@id" in value and "@type" in value else []
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return own + [node for one in inner for node in nodes(one)]


def links(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["@id"]} if set(value) == {"@id"} else set()
        return own.union(*map(links, value.values())) if value else own
    return set().union(*map(links, value)) if isinstance(value, list) else set()


def test_case_uco_is_one_graph_whose_links_and_prefixes_resolve(case: Path, tmp_path: Path) -> None:
    exported(case, "case-uco", tmp_path)
    path = tmp_path / "case.jsonld"
    told = json.loads(path.read_text("utf-8"))
    found = nodes(told["@graph"])
    ids = [node["@id"] for node in found]
    assert links(told["@graph"]) <= set(ids)
    for node in found:
        names = node["@type"] if isinstance(node["@type"], list) else [node["@type"]]
        names += [key for key in node if not key.startswith("@")]
        assert all(name.partition(":")[0] in told["@context"] for name in names)
    hashes = [n["uco-types:hashValue"]["@value"] for n in found if n["@type"] == "uco-types:Hash"]
    assert {LOBBY, YARD} <= set(hashes)
    classes = [
        n["uco-analysis:class"]
        for n in found
        if n["@type"] == "uco-analysis:ArtifactClassification"
    ]
    assert f"{ANNA} (confirmed)" in classes or f"{ANNA} (candidate)" in classes
    exported(case, "case-uco", tmp_path / "again")
    assert (tmp_path / "again" / "case.jsonld").read_bytes() == path.read_bytes()


def test_wrong_requests_are_refused(case: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds a whole case"):
        export_case(ExportRequest(case, "vtt", tmp_path, ("people",)))
    with pytest.raises(ConfigError, match=r"use one of csv, jsonl, parquet.*timesketch"):
        export_case(ExportRequest(case, "vtx", tmp_path))
    with pytest.raises(UsageError, match="no time zone 'Paris'"):
        options_of(None, "Paris")
    with pytest.raises(UsageError, match="no time zone 'Europe'"):
        options_of(None, "Europe")
    assert list(tmp_path.iterdir()) == []
