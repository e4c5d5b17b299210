"""Benchmark of throughput, beside decoding alone and beside a simple loop of a user.

Run: .venv/bin/python benchmarks/throughput.py [CLIP...] [--seconds 60] [--gallery DIR] [--fer]

Everything is measured in this one run, on the same looped clip, and told as frames of video a
second and as ratios: machines are noisy, ratios within a run are less so. Where other programs use
the machine the ratio of processor time, decoding's over ours, is the steadier one. The job is measured warm (a
first short run loads the networks), as in an archive of many files; loading is told apart.
"""

from __future__ import annotations

import argparse
import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from analyzer.commands.run import RunRequest, run_batch
from analyzer.config import Settings
from analyzer.pipeline.progress import Progress
from analyzer.video.ffmpeg import find_ffmpeg

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"
EMPTY = ROOT / "samples" / "footage" / "lobby_cam1_20240312_081500.mp4"
"""Its first picture is empty of people."""
LOOP_FRAMES = 40
FER_PACKAGES = (
    "fer==22.5.1",
    "setuptools<81",
    "opencv-contrib-python<5",
    "tensorflow",
    "moviepy<2",
)
"""Pins that the package fer needs and does not declare."""
STILL_TIMES = 20
"""A recording in which nothing moves is long: about a thousand frames of it are decoded per second."""

ENCODED_AWAY = (4, ())
"""Level of the sensor's noise and its encoding: x264 removes all of it, at 40 kbit/s."""
RECORDER = (10, ("-b:v", "800k", "-bf", "0"))
"""As recorders write: a constant rate, which is spent on noise where nothing moves."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One clip to measure on."""

    name: str
    path: Path
    frames: int
    size: str
    rate: float


class _Silent:
    def update(self, progress: Progress) -> None:
        """Ignore ``progress``."""


def main() -> None:
    """Measure every clip and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", nargs="*", type=Path)
    parser.add_argument("--seconds", type=float, default=60.0, help="length of the looped clips")
    parser.add_argument("--gallery", type=Path, default=ROOT / "samples" / "gallery")
    parser.add_argument("--workers", type=int, default=None, help="processes  [one a core]")
    parser.add_argument("--fer", action="store_true", help="beside fer, installed for the moment")
    parser.add_argument("--fer-python", type=Path, help="beside fer, in this environment")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        fer_python = arguments.fer_python
        if arguments.fer:
            fer_python = _fer_environment(work / "fer")
        clips = [_looped(path, work, arguments.seconds) for path in arguments.clips or _default()]
        clips += [
            _still("empty room", EMPTY, work, arguments.seconds),
            _still("empty room, recorder's rate", EMPTY, work, arguments.seconds, RECORDER),
            _still("somebody who does not move", clips[0].path, work, arguments.seconds),
        ]
        warm_up = time.monotonic()
        _job(clips[0], work / "warm", arguments.gallery, 1, Settings())
        print(f"first run, loading included: {time.monotonic() - warm_up:.1f} s")
        for clip in clips:
            _measure(clip, work, arguments.gallery, arguments.workers, fer_python)


def _default() -> list[Path]:
    shared = [SHARED / "footage" / f"{name}.mp4" for name in ("obama_podium", "street_1080p")]
    found = [path for path in shared if path.exists()]
    return found or sorted((ROOT / "samples" / "footage").glob("*.mp4"))[:1]


def _measure(
    clip: Clip, work: Path, gallery: Path, workers: int | None, fer_python: Path | None
) -> None:
    decode_cpu, decode = _timed(lambda: _decode(clip))
    decode = clip.frames / decode
    print(f"\n{clip.name} ({clip.size}, {clip.frames} frames)")
    _line("decode alone (ffmpeg -f null)", decode, "")
    best, faces = 0.0, 0.0
    jobs = (
        ("analyzer, one process", 1, Settings()),
        ("analyzer, a process a core", workers, Settings()),
        ("analyzer --triage, one process", 1, Settings().with_values("sampling", triage=True)),
    )
    for name, count, settings in jobs:
        case = work / f"{clip.name}-{name}"
        cpu, seconds = _job(clip, case, gallery, count, settings)
        told = f"{clip.frames / seconds / decode:.2f} × decode, processor {decode_cpu / cpu:.2f} ×"
        _line(name, clip.frames / seconds, told)
        if not settings.sampling.triage:
            best = max(best, clip.frames / seconds)
            faces = _faces(case)
    print(f"    faces a picture looked at: {faces:.2f}")
    for loop in _loops(clip, fer_python):
        told = f"analyzer {best / loop.rate:.1f} ×, faces a picture {loop.faces:.2f}"
        _line(loop.name, loop.rate, told)


def _line(name: str, rate: float, told: str) -> None:
    print(f"  {name:38}{rate:8.1f} frames/s   {told}", flush=True)


def _faces(case: Path) -> float:
    """Return how many faces were followed on each picture that was sampled."""
    with sqlite3.connect(case / "case.db") as db:
        faces = db.execute("SELECT count(*) FROM observations WHERE face_x IS NOT NULL")
        pictures = db.execute("SELECT sum(frames_sampled) FROM segments")
        return float(faces.fetchone()[0] / pictures.fetchone()[0])


def _timed(action: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds of processor time, children included, and of the clock."""
    begun, before = time.perf_counter(), _processor_s()
    action()
    return _processor_s() - before, time.perf_counter() - begun


