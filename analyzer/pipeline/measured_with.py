"""Settings that the raw rows of each video were measured with, and whether they still hold.

A camera may have a preset and settings of its own, so that the settings of a run alone do not tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analyzer.config import Settings, settings_from
from analyzer.pipeline import provenance
from analyzer.store.measured import measured_with
from analyzer.store.places import Places
from analyzer.store.reader import CaseReader
from analyzer.video.cameras import settings_of
from analyzer.video.turning import untouched_hash


def other_raw_settings(own: Settings, of_run: Settings) -> dict[str, dict[str, Any]]:
    """Return the raw settings of ``own`` that differ from those of the run, by section and key."""
    mine, theirs = own.raw_values(), of_run.raw_values()
    found = {
        section: {key: value for key, value in values.items() if value != theirs[section][key]}
        for section, values in mine.items()
    }
    return {section: values for section, values in found.items() if values}


def measured_otherwise(reader: CaseReader) -> Iterator[str]:
    """Yield the videos, by SHA-256, that were measured with other settings than their cameras have.

    The settings of the run that measured them are not compared: a later run may have been of other
    videos.
    """
    runs = {run.id: run for run in reader.runs()}
    places, stored = Places(reader), measured_with(reader)
    hashes: dict[tuple[Any, ...], str] = {}
    for sha256, row in stored.items():
        camera = places.camera(sha256)
        asked = None if camera is None else (camera.preset, camera.settings)
        key = (row.run_id, asked)
        if key not in hashes:
            run = runs[row.run_id]
            settings = settings_of(camera, settings_from(run.settings, f"run {run.id}"))
            hashes[key] = provenance.raw_hash(settings, run.models)
        if hashes[key] != untouched_hash(row.raw_hash):
            yield sha256
