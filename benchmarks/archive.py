"""Benchmark of robustness: 200 files, 40 of them broken in ten ways.

All files must be handled, and every reported reason must be true.

    python benchmarks/archive.py [--workers N] [--keep DIR]

Makes the files with ffmpeg, runs `analyzer run` over them and `analyzer verify` over the case, and
checks each outcome. Prints one JSON object; exit code 1 when an outcome is not the expected one.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from analyzer.video.ffmpeg import wheel_ffmpeg

GOOD, EACH_BROKEN = 160, 4
CONTAINERS = ("mp4", "mkv", "flv", "mov")
ANALYZER = [sys.executable, "-c", "from analyzer.cli.main import main; main()"]

BREAK: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "cut before its index": (lambda d: d[: d.rindex(b"moov") - 4], "index (moov) is missing"),
    "cut to 600 bytes": (lambda d: d[:600], "index (moov) is missing"),
    "unknown codec": (lambda d: d.replace(b"avc1", b"zzzz"), "codec is unknown"),
    "no pictures in its data": (
        lambda d: _zeroed(d, d.index(b"mdat") + 4, d.rindex(b"moov") - 4),
        "not one picture could be decoded",
    ),
    "no track": (lambda d: d.replace(b"trak", b"skip"), "has no video stream"),
    "empty": (lambda _: b"", "is empty (0 bytes)"),
    "text": (lambda _: b"camera out of order\n" * 50, "is not a video"),
    "bytes without meaning": (
        lambda d: bytes((b * 167 + i) & 255 for i, b in enumerate(d)),
        "is not a video",
    ),
    "playlist of a file": (
        lambda _: b"ffconcat version 1.0\nfile good_000.mp4\n",
        "is a playlist",
    ),
    "playlist of a host": (
        lambda _: b"#EXTM3U\n#EXTINF:9,\nhttp://127.0.0.1/a.ts\n#EXT-X-ENDLIST\n",
        "is a playlist",
    ),
}


def main() -> int:
    """Run the comparison and print its result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", default="2")
    parser.add_argument("--keep", type=Path, help="folder to work in; removed without it")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        report = measure(options.keep or Path(scratch), options.workers)
    print(json.dumps(report, indent=1))
    return 0 if report["as_expected"] else 1


def measure(folder: Path, workers: str) -> dict[str, object]:
    """Make the archive under ``folder``, analyse it, and compare every outcome."""
    archive, case = folder / "archive", folder / "case"
    archive.mkdir(parents=True)
    expected = make_archive(archive)
    begun = time.monotonic()
    done = analyzer("run", archive, "--case", case, "--workers", workers, "--json")
    wall_s = time.monotonic() - begun
    summary = json.loads(done.stdout)
    videos = {Path(video["path"]).name: video for video in summary["videos"]}
    wrong = {
        name: videos[name]["reason"]
        for name, words in expected.items()
        if (videos[name]["status"] == "done") != (words is None)
        or (words is not None and words not in (videos[name]["reason"] or ""))
    }
    verified = analyzer("verify", case, "--json")
    return {
        "files": len(videos),
        "status": Counter(video["status"] for video in videos.values()),
        "exit": done.returncode,
        "wrong": wrong,
        "seconds_of_video": summary["processed_s"],
        "wall_s": round(wall_s, 1),
        "times_real_time": round(summary["processed_s"] / wall_s, 2),
        "verify_exit": verified.returncode,
        "as_expected": not wrong and done.returncode == 3 and verified.returncode == 0,
    }


def make_archive(folder: Path) -> dict[str, str | None]:
    """Fill ``folder`` and return the expected reason of each file; None if it is good."""
    expected: dict[str, str | None] = {}
    source = folder / "good_000.mp4"
    pattern = "-f lavfi -i testsrc2=size=176x144:rate=25:duration=2 -c:v libx264 -g 25"
    ffmpeg(*pattern.split(), "-preset", "ultrafast", source)
    expected[source.name] = None
    for number in range(1, GOOD):
        path = folder / f"good_{number:03d}.{CONTAINERS[number % len(CONTAINERS)]}"
        ffmpeg("-i", source, "-c", "copy", "-metadata", f"title=camera {number}", path)
        expected[path.name] = None
    whole = source.read_bytes()
    for kind, (change, words) in BREAK.items():
        for number in range(EACH_BROKEN):
            path = folder / f"{kind.replace(' ', '_')}_{number}.mp4"
            path.write_bytes(change(whole))
            expected[path.name] = words
    return expected


def _zeroed(data: bytes, begin: int, end: int) -> bytes:
    return data[:begin] + bytes(end - begin) + data[end:]


def ffmpeg(*arguments: object) -> None:
    """Run ffmpeg without output."""
    command = [wheel_ffmpeg().path, "-nostdin", "-v", "error", "-y", *map(str, arguments)]
    subprocess.run(command, check=True)


def analyzer(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the command line."""
    return subprocess.run(
        [*ANALYZER, *map(str, arguments)], capture_output=True, text=True, check=False
    )


if __name__ == "__main__":
    sys.exit(main())
