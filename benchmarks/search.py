"""Benchmark of a search over very many stored faces or looks, against reading the whole table.

Makes a case with synthetic vectors (no pictures), searches it with one vector and with a track of
five, and prints seconds of the same run side by side:

  packed      what `analyzer search` does: packs of a segment each, float32, exact at the end
  table       every vector out of the table of pictures, then numpy in float64: brute force
  sqlite-vec  its virtual table, where the package is installed and this Python can load extensions

    python benchmarks/search.py [--looks] [--count 1000000] [--keep FOLDER]
"""

from __future__ import annotations

import argparse
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from analyzer.identity.nearest import Probe, nearest
from analyzer.store.case import Case
from analyzer.store.reader import CaseReader
from analyzer.store.vectors import (
    FACES,
    LOOKS,
    VectorKind,
    by_distance,
    ids_of_pack,
    pack_vectors,
    packs_in,
)

PER_SEGMENT = 300
SEGMENTS_A_VIDEO = 200
MODEL = "made"
TOP = 20

_FACE = (
    "INSERT INTO faces (id, tracklet_id, pts, t, x, y, w, h, landmarks, eye_px, sharpness, "
    "exposure, yaw, pitch, roll, quality, reasons, image, embedder, embedding) VALUES (?, ?, ?, "
    "?, 600.5, 280.25, 62.5, 80.75, '[[612.25, 301.5], [645.75, 300.25], [628.5, 322.0]]', 33.5, "
    "120.25, 0.5, 1.5, 2.5, 3.5, 0.75, '[]', ?, ?, ?)"
)
_BODY = (
    "INSERT INTO bodies (id, tracklet_id, pts, t, x, y, w, h, height_px, sharpness, quality, "
    "reasons, image, upper, lower, light, look_model, look) VALUES (?, ?, ?, ?, 600.5, 280.25, "
    "62.5, 180.75, 180.75, 120.25, 0.75, '[]', ?, zeroblob(48), zeroblob(48), zeroblob(40), ?, ?)"
)