def _processor_s() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def _job(
    clip: Clip, case: Path, gallery: Path, workers: int | None, settings: Settings
) -> tuple[float, float]:
    """Return the cost of one whole run: probe, analysis, candidates, database and report."""
    request = RunRequest(
        (str(clip.path),), case, gallery, settings, workers, fresh=True, command="benchmark"
    )
    return _timed(lambda: run_batch(request, _Silent()))


def _decode(clip: Clip) -> None:
    subprocess.run(
        [
            find_ffmpeg().path,
            "-v",
            "error",
            "-threads",
            "1",
            "-i",
            str(clip.path),
            "-f",
            "null",
            "-",
        ],
        check=True,
    )


@dataclass(frozen=True, slots=True)
class Loop:
    """A simple loop of a user; ``rate`` frames of video per second."""

    name: str
    rate: float
    faces: float


def _loops(clip: Clip, fer_python: Path | None) -> Iterator[Loop]:
    """Yield the usual loops, on every frame and on five frames per second."""
    looked, read, faces = _face_recognition(clip)
    yield Loop("face_recognition, every frame", 1 / looked, faces)
    yield Loop("face_recognition, 5 frames a second", _sampled(clip, looked, read), faces)
    if fer_python is not None:
        script = Path(__file__).with_name("fer_loop.py")
        done = subprocess.run(
            [fer_python, script, clip.path, str(LOOP_FRAMES)],
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        answer = json.loads(done.stdout.splitlines()[-1])
        yield Loop("fer, every frame", 1 / answer["seconds"], answer["faces"])
        sampled = _sampled(clip, answer["seconds"], read)
        yield Loop("fer, 5 frames a second", sampled, answer["faces"])


def _sampled(clip: Clip, looked: float, read: float) -> float:
    stride = max(round(clip.rate / 5), 1)
    return stride / (looked + (stride - 1) * read)


def _face_recognition(clip: Clip) -> tuple[float, float, float]:
    """Return seconds per analysed frame, seconds per frame only read, and faces per frame."""
    import cv2
    import face_recognition

    capture = cv2.VideoCapture(str(clip.path))
    known = [np.zeros(128)]
    begun = time.perf_counter()
    seen = faces = 0
    while seen < LOOP_FRAMES:
        ok, frame = capture.read()
        if not ok:
            break
        rgb = np.ascontiguousarray(frame[:, :, ::-1])
        boxes = face_recognition.face_locations(rgb)
        faces += len(boxes)
        for code in face_recognition.face_encodings(rgb, boxes):
            face_recognition.compare_faces(known, code)
        seen += 1
    looked = (time.perf_counter() - begun) / seen
    begun = time.perf_counter()
    for _ in range(LOOP_FRAMES):
        capture.read()
    return looked, (time.perf_counter() - begun) / LOOP_FRAMES, faces / seen


def _fer_environment(folder: Path) -> Path:
    """Make an environment with the package `fer` and return its Python; needs the network."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", *FER_PACKAGES], check=True)
    return python


def _looped(path: Path, work: Path, seconds: float) -> Clip:
    work.mkdir(exist_ok=True)
    out = work / f"{path.stem}.mp4"
    subprocess.run(
        [find_ffmpeg().path, "-v", "error", "-y", "-stream_loop", "-1", "-i", str(path)]
        + ["-t", str(seconds), "-c", "copy", "-an", str(out)],
        check=True,
    )
    return _clip(path.stem, out)


def _still(
    name: str,
    path: Path,
    work: Path,
    seconds: float,
    made: tuple[int, tuple[str, ...]] = ENCODED_AWAY,
) -> Clip:
    """Return a long clip of the first picture of ``path``: nothing moves but sensor noise."""
    noise, encoding = made
    once = work / f"{name}.mp4"
    source = ["-v", "error", "-y", "-i", str(path)]
    chain = (
        "trim=end_frame=1,loop=-1:1:0,setpts=N/25/TB,"
        f"noise=alls={noise}:allf=t,trim=duration={seconds}"
    )
    subprocess.run(
        [find_ffmpeg().path, *source, "-vf", chain, "-r", "25", "-an", "-c:v", "libx264"]
        + ["-preset", "veryfast", *encoding, "-pix_fmt", "yuv420p", str(once)],
        check=True,
    )
    still = _looped(once, work / "still", STILL_TIMES * seconds)
    return replace(still, name=name)


def _clip(name: str, path: Path) -> Clip:
    from analyzer.video.probe import probe

    info = probe(path)
    return Clip(name, path, info.frames, f"{info.width}×{info.height}", info.average_rate)


if __name__ == "__main__":
    main()
