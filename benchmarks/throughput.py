"""How fast the whole job is: beside decoding alone and beside the loop a user would write.

Run: .venv/bin/python benchmarks/throughput.py [CLIP...] [--seconds 60] [--gallery DIR]

Everything is measured in this one run, on the same looped clip, and told as frames of video a
second and as ratios: machines are noisy, ratios within a run are not. The job is measured warm (a
first short run loads the networks), as in an archive of many files; loading is told apart.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from analyzer.config import Settings
from analyzer.pipeline.batch import RunRequest, run_batch
from analyzer.pipeline.watch import Progress
from analyzer.video.ffmpeg import find_ffmpeg

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"
EMPTY = ROOT / "samples" / "footage" / "lobby_cam1_20240312_081500.mp4"
"""Nobody is in the first picture of it."""
LOOP_FRAMES = 40
STILL_TIMES = 20
"""A recording in which nothing moves is long: some thousand frames of it are decoded a second."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One clip to measure on."""

    name: str
    path: Path
    frames: int
    size: str


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
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        clips = [_looped(path, work, arguments.seconds) for path in arguments.clips or _default()]
        clips += [
            _still("empty room", EMPTY, work, arguments.seconds),
            _still("somebody who does not move", clips[0].path, work, arguments.seconds),
        ]
        warm_up = time.monotonic()
        _job(clips[0], work / "warm", arguments.gallery, 1)
        print(f"first run, loading included: {time.monotonic() - warm_up:.1f} s")
        for clip in clips:
            _measure(clip, work, arguments.gallery, arguments.workers)


def _default() -> list[Path]:
    shared = [SHARED / "footage" / f"{name}.mp4" for name in ("obama_podium", "street_1080p")]
    found = [path for path in shared if path.exists()]
    return found or sorted((ROOT / "samples" / "footage").glob("*.mp4"))[:1]


def _measure(clip: Clip, work: Path, gallery: Path, workers: int | None) -> None:
    decode = clip.frames / _timed(lambda: _decode(clip))
    one = clip.frames / _job(clip, work / f"{clip.name}-1", gallery, 1)
    many = clip.frames / _job(clip, work / f"{clip.name}-n", gallery, workers)
    every, sampled = _plain_loop(clip)
    best = max(one, many)
    print(f"\n{clip.name} ({clip.size}, {clip.frames} frames)")
    print(f"  decode alone (ffmpeg -f null)         {decode:8.1f} frames/s")
    print(
        f"  analyzer, one process                 {one:8.1f} frames/s   {one / decode:.2f} × decode"
    )
    print(
        f"  analyzer, a process a core            {many:8.1f} frames/s   {many / decode:.2f} × decode"
    )
    print(
        f"  plain face_recognition loop           {every:8.1f} frames/s   analyzer {best / every:.1f} ×"
    )
    print(
        f"  the same loop, 5 frames a second      {sampled:8.1f} frames/s   analyzer {best / sampled:.1f} ×"
    )


def _timed(action: object) -> float:
    begun = time.perf_counter()
    action()  # type: ignore[operator]
    return time.perf_counter() - begun


def _job(clip: Clip, case: Path, gallery: Path, workers: int | None) -> float:
    """Return the seconds of one whole run: probe, analysis, candidates, database and report."""
    request = RunRequest(
        (str(clip.path),), case, gallery, Settings(), workers, fresh=True, command="benchmark"
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


def _plain_loop(clip: Clip) -> tuple[float, float]:
    """Return frames of video a second of the usual loop: on every frame, and on 5 a second."""
    import cv2
    import face_recognition

    capture = cv2.VideoCapture(str(clip.path))
    rate = capture.get(cv2.CAP_PROP_FPS)
    known = [np.zeros(128)]
    begun = time.perf_counter()
    seen = 0
    while seen < LOOP_FRAMES:
        ok, frame = capture.read()
        if not ok:
            break
        rgb = np.ascontiguousarray(frame[:, :, ::-1])
        boxes = face_recognition.face_locations(rgb)
        for code in face_recognition.face_encodings(rgb, boxes):
            face_recognition.compare_faces(known, code)
        seen += 1
    looked = (time.perf_counter() - begun) / seen
    begun = time.perf_counter()
    for _ in range(LOOP_FRAMES):
        capture.read()
    read = (time.perf_counter() - begun) / LOOP_FRAMES
    stride = max(round(rate / 5), 1)
    return 1 / looked, stride / (looked + (stride - 1) * read)


def _looped(path: Path, work: Path, seconds: float) -> Clip:
    work.mkdir(exist_ok=True)
    out = work / f"{path.stem}.mp4"
    subprocess.run(
        [find_ffmpeg().path, "-v", "error", "-y", "-stream_loop", "-1", "-i", str(path)]
        + ["-t", str(seconds), "-c", "copy", "-an", str(out)],
        check=True,
    )
    return _clip(path.stem, out)


def _still(name: str, path: Path, work: Path, seconds: float) -> Clip:
    """Return a long clip of the first picture of ``path``: nothing moves but sensor noise."""
    once = work / f"{name}.mp4"
    source = ["-v", "error", "-y", "-i", str(path)]
    chain = (
        f"trim=end_frame=1,loop=-1:1:0,setpts=N/25/TB,noise=alls=4:allf=t,trim=duration={seconds}"
    )
    subprocess.run(
        [find_ffmpeg().path, *source, "-vf", chain, "-r", "25", "-an", "-c:v", "libx264"]
        + ["-preset", "veryfast", "-pix_fmt", "yuv420p", str(once)],
        check=True,
    )
    still = _looped(once, work / "still", STILL_TIMES * seconds)
    return replace(still, name=name)


def _clip(name: str, path: Path) -> Clip:
    from analyzer.video.probe import probe

    info = probe(path)
    return Clip(name, path, info.frames, f"{info.width}×{info.height}")


if __name__ == "__main__":
    main()
