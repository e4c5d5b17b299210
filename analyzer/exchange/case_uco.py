"""CASE/UCO: a case as JSON-LD of the Cyber-investigation Analysis Standard Expression.

Classes and properties are those of UCO 1.4 and CASE 1.4 (caseontology.org). Recordings are files
with their SHA-256, a run is an investigative action of the tool, a track an analytic result that
classifies its recording, and an event an event. Ids are UUIDs made of what they name, so that equal
cases give equal graphs. A time stands where a clock of the recording tells it, else seconds alone.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from analyzer import __version__
from analyzer.exchange.protocol import Options, Written
from analyzer.exchange.statements import Statement, statements
from analyzer.exchange.times import WallTimes
from analyzer.store.codec.values import Row
from analyzer.store.reader import CaseReader
from analyzer.store.records import RunRecord

Node = dict[str, Any]

_UCO = "https://ontology.unifiedcyberontology.org/uco"
CONTEXT = {
    "kb": "urn:uuid:",
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    **{
        f"uco-{name}": f"{_UCO}/{name}/"
        for name in ("action", "analysis", "core", "identity", "observable", "tool", "types")
    },
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_SPACE = uuid.UUID("7a1b4f0e-2d0c-5d83-9f0e-5d2f0c6a3b11")
"""Name space of our UUIDs, version 5."""


def write(reader: CaseReader, folder: Path, options: Options) -> list[Written]:
    """Write ``case.jsonld``."""
    path = folder / "case.jsonld"
    times = WallTimes(reader, options.assume_start, options.assume_zone)
    found = statements(reader)
    unknown = sum(times.at(video, 0.0) is None for video in found)
    graph = list(_graph(reader, found, times))
    told = {"@context": CONTEXT, "@graph": graph}
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    note = f"{unknown} recordings have no clock: their events have seconds alone" if unknown else ""
    return [Written("case-uco", path, len(graph), note or None)]


def _graph(
    reader: CaseReader, found: dict[str, list[Statement]], times: WallTimes
) -> Iterator[Node]:
    tool = _node("uco-tool:AnalyticTool", "tool", __version__)
    yield tool | {
        "uco-core:name": "analyzer",
        "uco-tool:toolType": "analysis of recorded video",
        "uco-tool:version": __version__,
    }
    about = reader.about()
    examiner = _node("uco-identity:Person", "examiner", about.get("examiner", ""))
    if "examiner" in about:
        yield examiner | {"uco-core:name": about["examiner"]}
    sizes = {row["sha256"]: row for row in reader.rows("videos")}
    files = list(reader.rows("files", "sha256 IS NOT NULL"))
    yield from (_file(row, sizes.get(row["sha256"])) for row in files)
    runs = reader.runs()
    for run in runs:
        yield _run(run, tool, examiner if "examiner" in about else None, files)
    tracks = [one for told in found.values() for one in told if one.kind == "person"]
    yield from (_result(one, runs) for one in tracks)
    for one in (one for told in found.values() for one in told if one.kind == "event"):
        yield _event(one, times)
        yield _entries(one)


def _file(row: Row, video: Row | None) -> Node:
    content: Node = {
        "uco-observable:hash": [
            _node("uco-types:Hash", "hash", row["sha256"])
            | {
                "uco-types:hashMethod": "SHA256",
                "uco-types:hashValue": _typed("hexBinary", row["sha256"].partition("#")[0]),
            }
        ]
    }
    facet: Node = {
        "uco-observable:fileName": row["path"].replace("\\", "/").rpartition("/")[2],
        "uco-observable:filePath": row["path"],
    }
    if video is not None:
        size = _typed("integer", str(video["size_bytes"]))
        facet["uco-observable:sizeInBytes"] = size
        content["uco-observable:sizeInBytes"] = size
    return _file_node(row) | {
        "uco-core:hasFacet": [
            _node("uco-observable:FileFacet", "file facet", row["path"]) | facet,
            _node("uco-observable:ContentDataFacet", "content", row["path"]) | content,
        ]
    }


def _file_node(row: Row) -> Node:
    return _node("uco-observable:File", "file", row["sha256"], row["path"])


def _run(run: RunRecord, tool: Node, examiner: Node | None, files: Iterable[Row]) -> Node:
    node = _run_node(run) | {
        "uco-core:name": "analysis of recorded video",
        "uco-core:description": run.command,
        "uco-action:startTime": _typed("dateTime", run.started_at),
        "uco-action:instrument": [_link(tool)],
        "uco-action:object": [_link(_file_node(row)) for row in files],
    }
    if run.ended_at is not None:
        node["uco-action:endTime"] = _typed("dateTime", run.ended_at)
    if examiner is not None:
        node["uco-action:performer"] = _link(examiner)
    return node


def _run_node(run: RunRecord) -> Node:
    types = ["case-investigation:InvestigativeAction", "uco-analysis:Analysis"]
    return _node(types[0], "run", run.id) | {"@type": types}


def _result(one: Statement, runs: Sequence[RunRecord]) -> Node:
    """Return the appearance of somebody: a classification of the recording, never a fact."""
    classification = _node("uco-analysis:ArtifactClassification", "class", one.track_id or "")
    classification["uco-analysis:class"] = one.who.partition(" ")[2] or one.who
    if one.score is not None:
        confidence = _typed("decimal", f"{one.score:.4f}")
        classification["uco-analysis:classificationConfidence"] = confidence
    facet = _node("uco-analysis:ArtifactClassificationResultFacet", "facet", one.track_id or "")
    node = _node("uco-analysis:AnalyticResult", "track", one.track_id or "") | {
        "uco-core:name": f"track {one.track_id}",
        "uco-core:statement": (
            f"{one.text} from {one.t_start:.3f} s to {one.t_end:.3f} s after the first picture of "
            f"{one.video}"
        ),
        "uco-core:hasFacet": [facet | {"uco-analysis:classification": [classification]}],
    }
    if runs:
        node["uco-analysis:originatingAnalysis"] = _link(_run_node(runs[-1]))
    return node


def _event(one: Statement, times: WallTimes) -> Node:
    node = _event_node(one) | {
        "uco-core:name": one.text,
        "uco-core:eventType": one.label,
        "uco-core:eventAttribute": _link(_dictionary_node(one)),
    }
    if one.tracks:
        node["uco-core:eventContext"] = [
            _link(_node("uco-analysis:AnalyticResult", "track", track)) for track in one.tracks
        ]
    for name, t in (("startTime", one.t_start), ("endTime", one.t_end)):
        moment = times.at(one.video, t)
        if moment is not None:
            node[f"uco-core:{name}"] = _typed("dateTime", moment.text)
    return node


def _entries(one: Statement) -> Node:
    values = {
        "video_sha256": one.video,
        "t_start": f"{one.t_start:.3f}",
        "t_end": f"{one.t_end:.3f}",
        "score": None if one.score is None else f"{one.score:.4f}",
        "level": one.level,
    }
    entries = [
        _node("uco-types:DictionaryEntry", "entry", *_own(one), key)
        | {"uco-types:key": key, "uco-types:value": value}
        for key, value in values.items()
        if value is not None
    ]
    return _dictionary_node(one) | {"uco-types:entry": entries}


def _own(one: Statement) -> tuple[str, ...]:
    """Return what tells a statement from every other one."""
    return one.video, f"{one.t_start:.3f}", one.label, one.track_id or ""


def _event_node(one: Statement) -> Node:
    return _node("uco-core:Event", "event", *_own(one))


def _dictionary_node(one: Statement) -> Node:
    return _node("uco-types:Dictionary", "dictionary", *_own(one))


def _node(kind: str, *own: str) -> Node:
    """Return the beginning of a node of class ``kind``, with an id made of what it names."""
    return {"@id": f"kb:{uuid.uuid5(_SPACE, chr(0).join((kind, *own)))}", "@type": kind}


def _link(node: Node) -> Node:
    return {"@id": node["@id"]}


def _typed(kind: str, value: str) -> Node:
    return {"@type": f"xsd:{kind}", "@value": value}
