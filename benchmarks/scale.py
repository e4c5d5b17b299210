"""Benchmark of scaling with workers, duration and people: time, memory, database size.

Run: .venv/bin/python benchmarks/scale.py [--seconds 120] [--clip FILE]

Two workers are judged beside what this machine gives two independent programs: cores that are
hyperthreads of one, or that others use, give less than twice one. Memory is resident memory, read
from /proc five times a second.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from analyzer.video.ffmpeg import find_ffmpeg

ROOT = Path(__file__).resolve().parents[1]
LOBBY = ROOT / "samples" / "footage" / "lobby_cam1_20240312_081500.mp4"
PEOPLE = (0, 1, 2, 4)
FFMPEG = [find_ffmpeg().path, "-nostdin", "-v", "error", "-y"]
H264 = ["-c:v", "libx264", "-preset", "veryfast", "-g", "50", "-an"]


@dataclass(slots=True)
class Run:
    """One whole job: seconds, and the largest resident memory in MB of each kind of process."""

    case: Path
    seconds: float = 0.0
    coordinator: list[float] = field(default_factory=list)
    worker: float = 0.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=120.0, help="length of the clips")
    parser.add_argument("--clip", type=Path, default=LOBBY, help="what is looped")
    arguments = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        once = looped(arguments.clip, work / "once.mp4", arguments.seconds)
        longer = looped(arguments.clip, work / "longer.mp4", 4 * arguments.seconds)
        settings = work / "settings.toml"
        settings.write_text("[sampling]\nsegment_s = 30.0\n")
        workers(longer, work, settings)
        memory(once, longer, work, settings, arguments.seconds)
        people(work, arguments.seconds / 2)


def workers(clip: Path, work: Path, settings: Path) -> None:
    """Print what two workers give, beside what two independent decoders give."""
    one = job(clip, work / "one", 1, settings).seconds
    two = job(clip, work / "two", 2, settings).seconds
    single, double = decoders(clip, 1), decoders(clip, 2)
    machine = 2 * single / double
    print(f"two workers: {one / two:.2f} × one ({one:.0f} s, {two:.0f} s)")
    print(f"  two independent decoders here: {machine:.2f} × one; the job reaches "
          f"{one / two / machine:.0%} of that")  # fmt: skip


def decoders(clip: Path, count: int) -> float:
    """Return the seconds that ``count`` decoders of one thread take side by side."""
    command = [*FFMPEG, "-threads", "1", "-i", str(clip), "-f", "null", "-"]
    begun = time.perf_counter()
    running = [subprocess.Popen(command) for _ in range(count)]
    for process in running:
        process.wait()
    return time.perf_counter() - begun


def memory(once: Path, longer: Path, work: Path, settings: Path, seconds: float) -> None:
    """Print memory against duration, and what an hour takes in the database and in the report."""
    for name, clip, length in (("once", once, seconds), ("longer", longer, 4 * seconds)):
        run = job(clip, work / name, 2, settings)
        quarter = len(run.coordinator) // 4
        early, late = max(run.coordinator[: 2 * quarter + 1]), max(run.coordinator[2 * quarter :])
        print(f"{length:.0f} s of video: coordinator {early:.0f} MB in the first half, {late:.0f} MB "
              f"in the second; largest worker {run.worker:.0f} MB")  # fmt: skip
        size = (run.case / "case.db").stat().st_size / 1e6 / length * 3600
        begun = time.perf_counter()
        subprocess.run([*analyzer(), "report", str(run.case)], check=True, capture_output=True)
        print(f"  database {size:.1f} MB an hour; report {time.perf_counter() - begun:.1f} s")


def people(work: Path, seconds: float) -> None:
    """Print the cost against how many people are in view, in a picture of four rooms."""
    for count in PEOPLE:
        clip = rooms(work / f"people{count}.mp4", count, seconds)
        run = job(clip, work / f"people-{count}", 1)
        print(f"{count} people in view: {run.seconds / seconds:.3f} s a second of video")


def rooms(out: Path, count: int, seconds: float) -> Path:
    """Return a clip of the room four times at half size, with a person in ``count`` of them."""
    empty = "trim=end_frame=1,loop=-1:1:0,setpts=N/25/TB"
    parts = [f"[{i}:v]{'null' if i < count else empty},scale=320:180[v{i}]" for i in range(4)]
    stack = "[v0][v1][v2][v3]xstack=inputs=4:layout=0_0|w0_0|0_h0|w0_h0"
    sources = [argument for _ in range(4) for argument in ("-stream_loop", "-1", "-i", str(LOBBY))]
    graph = ";".join([*parts, stack])
    command = [*FFMPEG, *sources, "-filter_complex", graph, "-t", str(seconds), *H264, str(out)]
    subprocess.run(command, check=True)
    return out


def looped(clip: Path, out: Path, seconds: float) -> Path:
    """Return ``clip`` again and again for ``seconds``."""
    source = ["-stream_loop", "-1", "-i", str(clip), "-t", str(seconds)]
    subprocess.run([*FFMPEG, *source, "-c", "copy", "-an", str(out)], check=True)
    return out


def analyzer() -> list[str]:
    """Return the command of the product under this interpreter."""
    return [sys.executable, "-c", "from analyzer.cli.main import main; main()"]


def job(clip: Path, case: Path, workers: int, settings: Path | None = None) -> Run:
    """Run the whole job in processes of its own, and watch their memory."""
    command = [*analyzer(), "run", str(clip), "--case", str(case), "--fresh"]
    command += ["--workers", str(workers), *(["--config", str(settings)] if settings else [])]
    run, ended = Run(case), threading.Event()
    begun = time.perf_counter()
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    listener = threading.Thread(target=watch, args=(process.pid, run, ended))
    listener.start()
    if process.wait():
        raise SystemExit(f"{clip}: the job failed")
    run.seconds = time.perf_counter() - begun
    ended.set()
    listener.join()
    return run


def watch(pid: int, run: Run, ended: threading.Event) -> None:
    """Thread: note the memory of the coordinator, and of its largest Python child or grandchild."""
    while not ended.wait(0.2):
        parents = {p: parent(p) for p in map(int, (q.name for q in Path("/proc").glob("[0-9]*")))}
        children = {p for p, above in parents.items() if above == pid}
        family = children | {p for p, above in parents.items() if above in children}
        run.coordinator.append(resident(pid))
        python = [p for p in family if "python" in name(p)]
        run.worker = max([run.worker, *map(resident, python)])


def parent(pid: int) -> int:
    """Return the parent of a process, 0 where it has ended."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def name(pid: int) -> str:
    """Return the name of a process's program."""
    try:
        return Path(f"/proc/{pid}/comm").read_text()
    except OSError:
        return ""


def resident(pid: int) -> float:
    """Return the resident memory of a process in MB, 0 where it has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 1e6
    except OSError:
        return 0.0


if __name__ == "__main__":
    main()
