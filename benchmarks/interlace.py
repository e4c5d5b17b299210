"""Cost of deinterlacing, and of the looks that tell which recordings need it.

``python benchmarks/interlace.py [CLIP]`` decodes CLIP as it is and deinterlaced, and prints the
processor time per stored picture; without CLIP a pattern of 704 × 576 is woven from 50 fields a
second. Then it prints what probing takes.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from analyzer.types import VideoInfo
from analyzer.video.decode import Decoder
from analyzer.video.ffmpeg import find_ffmpeg
from analyzer.video.probe import probe
from analyzer.video.segments import plan_segments

FPS = 10.0


def woven(folder: Path) -> Path:
    """Return 20 s of a pattern in two fields, as an analogue recorder digitises it."""
    path = folder / "woven.mp4"
    source = ["-f", "lavfi", "-i", "testsrc2=size=704x576:rate=50:duration=20"]
    coding = ["-vf", "interlace", "-c:v", "libx264", "-preset", "veryfast", "-x264-params", "tff=1"]
    command = [find_ffmpeg().path, "-nostdin", "-v", "error", "-y", *source, *coding, str(path)]
    subprocess.run(command, check=True)
    return path


def decoding_ms(info: VideoInfo) -> float:
    """Return the processor time of the decoder per stored picture, in ms."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    for span in plan_segments(info, 1e9, 0):
        for _ in Decoder(info, span, FPS):
            pass
    return (resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before) / info.frames * 1000


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(sys.argv[1]) if len(sys.argv) > 1 else woven(Path(folder))
        probe(path)  # starts the process that reads packets
        begun = time.monotonic()
        info = probe(path)
        probing = time.monotonic() - begun
        woven_info = replace(info, interlaced=True, field_order=info.field_order or "tff")
        plain = decoding_ms(replace(info, interlaced=False))
        deinterlaced = decoding_ms(woven_info)
    print(f"{path.name}: {info.width} x {info.height}, {info.frames} pictures")
    print(f"interlaced: {info.interlaced} {info.field_order}")
    print(f"decoding as it is {plain:.2f} ms, deinterlaced {deinterlaced:.2f} ms a picture")
    print(f"probing {probing:.2f} s")


if __name__ == "__main__":
    main()
