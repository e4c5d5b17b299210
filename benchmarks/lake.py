"""Benchmark of an archive of 100,000 hours: rows as Parquet partitions, and a cluster's schedule.

Writes made rows of tracks, 200 an hour, as Parquet files partitioned by day and camera, as
``analyzer export --format parquet`` of many cases would be laid out: who, what, when, clothes, and
a look of 256 numbers as float16. Measures searches over them with pyarrow.dataset. Then simulates
a Dask cluster that analyses the archive: five-minute parts, workers that die, parts that are tried
once more, storage that all workers share, and one process that writes the case.

    python benchmarks/lake.py [--hours 100000] [--share 0.02] [--folder DIR] [--keep]

``--share`` of the days is written and searched; the others would be more of the same. Costs a
second of footage are those of docs/performance.md, on an old server of 2.0 GHz.
"""

from __future__ import annotations

import argparse
import heapq
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

CAMERAS = 50
HOURS_A_DAY = CAMERAS * 24
TRACKS_AN_HOUR = 200
LOOK = 256
TOP = 20
FIRST_DAY = date(2024, 1, 1)
ACTIONS = ("walking", "standing", "sitting", "running", "falling", "fighting", "unknown")
SHARES = (0.6, 0.25, 0.1, 0.02, 0.0005, 0.0005, 0.029)
COLOURS = ("black", "blue", "white", "grey", "red", "green", "brown")
GALLERY = 200
SEEN = 0.003  # of the tracks are candidates of the gallery


def day_of(number: int, rng: np.random.Generator) -> list[tuple[str, pa.Table]]:
    """Return the rows of a day by camera."""
    count = 24 * TRACKS_AN_HOUR
    begin = datetime.combine(FIRST_DAY + timedelta(days=number), datetime.min.time())
    tables = []
    for camera in range(CAMERAS):
        offsets = np.sort(rng.uniform(0, 86_400, count))
        start = np.datetime64(begin, "ms") + (offsets * 1000).astype("timedelta64[ms]")
        looks = rng.normal(0, LOOK**-0.5, count * LOOK).astype(np.float16)
        who = np.where(rng.random(count) < SEEN, rng.integers(0, GALLERY, count), -1)
        names = pa.array([None if n < 0 else f"person-{n}" for n in who], pa.string())
        columns = {
            "track": pa.array([f"{number:04d}{camera:02d}:T{n}" for n in range(count)]),
            "t_start": pa.array(start),
            "t_end": pa.array(start + rng.integers(1000, 60_000, count).astype("timedelta64[ms]")),
            "person": names.dictionary_encode(),
            "action": pa.array(rng.choice(ACTIONS, count, p=SHARES)).dictionary_encode(),
            "upper": pa.array(rng.choice(COLOURS, count)).dictionary_encode(),
            "lower": pa.array(rng.choice(COLOURS, count)).dictionary_encode(),
            "look": pa.FixedSizeListArray.from_arrays(pa.array(looks), LOOK),
        }
        tables.append((f"cam{camera:02d}", pa.table(columns)))
    return tables


def write_lake(folder: Path, days: int) -> int:
    """Write the rows of ``days`` days and return how many bytes they take."""
    rng = np.random.default_rng(1)
    for number in range(days):
        day = FIRST_DAY + timedelta(days=number)
        for camera, table in day_of(number, rng):
            place = folder / f"day={day:%Y-%m-%d}" / f"camera={camera}"
            place.mkdir(parents=True)
            pq.write_table(table, place / "tracks.parquet", compression="zstd")
    return sum(path.stat().st_size for path in folder.rglob("*.parquet"))


def by_look(lake: ds.Dataset, wanted: np.ndarray, where: pc.Expression | None) -> list[str]:
    """Return the tracks nearest to ``wanted``, float32 (256,), reading batch by batch."""
    best: list[tuple[float, str]] = []
    for batch in lake.to_batches(columns=["track", "look"], filter=where):
        if not batch.num_rows:
            continue
        flat = batch.column("look").flatten().to_numpy(zero_copy_only=False)
        near = flat.reshape(-1, LOOK).astype(np.float32) @ wanted
        top = np.argpartition(-near, min(TOP, len(near) - 1))[:TOP]
        found = ((float(near[i]), batch.column("track")[int(i)].as_py()) for i in top)
        best = heapq.nlargest(TOP, [*best, *found])
    return [track for _, track in best]


