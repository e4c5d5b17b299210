"""Benchmark of a search over very many stored faces, against reading the whole table.

Makes a case with synthetic embeddings (no pictures), searches it with one embedding and with a
track of five, and prints seconds of the same run side by side:

  packed      what `analyzer search` does: packs of a segment each, float32, exact at the end
  table       every embedding out of the table of faces, then numpy in float64: brute force
  sqlite-vec  its virtual table, where the package is installed and this Python can load extensions

    python benchmarks/search.py [--faces 1000000] [--keep FOLDER]
"""

from __future__ import annotations

import argparse
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from analyzer.identity.nearest import Probe, nearest
from analyzer.store.case import Case
from analyzer.store.reader import CaseReader
from analyzer.store.vectors import FACES, ids_of_pack, pack_vectors, packs_in

DIM = 128
PER_SEGMENT = 300
SEGMENTS_A_VIDEO = 200
EMBEDDER = "face_recognition"
TOP = 20

_FACE = (
    "INSERT INTO faces (id, tracklet_id, pts, t, x, y, w, h, landmarks, eye_px, sharpness, "
    "exposure, yaw, pitch, roll, quality, reasons, image, embedder, embedding) "
    f"VALUES ({', '.join('?' * 20)})"
)
_MARKS = "[[612.25, 301.5], [645.75, 300.25], [628.5, 322.0], [615.5, 341.25], [643.0, 340.5]]"


def make_case(folder: Path, faces: int) -> None:
    """Write a case with ``faces`` embeddings around unit length, three to a tracklet."""
    rng = np.random.default_rng(1)
    with Case.open(folder, create=True) as case:
        db = case.db.conn
        db.execute("PRAGMA synchronous = OFF")
        for number, start in enumerate(range(0, faces, PER_SEGMENT)):
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
            count = min(PER_SEGMENT, faces - start)
            vectors = rng.normal(0, 0.09, (count, DIM)).astype("<f4")
            tracklets = [f"{segment}:{n}" for n in range((count + 2) // 3)]
            db.executemany(
                "INSERT INTO tracklets VALUES (?, ?, ?)",
                [(name, segment, n) for n, name in enumerate(tracklets)],
            )
            db.executemany(_FACE, _face_rows(tracklets, vectors))
            db.execute("COMMIT")
        pack_vectors(case, FACES)


def _insert_video(db: sqlite3.Connection, sha256: str) -> None:
    columns = [row[1] for row in db.execute("PRAGMA table_info(videos)")]
    values = {"sha256": sha256, "time_base": "1/12800"}
    row = [values.get(name, 0) for name in columns]
    db.execute(f"INSERT INTO videos VALUES ({', '.join('?' * len(columns))})", row)


def _face_rows(tracklets: list[str], vectors: np.ndarray) -> Iterator[tuple[object, ...]]:
    for n, vector in enumerate(vectors):
        tracklet, pts = tracklets[n // 3], 2560 * n
        yield (
            f"{tracklet}:{pts}", tracklet, pts, n / 5, 600.5, 280.25, 62.5, 80.75, _MARKS, 33.5,
            120.25, 0.5, 1.5, 2.5, 3.5, 0.75, "[]", "a" * 64, EMBEDDER, vector.tobytes(),
        )  # fmt: skip


def by_packs(reader: CaseReader, probe: Probe) -> list[tuple[str, float]]:
    """Search as `analyzer search` does."""
    packs = ((pack.segment_id, pack.vectors) for pack in packs_in(reader, FACES, EMBEDDER))
    hits = nearest(probe, packs, TOP)
    return [
        (ids_of_pack(reader, FACES, str(hit.key), EMBEDDER)[hit.row], hit.distance) for hit in hits
    ]


def by_table(reader: CaseReader, probe: Probe) -> list[tuple[str, float]]:
    """Measure every distance in float64 and sort."""
    ids, distances = [], []
    rows = reader.iterate("SELECT id, embedding FROM faces WHERE embedding IS NOT NULL")
    while block := list(islice(rows, 10_000)):
        ids += [row["id"] for row in block]
        vectors = np.stack([np.frombuffer(row["embedding"], "<f4") for row in block])
        distances.append(probe.distances(vectors))
    every = np.concatenate(distances)
    return [(ids[i], float(every[i])) for i in np.argsort(every, kind="stable")[:TOP]]


def by_sqlite_vec(folder: Path, probe: Probe) -> Callable[[], object] | None:
    """Return a search through sqlite-vec over the same embeddings, or None where it cannot run."""
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
    db.execute(f"CREATE VIRTUAL TABLE vectors USING vec0(embedding float[{DIM}])")
    db.execute("INSERT INTO vectors (rowid, embedding) SELECT rowid, embedding FROM cases.faces")
    db.commit()
    sql = "SELECT rowid, distance FROM vectors WHERE embedding MATCH ? AND k = ? ORDER BY distance"
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


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--faces", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path, help="Make the case here and leave it.")
    options = parser.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="search-"))
    folder = options.keep or scratch / "case"
    if not (folder / "case.db").exists():
        make_case(folder, options.faces)
    rng = np.random.default_rng(2)
    one = Probe(rng.normal(0, 0.09, (1, DIM)).astype(np.float32), np.ones(1))
    track = Probe(rng.normal(0, 0.09, (5, DIM)).astype(np.float32), np.arange(1, 6))
    with CaseReader(folder) as reader:
        assert by_packs(reader, one) == by_table(reader, one), "not the nearest faces"
        packed, table = timed(lambda: by_packs(reader, one)), timed(lambda: by_table(reader, one))
        five = timed(lambda: by_packs(reader, track))
    size = (folder / "case.db").stat().st_size
    print(f"{options.faces:,} faces, case.db {size / 1e6:.0f} MB; the {TOP} nearest, same answers")
    print(line("packed", packed, packed))
    print(line("packed, five faces", five, packed))
    print(line("table (brute force)", table, packed))
    vec = by_sqlite_vec(folder, one)
    if vec is None:
        print("sqlite-vec: not measured; not installed, or this Python loads no extensions")
    else:
        print(line("sqlite-vec", timed(vec), packed))
    shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
