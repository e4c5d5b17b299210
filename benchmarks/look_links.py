"""Benchmark of links by appearance across two moments of one recording.

The pictures of a person are cut in an earlier and a later half where the gap between them is
longest, and every earlier half is compared with every later one of the same recording, by the rules
that link tracks. Without labels, a track is one person, and tracks in view at one moment are
different people: tracks that swap people spoil that. With ``--truth``, boxes of people in MOT form
tell who is in a picture and who is in view with whom; who comes back later has another number there.
Prints the share of
the pairs of one person and of two that are similar enough for a link, and the share of the pairs of
one person that pass where 1 in 100 pairs of two do, with 95 % intervals over people.

    python benchmarks/look_links.py CASE [--apart 2] [--truth BOXES.txt --of NAME --scale 0.625]
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzer.config_appearance import AppearanceSettings
from analyzer.identity.look_links import LookTrack, centred, least_similarities, mean_look
from analyzer.pipeline.look_people import look_tracks, scale_of
from analyzer.store.codec.values import vector_of
from analyzer.store.looks import look_models
from analyzer.store.reader import CaseReader
from analyzer.types import Box

FALSE_MATCHES = 0.01
DRAWS = 1000
SAME_BOX = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """Somebody seen at two moments of a video: a track that has pictures of both, looks (D,)."""

    track: str
    early: NDArray[np.float32]
    late: NDArray[np.float32]
    moments: frozenset[int]


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """What pairs of N people of one recording got: similarities (N, N) of earlier and later halves.

    ``strangers`` (N, N) tells which are surely two people, ``least`` what a link asks.
    """

    similar: NDArray[np.float64]
    strangers: NDArray[np.bool_]
    least: float

    def rates(self, rows: NDArray[np.intp] | None = None) -> tuple[float, float, float]:
        """Return true and false links, and true ones where 1 % of the false pairs pass."""
        rows = np.arange(len(self.similar)) if rows is None else rows
        true = np.diagonal(self.similar)[rows]
        square = np.ix_(rows, rows)
        false = self.similar[square][self.strangers[square]]
        if not len(true) or not len(false):
            return np.nan, np.nan, np.nan
        cut = np.quantile(false, 1 - FALSE_MATCHES)
        passed = (true >= self.least, false >= self.least, true >= cut)
        return tuple(float(one.mean()) for one in passed)  # type: ignore[return-value]


class Truth:
    """Who stands where, by boxes in MOT form; frames from 1, ``pictures_s`` of them a second."""

    def __init__(self, path: Path, scale: float, pictures_s: float) -> None:
        self._pictures_s = pictures_s
        self._frames: dict[int, list[tuple[int, Box]]] = defaultdict(list)
        seen: dict[int, set[int]] = defaultdict(set)
        for line in path.read_text().splitlines():
            frame, person, *box = (float(value) for value in line.split(",")[:6])
            self._frames[int(frame)].append((int(person), Box(*(scale * value for value in box))))
            seen[int(person)].add(int(frame))
        self.frames_of = {person: frozenset(frames) for person, frames in seen.items()}

    def who(self, t: float, box: Box) -> int | None:
        """Return who is in ``box`` at ``t``; None for nobody."""
        frame = self._frames[round(t * self._pictures_s) + 1]
        there = [(box.iou(other), person) for person, other in frame]
        overlap, person = max(there, default=(0.0, 0))
        return person if overlap >= SAME_BOX else None


def people_in(
    reader: CaseReader, model: str, tracks: list[LookTrack], apart_s: float, truth: Truth | None
) -> list[Person]:
    """Return who has pictures at two moments, ``apart_s`` from each other, of one recording."""
    pictures: dict[Any, list[Mapping[str, Any]]] = defaultdict(list)
    for row in reader.select(_BODIES, [tracks[0].sighting.video, model]):
        box = Box(row["x"], row["y"], row["w"], row["h"])
        who = row["track_id"] if truth is None else truth.who(row["t"], box)
        if who is not None:
            pictures[who].append(row)
    moments: Mapping[Any, frozenset[int]] = {t.sighting.id: t.sighting.moments for t in tracks}
    if truth is not None:
        moments = truth.frames_of
    found = []
    for who, rows in pictures.items():
        gaps = [b["t"] - a["t"] for a, b in pairwise(rows)]
        if gaps and max(gaps) >= apart_s:
            cut = int(np.argmax(gaps)) + 1
            early, late = _mean(rows[:cut]), _mean(rows[cut:])
            found.append(Person(rows[0]["track_id"], early, late, moments[who]))
    return found


_BODIES = """
SELECT k.track_id, b.t, b.x, b.y, b.w, b.h, b.quality, b.look FROM bodies b
JOIN track_tracklets k ON k.tracklet_id = b.tracklet_id JOIN tracks t ON t.id = k.track_id
WHERE t.video_sha256 = ? AND b.look_model = ? AND b.look IS NOT NULL AND b.quality > 0 ORDER BY b.t
"""


def _mean(rows: list[Mapping[str, Any]]) -> NDArray[np.float32]:
    looks = np.stack([vector_of(row["look"]) for row in rows])
    return mean_look(looks, np.array([row["quality"] for row in rows], float))


def compared(
    people: list[Person],
    tracks: list[LookTrack],
    settings: AppearanceSettings,
    model: str,
) -> Compared:
    """Return how alike ``people`` of one recording are, by the rules that link its ``tracks``."""
    scale = scale_of(model, settings)
    of_track = {track.sighting.id: track for track in tracks}
    halves = [
        _half(of_track[one.track], look, number)
        for number, (one, look) in enumerate(
            (p, look) for p in people for look in (p.early, p.late)
        )
    ]
    without = centred([*tracks, *halves])
    least = least_similarities(without, scale)
    looks = np.stack([half.look for half in without[len(tracks) :]])
    moments = [one.moments for one in people]
    apart = np.array([[not a.isdisjoint(b) for b in moments] for a in moments])
    np.fill_diagonal(apart, False)
    return Compared(looks[::2] @ looks[1::2].T, apart, float(least[-1]))


def _half(track: LookTrack, look: NDArray[np.float32], number: int) -> LookTrack:
    """Return a half of a track, in view with nobody: it says nothing of its camera."""
    sighting = replace(track.sighting, moments=frozenset({-1 - number}))
    return replace(track, look=look, sighting=sighting)


def interval(found: Compared, which: int) -> str:
    """Return the 95 % bootstrap interval over people of one of the rates."""
    rng = np.random.default_rng(1)
    count = len(found.similar)
    drawn = [found.rates(rng.integers(count, size=count))[which] for _ in range(DRAWS)]
    low, high = np.nanquantile(drawn, (0.025, 0.975))
    return f"({low:.2f} to {high:.2f})"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("case", type=Path)
    parser.add_argument("--apart", type=float, default=2.0, help="Least seconds between halves.")
    parser.add_argument("--truth", type=Path, help="Boxes of people in MOT form.")
    parser.add_argument(
        "--of", default="", help="Recording that the truth is of: a part of its name."
    )
    parser.add_argument("--scale", type=float, default=1.0, help="Factor of the boxes.")
    parser.add_argument(
        "--pictures", type=float, default=10.0, help="Pictures of the truth a second."
    )
    options = parser.parse_args()
    truth = None
    if options.truth is not None:
        truth = Truth(options.truth, options.scale, options.pictures)
    with CaseReader(options.case) as reader:
        model = look_models(reader)[0]
        tracks = look_tracks(reader, model)
        print(
            f"{model}: people, pairs of strangers; links of one person, of two; of one at 1 % of two"
        )
        for video, paths in sorted(reader.known_videos().items(), key=lambda item: item[1]):
            if options.of not in paths[0]:
                continue
            own = [track for track in tracks if track.sighting.video == video]
            people = people_in(reader, model, own, options.apart, truth) if own else []
            if len(people) < 2:
                continue
            found = compared(people, own, AppearanceSettings(), model)
            true, false, at_rate = found.rates()
            print(
                f"{Path(paths[0]).name:<32}{len(people):4}{int(found.strangers.sum()):6}   "
                f"{true:.2f} {interval(found, 0)}   {false:.3f} {interval(found, 1)}   "
                f"{at_rate:.2f} {interval(found, 2)}   threshold {found.least:.3f}"
            )


if __name__ == "__main__":
    main()
