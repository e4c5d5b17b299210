"""Benchmark of stages: processor time a picture looked at, by stage of the analysis.

Run: .venv/bin/python benchmarks/stages.py [CLIP...] [--seconds 20]

One process with one thread analyses each clip as a worker does, without database and report. Decoding
happens in a process of its own and is told apart. Milliseconds are of processor time, which other
programs on the machine change less than the clock; compare shares, not numbers.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

from analyzer.config import Settings
from analyzer.pipeline import best_faces, inference, segment
from analyzer.pipeline.tasks import SegmentTask
from analyzer.types import SegmentSpan
from analyzer.video.probe import probe

ROOT = Path(__file__).resolve().parents[1]


class Stages:
    """Processor seconds by stage; a stage inside another counts for the inner one alone."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._inner = [0.0]

    def of(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """Return ``call`` that counts its time as ``name``."""

        def timed(*arguments: Any, **named: Any) -> Any:
            begun = time.process_time()
            self._inner.append(0.0)
            try:
                return call(*arguments, **named)
            finally:
                whole, inner = time.process_time() - begun, self._inner.pop()
                self.spent[name] += whole - inner
                self._inner[-1] += whole

        return timed


def main() -> None:
    """Print a table for every clip."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", nargs="*", type=Path)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each clip")
    arguments = parser.parse_args()
    inference.limit_threads(1)
    for clip in arguments.clips or sorted((ROOT / "samples" / "footage").glob("*.mp4")):
        measure(clip, arguments.seconds)


def measure(clip: Path, seconds: float) -> None:
    """Print what the stages of one clip cost."""
    settings, info = Settings(), probe(clip)
    end = info.start_pts + round(seconds / info.time_base)
    span = SegmentSpan(0, info.start_pts, info.start_pts, min(info.end_pts, end))
    task = SegmentTask(str(clip), info, span, settings)
    eyes, stages = inference.inference_for(settings), Stages()
    segment.analyse_segment(task, eyes)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.process_time()
    with mock.patch.multiple(segment, describe=stages.of("look", segment.describe)):
        wrapped = _wrapped(stages, eyes)
        try:
            result = segment.analyse_segment(task, eyes)
        finally:
            for patch in wrapped:
                patch.stop()
    whole = time.process_time() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    decoding = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    pictures = max(result.frames_examined, 1)
    print(f"\n{clip.name}: {result.frames_sampled} sampled, {result.frames_examined} looked at")
    rows = sorted(stages.spent.items(), key=lambda row: -row[1])
    rest = whole - sum(stages.spent.values())
    for name, spent in [("decoding (ffmpeg)", decoding), *rows, ("all else", rest)]:
        share = spent / (whole + decoding)
        print(f"  {name:32}{1000 * spent / pictures:8.1f} ms a picture {100 * share:6.1f} %")


def _wrapped(stages: Stages, eyes: inference.Inference) -> list[Any]:
    """Patch the stages of this process; return the patches, to be stopped."""
    patches = [
        mock.patch.object(segment.MotionGate, "update", stages.of("motion", segment.MotionGate.update)),
        mock.patch.object(segment.Tracker, "update", stages.of("tracking", segment.Tracker.update)),
        mock.patch.object(segment.SceneFlow, "update", stages.of("flow", segment.SceneFlow.update)),
        mock.patch.object(segment, "assess_quality", stages.of("face quality", segment.assess_quality)),
        mock.patch.object(segment, "person_windows", stages.of("actions", segment.person_windows)),
        mock.patch.object(
            best_faces.Expressions, "consider",
            stages.of("expressions", best_faces.Expressions.consider),
        ),
        mock.patch.object(
            best_faces.BestFaces, "samples", stages.of("embedding", best_faces.BestFaces.samples)
        ),
    ]  # fmt: skip
    for detector in eyes.detectors:
        raw = detector._raw
        name = f"detector of {'people' if 'person' in detector.kinds else 'faces'}"
        patches.append(
            mock.patch.object(raw, "detect", stages.of(f"{name}: {detector.name}", raw.detect))
        )
    for patch in patches:
        patch.start()
    return patches


if __name__ == "__main__":
    main()
