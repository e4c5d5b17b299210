"""Benchmark of links by appearance across two moments of one recording.

For every track of a case with pictures at least ``--apart`` seconds from each other, the earlier
half of its pictures is compared with the later half of every track of the same recording. The truth
needs no labels: a track is one person, and tracks that are in view at one moment are different
people. Prints how many true pairs pass where 1 in 100 false ones do, per recording and over all,
with an interval over tracks, and how many pass at the threshold of the model.

    python benchmarks/look_links.py CASE [--apart 2]
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from itertools import pairwise, permutations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analyzer.config_appearance import AppearanceSettings
from analyzer.identity.look_links import mean_look
from analyzer.pipeline.look_people import scale_of
from analyzer.store.codec.values import vector_of
from analyzer.store.looks import look_models
from analyzer.store.reader import CaseReader

FALSE_MATCHES = 0.01
DRAWS = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Halves:
    """One track: the mean looks (D,) of its earlier and its later pictures, and when it is seen."""

    video: str
    moments: frozenset[int]
    early: NDArray[np.float32]
    late: NDArray[np.float32]


def halves_in(reader: CaseReader, model: str, apart_s: float) -> list[Halves]:
    """Return the tracks of a case that have pictures at two moments."""
    found = []
    for track in reader.rows("tracks"):
        rows = [row for row in reader.select(_BODIES, [track["id"], model]) if row["quality"] > 0]
        gaps = [b["t"] - a["t"] for a, b in pairwise(rows)]
        if not gaps or max(gaps) < apart_s:
            continue
        cut = int(np.argmax(gaps)) + 1
        early, late = (_mean(part) for part in (rows[:cut], rows[cut:]))
        seen = reader.rows("track_observations", "track_id = ?", [track["id"]])
        moments = frozenset(row["pts"] for row in seen)
        found.append(Halves(track["video_sha256"], moments, early, late))
    return found


_BODIES = """
SELECT b.t, b.quality, b.look FROM bodies b JOIN track_tracklets k ON k.tracklet_id = b.tracklet_id
WHERE k.track_id = ? AND b.look_model = ? AND b.look IS NOT NULL ORDER BY b.t
"""


def _mean(rows: list[dict[str, float | bytes]]) -> NDArray[np.float32]:
    looks = np.stack([vector_of(bytes(row["look"])) for row in rows])  # type: ignore[arg-type]
    return mean_look(looks, np.array([row["quality"] for row in rows], float))


def rates(tracks: list[Halves], threshold: float) -> tuple[int, int, float, float, float]:
    """Return pairs of one and of two people, true matches at 1 % false, and both at a threshold."""
    true = np.array([float(t.early @ t.late) for t in tracks])
    false = np.array(
        [
            float(a.early @ b.late)
            for a, b in permutations(tracks, 2)
            if a.video == b.video and not a.moments.isdisjoint(b.moments)
        ]
    )
    if not len(true) or not len(false):
        return len(true), len(false), np.nan, np.nan, np.nan
    cut = np.quantile(false, 1 - FALSE_MATCHES)
    return (
        len(true),
        len(false),
        float((true >= cut).mean()),
        float((true >= threshold).mean()),
        float((false >= threshold).mean()),
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("case", type=Path)
    parser.add_argument("--apart", type=float, default=2.0, help="Least seconds between halves.")
    options = parser.parse_args()
    with CaseReader(options.case) as reader:
        model = look_models(reader)[0]
        tracks = halves_in(reader, model, options.apart)
        names = {sha256: paths[0] for sha256, paths in reader.known_videos().items() if paths}
    threshold = scale_of(model, AppearanceSettings()).threshold
    print(f"{model}, threshold {threshold:.3f}: pairs of one person, of two; true matches at 1 %")
    print("false ones; true and false matches at the threshold")
    groups = {name: [t for t in tracks if t.video == sha256] for sha256, name in names.items()}
    for name, own in [*sorted(groups.items()), ("all", tracks)]:
        one, two, at_rate, true, false = rates(own, threshold)
        print(f"{Path(name).name:<40}{one:5}{two:7}   {at_rate:6.3f}   {true:6.3f} {false:6.3f}")
    rng = np.random.default_rng(1)
    drawn = [
        rates([tracks[i] for i in rng.integers(len(tracks), size=len(tracks))], threshold)[2]
        for _ in range(DRAWS if len(tracks) < 60 else DRAWS // 10)
    ]
    low, high = np.nanquantile(drawn, (0.025, 0.975))
    print(f"95 % interval of the true matches at 1 % false: {low:.3f} to {high:.3f}")


if __name__ == "__main__":
    main()