def timed(name: str, call: Callable[[], int]) -> None:
    """Print how long ``call`` takes, by the clock and of the processor, and what it found."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = call()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{name:<44}{wall:8.2f} s {cpu:8.2f} s of processor   {found:,} found", flush=True)


def search(folder: Path, days: int) -> None:
    """Measure searches by who, what, when, and by look."""
    lake = ds.dataset(folder, partitioning="hive")
    day = f"{FIRST_DAY + timedelta(days=days // 2):%Y-%m-%d}"
    moment = datetime.combine(date.fromisoformat(day), datetime.min.time()) + timedelta(hours=14)
    wanted = np.random.default_rng(2).normal(0, LOOK**-0.5, LOOK).astype(np.float32)
    fields = {
        name: ds.field(name) for name in ("person", "action", "t_start", "upper", "camera", "day")
    }

    def rows(where: pc.Expression) -> int:
        return lake.to_table(columns=["track", "t_start", "person"], filter=where).num_rows

    timed("who: one person, everywhere", lambda: rows(fields["person"] == "person-7"))
    timed("what: falls, everywhere", lambda: rows(fields["action"] == "falling"))
    timed(
        "when: ten minutes, all cameras",
        lambda: rows(
            (fields["day"] == day)
            & (fields["t_start"] >= moment)
            & (fields["t_start"] < moment + timedelta(minutes=10))
        ),
    )
    timed(
        "what and when: red, one camera, one day",
        lambda: rows(
            (fields["day"] == day) & (fields["camera"] == "cam07") & (fields["upper"] == "red")
        ),
    )
    timed("look: one day", lambda: len(by_look(lake, wanted, fields["day"] == day)))
    timed("look: everywhere", lambda: len(by_look(lake, wanted, None)))


@dataclass(frozen=True)
class Cluster:
    """A cluster and what it works on.

    ``empty`` and ``busy`` are seconds of a core per second of footage, ``busy_share`` is how much
    of the footage has people; ``read_mb_s`` is what storage gives to all together, ``bitrate`` in
    Mbit/s that of the footage; ``write_s`` the seconds in which the coordinator writes one part;
    ``dies_h`` the mean hours until a worker dies, ``back_s`` until another stands in for it.
    """

    workers: int
    empty: float = 0.31
    busy: float = 2.33
    busy_share: float = 0.10
    bitrate: float = 4.0
    read_mb_s: float = 1000.0
    write_s: float = 0.15
    dies_h: float = 500.0
    back_s: float = 60.0
    part_s: float = 300.0


def simulate(cluster: Cluster, hours: float) -> dict[str, float]:
    """Return the days that ``hours`` of footage take, and how the parts of the cluster are used.

    A worker reads a part while it decodes it, at its share of the storage; a finished part waits
    until the one process that owns the case has written it. A worker that dies loses its part,
    which another one begins anew.
    """
    rng = np.random.default_rng(3)
    parts = round(hours * 3600 / cluster.part_s)
    megabytes = cluster.part_s * cluster.bitrate / 8
    slowest = megabytes / (cluster.read_mb_s / cluster.workers)
    free = [0.0] * cluster.workers
    writer, written, retried, worked = 0.0, 0.0, 0, 0.0
    last = 0.0
    for _ in range(parts):
        at = heapq.heappop(free)
        share = min(1.0, rng.exponential(cluster.busy_share))
        cost = cluster.part_s * (cluster.empty + share * (cluster.busy - cluster.empty))
        lasts = max(cost, slowest)
        dies = rng.exponential(cluster.dies_h * 3600)
        if dies < lasts:
            retried += 1
            at += dies + cluster.back_s
        worked += cost
        writer = max(writer, at + lasts) + cluster.write_s
        written += cluster.write_s
        last = max(last, writer)
        # No more than two parts per worker wait: a slow writer holds the workers.
        heapq.heappush(free, max(at + lasts, writer - 2 * cluster.workers * cluster.write_s))
    return {
        "days": last / 86_400,
        "workers busy": worked / (last * cluster.workers),
        "writer busy": written / last,
        "storage MB/s": parts * megabytes / last,
        "tried again": retried,
    }


def schedule(hours: float) -> None:
    """Print how long clusters take."""
    print(f"\nschedule of {hours:,.0f} hours; a tenth of the footage has people")
    for workers in (16, 64, 256, 512, 1024):
        told = simulate(Cluster(workers), hours)
        print(
            f"{workers:5} workers: " + ", ".join(f"{k} {v:,.2f}" for k, v in told.items()),
            flush=True,
        )
    for changed in ({"read_mb_s": 100.0}, {"write_s": 0.6}, {"busy_share": 0.5}, {"dies_h": 5.0}):
        told = simulate(Cluster(256, **changed), hours)
        print(
            f"  256, {changed}: " + ", ".join(f"{k} {v:,.2f}" for k, v in told.items()), flush=True
        )


def main() -> None:
    """Write, search and simulate."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hours", type=float, default=100_000)
    parser.add_argument(
        "--share", type=float, default=0.02, help="Share of the days that is written."
    )
    parser.add_argument("--folder", type=Path, help="Where rows are written [a temporary folder].")
    parser.add_argument("--keep", action="store_true", help="Leave the rows.")
    options = parser.parse_args()
    days = max(1, round(options.hours / HOURS_A_DAY * options.share))
    folder = options.folder or Path(tempfile.mkdtemp(prefix="lake-"))
    cpu = time.process_time()
    size = write_lake(folder, days)
    rows = days * HOURS_A_DAY * TRACKS_AN_HOUR
    print(
        f"{days} of {options.hours / HOURS_A_DAY:.0f} days, {rows:,} tracks, {size / 1e6:,.0f} MB "
        f"({size / rows:.0f} bytes a track), {time.process_time() - cpu:.0f} s of processor to write"
    )
    search(folder, days)
    if not options.keep:
        shutil.rmtree(folder)
    schedule(options.hours)


if __name__ == "__main__":
    main()
