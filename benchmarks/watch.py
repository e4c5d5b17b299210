"""Watching three sources: nothing is lost, rows equal those of a run, and how long rows take.

python benchmarks/watch.py [--minutes 10] [--segment 30] [--workers 2] [--out DIR]

Serves the three samples over and over, as RTSP, as Motion JPEG and as files dropped into a folder,
watches them, and then runs `analyzer run` over the same recordings. Tells, per source, how many
seconds were recorded, gaps, and the median and the longest time from the end of a recording to its
rows. From the end of an event to its rows it takes at most the length of a recording more.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from itertools import count
from pathlib import Path

from analyzer.live.analysis import latency_s, seconds_between
from analyzer.store.reader import CaseReader
from analyzer.store.recordings import Recording, recording_gaps, recordings
from tests.live.servers import start_server
from tests.live.test_recorder import free_port
from tests.live.test_watch import MEASURED
from tests.places import CORRIDOR, LOBBY, STORE

SETTLES_S = 20.0
"""Seconds before the end after which no file is dropped any more."""

ANALYZER = [sys.executable, "-c", "from analyzer.cli.main import main; main()"]


def drop_files(folder: Path, every_s: float, stop: threading.Event) -> None:
    """Drop a copy of the store's sample again and again; each is another recording."""
    for number in count():
        data = STORE.read_bytes()
        (folder / f"store_{number:04d}.avi").write_bytes(data + bytes(number % 251 + 1))
        if stop.wait(every_s):
            return


def watched(folder: Path, minutes: float, segment: float, workers: int) -> Path:
    """Watch the three sources for so long; return the case."""
    case, dropped = folder / "case", folder / "dropped"
    dropped.mkdir()
    ports = [free_port(), free_port()]
    servers = [start_server("rtsp", ports[0], LOBBY), start_server("mjpeg", ports[1], CORRIDOR)]
    stop = threading.Event()
    threading.Thread(target=drop_files, args=(dropped, segment, stop)).start()
    # The last file has to be taken before watching ends: what is dropped later is not in the case.
    last = threading.Timer(max(minutes * 60 - SETTLES_S, 0), stop.set)
    last.start()
    command = ["watch", f"rtsp://127.0.0.1:{ports[0]}/", f"http://127.0.0.1:{ports[1]}/", dropped]
    options = ["--case", case, "--segment", segment, "--for", minutes * 60, "--workers", workers]
    try:
        subprocess.run([*ANALYZER, *map(str, command + options)], check=True)
    finally:
        last.cancel()
        stop.set()
        for server in servers:
            server.kill()
    return case


def told(case: Path) -> dict[str, dict[str, float]]:
    """Return the figures of each source."""
    with CaseReader(case) as reader:
        by_camera: dict[str, list[Recording]] = {}
        for one in recordings(reader):
            by_camera.setdefault(one.camera, []).append(one)
        return {
            camera: {
                "recordings": len(own),
                "not analysed": sum(one.state != "analysed" for one in own),
                "seconds": round(
                    sum(seconds_between(one.arrival_begin, one.arrival_end) for one in own), 1
                ),
                "gaps": len(recording_gaps(reader, camera)),
                "median latency, s": round(statistics.median(map(latency_s, own)), 1),
                "longest latency, s": round(max(map(latency_s, own)), 1),
            }
            for camera, own in by_camera.items()
        }


def equal_tables(case: Path, other: Path, dropped: Path) -> list[str]:
    """Analyse the recordings again as files; return the tables whose rows differ."""
    inputs = map(str, [case / "recordings", dropped])
    subprocess.run([*ANALYZER, "run", *inputs, "--case", str(other)], check=True)
    with CaseReader(case) as live, CaseReader(other) as batch:
        return [name for name in MEASURED if list(live.rows(name)) != list(batch.rows(name))]


def main() -> None:
    """Print what was measured as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--segment", type=float, default=30.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    folder = options.out or Path(tempfile.mkdtemp(prefix="watch-"))
    folder.mkdir(exist_ok=True)
    begun = time.monotonic()
    case = watched(folder, options.minutes, options.segment, options.workers)
    found = {"sources": told(case), "wall_s": round(time.monotonic() - begun, 1)}
    found["tables that differ"] = equal_tables(case, folder / "run", folder / "dropped")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
