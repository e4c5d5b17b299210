"""Benchmark of recovery: a run killed at random moments, resumed, and its rows compared.

Run: .venv/bin/python benchmarks/recovery.py [--clips 20] [--kills 10] [--workers 2] [--seed 0]

The clips are cut from the samples; the same run is made once undisturbed. What `analyzer export`
writes of both cases, and the face pictures, must be the same bytes, but for what names a run.
"""

from __future__ import annotations

import argparse
import csv
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from analyzer.video.ffmpeg import find_ffmpeg

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "samples"
CLIP_S = 5.0
VARYING = {"runs", "audit"}
"""Exported tables whose rows hold run ids and times of day."""


def main() -> None:
    """Run undisturbed, run disturbed, compare; exits with 1 where the two differ."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=int, default=20)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        make_clips(work / "clips", arguments.clips)
        begun = time.monotonic()
        command(work, "undisturbed", arguments.workers).wait()
        whole_s = time.monotonic() - begun
        print(f"undisturbed: {arguments.clips} clips in {whole_s:.0f} s", flush=True)
        kills = disturbed(work, arguments.workers, arguments.kills, whole_s, arguments.seed)
        different = differences(work / "undisturbed", work / "disturbed")
    print(f"killed {kills} times; different: {', '.join(different) or 'nothing'}")
    sys.exit(bool(different) or kills < arguments.kills)


def make_clips(folder: Path, count: int) -> None:
    """Cut ``count`` different clips of a few seconds from the samples, round and round."""
    folder.mkdir()
    sources = sorted((SAMPLES / "footage").iterdir())
    for number in range(count):
        source, turn = sources[number % len(sources)], number // len(sources)
        out = folder / f"clip{number:02}{source.suffix}"
        part = ["-ss", f"{0.6 * turn:.1f}", "-i", str(source), "-t", f"{CLIP_S + 0.2 * turn:.1f}"]
        encode = ["-c", "copy"] if source.suffix == ".avi" else ["-c:v", "libx264", "-g", "25"]
        subprocess.run(
            [find_ffmpeg().path, "-nostdin", "-v", "error", *part, *encode, "-an", str(out)],
            check=True,
        )


def command(work: Path, case: str, workers: int) -> subprocess.Popen[bytes]:
    """Start the run into ``case``."""
    return subprocess.Popen(
        [sys.executable, "-c", "from analyzer.cli.main import main; main()", "run"]
        + [str(work / "clips"), "--gallery", str(SAMPLES / "gallery")]
        + ["--case", str(work / case), "--workers", str(workers)],
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
    )


def disturbed(work: Path, workers: int, kills: int, whole_s: float, seed: int) -> int:
    """Kill the coordinator at random moments until ``kills`` hit; let it end; return how many."""
    chance, done = random.Random(seed), 0
    while done < kills:
        running = command(work, "disturbed", workers)
        # Early kills hit the start, late ones the analysis or, in the end, the report.
        try:
            running.wait(chance.uniform(0.1, 0.5) * whole_s)
            break
        except subprocess.TimeoutExpired:
            running.send_signal(signal.SIGKILL)
            running.wait()
            done += 1
            print(f"  killed {done}: {segments(work / 'disturbed')} parts in the case", flush=True)
    command(work, "disturbed", workers).wait()
    return done


def segments(case: Path) -> int:
    """Return how many segments are in the case so far."""
    from analyzer.errors import CaseError
    from analyzer.store.reader import CaseReader

    try:
        with CaseReader(case) as reader:
            return len(list(reader.rows("segments")))
    except CaseError:
        return 0


def differences(one: Path, other: Path) -> list[str]:
    """Return the exported tables and the pictures that differ between two cases."""
    exports = []
    for case in (one, other):
        out = case.with_name(f"{case.name}-export")
        subprocess.run(
            [sys.executable, "-c", "from analyzer.cli.main import main; main()", "export"]
            + [str(case), "--format", "csv", "--out", str(out)],
            check=True,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        exports.append({p.stem: rows(p) for p in out.glob("*.csv") if p.stem not in VARYING})
    different = [name for name in exports[0] if exports[0][name] != exports[1].get(name)]
    if pictures(one) != pictures(other):
        different.append("faces")
    return different


def rows(table: Path) -> list[dict[str, str]]:
    """Return the rows of an exported table without the run that made them."""
    with table.open(newline="") as file:
        return [{k: v for k, v in row.items() if k != "run_id"} for row in csv.DictReader(file)]


def pictures(case: Path) -> set[str]:
    """Return the names of the face pictures, which are the hashes of their content."""
    return {path.name for path in (case / "faces").rglob("*.jpg")}


if __name__ == "__main__":
    main()
