"""Method page: how accurate the models are, by their cards, and what the figures mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from analyzer.faces.embedders import EMBEDDERS
from analyzer.models.locations import shipped_dir
from analyzer.report.pages import Context

_FACES = re.compile(r"^\| default, FER\+ \| (\d+) \| ([\d.]+ % \([\d.]+ to [\d.]+\))", re.MULTILINE)
_SMALL = re.compile(r"^\| 16 \| ([\d.]+ %)", re.MULTILINE)
_FIGHTS = re.compile(
    r"^\| fights, the scene alone \| \d+ \| ([\d.]+ % \([\d.]+ to [\d.]+\))", re.MULTILINE
)
_WINDOWS = re.compile(r"^\| people \| \d+ \| ([\d.]+ % \([\d.]+ to [\d.]+\))", re.MULTILINE)

_NOT_CCTV = (
    "The rate of false matches at the threshold in use stands beside each candidate; on recordings "
    "of surveillance cameras both errors are larger."
)

_UNKNOWN = ("No measured error of this model is known to this report.", "Read it with care.")


def measured_errors(models: Any) -> list[tuple[str, str]]:
    """Return (part, two sentences about its measured error) for every model of a run.

    ``models`` are the records of a run. Figures are those of the cards that ship with analyzer.
    """
    records = models if isinstance(models, list) else []
    told = []
    for record in records:
        if not isinstance(record, Mapping):
            continue
        part, backend = str(record.get("part", "")), str(record.get("backend", ""))
        if part.startswith("emotion"):
            told.append(("apparent expression", " ".join(_expression(record))))
        elif part == "embedding":
            told.append(("candidates", " ".join(_candidates(backend))))
        elif part == "actions":
            told.append(("actions", " ".join(_actions(backend))))
    return told


def _candidates(name: str) -> tuple[str, str]:
    """Return what is declared of the embedder."""
    embedder = EMBEDDERS.our(name)
    if embedder is None or embedder.true_matches is None:
        return _UNKNOWN
    thousand, ten_thousand = embedder.true_matches
    return (
        "On pairs of press photographs (LFW), at the distance within which 1 in 1,000 pairs of two "
        f"people lie, {thousand} of the pairs of one person did; at 1 in 10,000, {ten_thousand}.",
        _NOT_CCTV,
    )


def _expression(record: Mapping[str, Any]) -> tuple[str, str]:
    """Return what the card says, if the card is of the model that was used."""
    folder = shipped_dir() / "emotion"
    about, card = folder / "default" / "model.json", folder / "CARD.md"
    if not (about.is_file() and card.is_file()):
        return _UNKNOWN
    if not record.get("sha256") or str(record["sha256"]) not in about.read_text(encoding="utf-8"):
        return _UNKNOWN
    text = card.read_text(encoding="utf-8")
    faces, small = _FACES.search(text), _SMALL.search(text)
    if not faces or not small:
        return _UNKNOWN
    return (
        f"On {int(faces[1]):,} faces from the web it agreed with the majority of ten people in "
        f"{faces[2]}, at 16 px width in {small[1]}; disgust is mostly missed, and fear often.",
        "None of these faces came from a surveillance camera, where it is wrong more often.",
    )


def _actions(backend: str) -> tuple[str, str]:
    """Return what the card says, if the card is of the model that was used."""
    card = shipped_dir() / "action" / "CARD.md"
    if backend != "temporal-flow" or not card.is_file():
        return _UNKNOWN
    text = card.read_text(encoding="utf-8")
    fights, windows = _FIGHTS.search(text), _WINDOWS.search(text)
    if not fights or not windows:
        return _UNKNOWN
    return (
        f"On clips that it did not learn from, fights were told right in {fights[1]} of clips and "
        f"what one person does in {windows[1]} of windows.",
        "Falls are found less often, crowds are taken for fights at times, and whoever is cut off, "
        "small or hidden is unknown.",
    )


def render_method(context: Context) -> str:
    """Return the method page."""
    run = context.case.runs[-1] if context.case.runs else None
    return context.render("method.html", errors=measured_errors(run.models) if run else [])
