"""Formats of whole cases: a registry by name."""

from __future__ import annotations

from collections.abc import Mapping

from analyzer.exchange import boxes, case_uco, subtitles, timesketch
from analyzer.exchange.protocol import Write

FORMATS: Mapping[str, Write] = {
    "timesketch": timesketch.write_jsonl,
    "timesketch-csv": timesketch.write_csv,
    "case-uco": case_uco.write,
    "vtt": subtitles.write_vtt,
    "srt": subtitles.write_srt,
    "coco": boxes.write_coco,
    "mot": boxes.write_mot,
}
"""What `analyzer export --format` writes of a whole case, besides tables."""