@dataclass(frozen=True)
class Made:
    """Pictures to make: the table, the SQL of one, numbers a vector, their standard deviation."""

    kind: VectorKind
    insert: str
    dim: int
    spread: float

    def vectors(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """Return float32 (count, dim) of about unit length."""
        return rng.normal(0, self.spread, (count, self.dim)).astype("<f4")


MADE_FACES = Made(FACES, _FACE, 128, 0.09)
MADE_LOOKS = Made(LOOKS, _BODY, 256, 0.0625)


def make_case(folder: Path, made: Made, total: int) -> None:
    """Write a case with ``total`` vectors around unit length, three to a tracklet."""
    rng = np.random.default_rng(1)
    with Case.open(folder, create=True) as case:
        db = case.db.conn
        db.execute("PRAGMA synchronous = OFF")
        for number, start in enumerate(range(0, total, PER_SEGMENT)):
            db.execute("BEGIN")
            video, index = f"{number // SEGMENTS_A_VIDEO:064x}", number % SEGMENTS_A_VIDEO
            if index == 0:
                _insert_video(db, video)
            segment = f"{video[-16:]}:{index}"
            db.execute(
                "INSERT INTO segments (id, video_sha256, number, raw_hash, lead_pts, start_pts, "
                "end_pts, frames_sampled, frames_examined, bad_frames) "
                "VALUES (?, ?, ?, 'raw', 0, 0, 0, 0, 0, 0)",
                [segment, video, index],
            )
            count = min(PER_SEGMENT, total - start)
            vectors = made.vectors(rng, count)
            tracklets = [f"{segment}:{n}" for n in range((count + 2) // 3)]
            db.executemany(
                "INSERT INTO tracklets (id, segment_id, number) VALUES (?, ?, ?)",
                [(name, segment, n) for n, name in enumerate(tracklets)],
            )
            db.executemany(made.insert, _rows(tracklets, vectors))
            db.execute("COMMIT")
        pack_vectors(case, made.kind)


def _insert_video(db: sqlite3.Connection, sha256: str) -> None:
    columns = [row[1] for row in db.execute("PRAGMA table_info(videos)")]
    values = {"sha256": sha256, "time_base": "1/12800"}
    row = [values.get(name, 0) for name in columns]
    db.execute(f"INSERT INTO videos VALUES ({', '.join('?' * len(columns))})", row)


def _rows(tracklets: list[str], vectors: np.ndarray) -> Iterator[tuple[object, ...]]:
    for n, vector in enumerate(vectors):
        tracklet, pts = tracklets[n // 3], 2560 * n
        yield f"{tracklet}:{pts}", tracklet, pts, n / 5, "a" * 64, MODEL, vector.tobytes()


Search = Callable[[CaseReader, Made, Probe], list[tuple[str, float]]]


def by_packs(reader: CaseReader, made: Made, probe: Probe) -> list[tuple[str, float]]:
    """Search as `analyzer search` does for faces."""
    packs = ((pack.segment_id, pack.vectors) for pack in packs_in(reader, made.kind, MODEL))
    hits = nearest(probe, packs, TOP)
    return [
        (ids_of_pack(reader, made.kind, str(hit.key), MODEL)[hit.row], hit.distance) for hit in hits
    ]


def first_ones(reader: CaseReader, made: Made, probe: Probe) -> list[tuple[str, float]]:
    """Search as `analyzer search` does for looks: eight times as many, tracks have several."""
    return list(islice(by_distance(reader, made.kind, MODEL, probe, 8 * TOP), TOP))


def by_table(reader: CaseReader, made: Made, probe: Probe) -> list[tuple[str, float]]:
    """Measure every distance in float64 and sort."""
    ids, distances = [], []
    kind = made.kind
    rows = reader.iterate(f"SELECT id, {kind.vector} AS vector FROM {kind.table}")
    while block := list(islice(rows, 10_000)):
        ids += [row["id"] for row in block]
        vectors = np.stack([np.frombuffer(row["vector"], "<f4") for row in block])
        distances.append(probe.distances(vectors))
    every = np.concatenate(distances)
    return [(ids[i], float(every[i])) for i in np.argsort(every, kind="stable")[:TOP]]


def by_sqlite_vec(folder: Path, made: Made, probe: Probe) -> Callable[[], object] | None:
    """Return a search through sqlite-vec over the same vectors, or None where it cannot run."""
    try:
        import sqlite_vec
    except ImportError:
        return None
    (folder / "vec.db").unlink(missing_ok=True)
    db = sqlite3.connect(folder / "vec.db")
    if not hasattr(db, "enable_load_extension"):
        return None
    db.enable_load_extension(True)
    sqlite_vec.load(db)
    db.execute("ATTACH ? AS cases", [str(folder / "case.db")])
    db.execute(f"CREATE VIRTUAL TABLE vectors USING vec0(vector float[{made.dim}])")
    source = f"SELECT rowid, {made.kind.vector} FROM cases.{made.kind.table}"
    db.execute(f"INSERT INTO vectors (rowid, vector) {source}")
    db.commit()
    sql = "SELECT rowid, distance FROM vectors WHERE vector MATCH ? AND k = ? ORDER BY distance"
    query = probe.embeddings[0].astype("<f4").tobytes()
    return lambda: db.execute(sql, [query, TOP]).fetchall()


def timed(call: Callable[[], object], times: int = 3) -> tuple[float, float]:
    """Return the wall and processor seconds of the fastest of ``times`` calls."""
    best = (float("inf"), float("inf"))
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        call()
        best = min(best, (time.perf_counter() - wall, time.process_time() - cpu))
    return best


def line(name: str, seconds: tuple[float, float], packed: tuple[float, float]) -> str:
    """Return a line of the table."""
    ratio = f"{seconds[0] / packed[0]:5.1f} × as long" if seconds is not packed else ""
    return f"{name:<24}{seconds[0]:7.2f} s    {seconds[1]:7.2f} s of processor    {ratio}"


def measure(folder: Path, made: Made, count: int, search: Search) -> None:
    """Time the ways over one case and print them."""
    rng = np.random.default_rng(2)
    one = Probe(made.vectors(rng, 1), np.ones(1))
    track = Probe(made.vectors(rng, 5), np.arange(1, 6))
    with CaseReader(folder) as reader:
        assert search(reader, made, one) == by_table(reader, made, one), "not the nearest ones"
        packed = timed(lambda: search(reader, made, one))
        table = timed(lambda: by_table(reader, made, one), 1)
        five = timed(lambda: search(reader, made, track))
    size, name = (folder / "case.db").stat().st_size, made.kind.table
    print(f"{count:,} {name}, case.db {size / 1e6:.0f} MB; the {TOP} nearest, same answers")
    print(line("packed", packed, packed))
    print(line("packed, five pictures", five, packed))
    print(line("table (brute force)", table, packed))
    vec = by_sqlite_vec(folder, made, one)
    if vec is None:
        print("sqlite-vec: not measured; not installed, or this Python loads no extensions")
    else:
        print(line("sqlite-vec", timed(vec), packed))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--looks", action="store_true", help="Looks of bodies, not faces.")
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path, help="Make the case here and leave it.")
    options = parser.parse_args()
    made = MADE_LOOKS if options.looks else MADE_FACES
    scratch = Path(tempfile.mkdtemp(prefix="search-"))
    folder = options.keep or scratch / "case"
    if not (folder / "case.db").exists():
        make_case(folder, made, options.count)
    measure(folder, made, options.count, first_ones if options.looks else by_packs)
    shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
