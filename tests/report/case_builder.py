"""Rows of an analysed case, made up track by track for the tests of the report."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from sqlite_utils import Database

from analyzer import __version__
from analyzer.config import Settings
from analyzer.store.images import BODIES_NAME, save_image
from analyzer.store.schema import migrations
from analyzer.types import ACTIONS, EMOTIONS, Clothing

TICK = 1 / 12800
_FACE_BOX = ("face_x", "face_y", "face_w", "face_h")
FPS = 5.0


@dataclass
class Stretch:
    """One tracklet to invent: where, when, and how well its face can be seen."""

    t_start: float
    t_end: float
    seed: int
    poor: tuple[tuple[float, float, str], ...] = ()
    hidden: tuple[tuple[float, float], ...] = ()
    actions: tuple[tuple[float, float, str], ...] = ()
    mood: str = "neutral"
    faces: int = 5
    bodies: int = 2


PLAIN = Clothing("blue", 0.88, "black", 0.81)


@dataclass
class Person:
    """One track to invent, with its candidates as (person, distance) in rank order."""

    number: int
    stretches: list[Stretch]
    identity: str = "unknown"
    candidates: list[tuple[str, float]] = field(default_factory=list)
    clothes: Clothing = PLAIN


COLOURS = {
    "red": (40, 40, 190), "blue": (170, 80, 40), "white": (235, 235, 235), "black": (30, 30, 30),
    "green": (70, 140, 50), "grey": (130, 130, 130),
}  # fmt: skip


def body_jpeg(seed: int, step: int, clothes: Clothing) -> bytes:
    """Draw a person from head to foot in these clothes, the same for the same arguments."""
    rng = np.random.default_rng(seed)
    skin = rng.integers([90, 110, 140], [150, 180, 230]).tolist()
    hair = rng.integers(20, 110, 3).tolist()
    picture = np.full((256, 112, 3), rng.integers(90, 160, 3), np.uint8)
    upper = COLOURS.get((clothes.upper or "grey").split(" ")[0], COLOURS["grey"])
    lower = COLOURS.get((clothes.lower or "grey").split(" ")[0], COLOURS["grey"])
    stride = int(14 * np.sin(step + seed)) + 16
    for side in (-1, 1):
        foot = (56 + side * stride, 240)
        cv2.line(picture, (56 + side * 8, 140), foot, lower, 20, cv2.LINE_AA)
        cv2.line(picture, (56 + side * 22, 72), (56 + side * 34, 132), upper, 14, cv2.LINE_AA)
    cv2.ellipse(picture, (56, 102), (26, 46), 0, 0, 360, upper, -1, cv2.LINE_AA)
    cv2.circle(picture, (56, 34), 19, skin, -1, cv2.LINE_AA)
    cv2.ellipse(picture, (56, 28), (20, 16), 0, 180, 360, hair, -1, cv2.LINE_AA)
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 88])[1].tobytes()


def face_jpeg(seed: int, step: int) -> bytes:
    """Draw a face-like picture, the same for the same numbers."""
    rng = np.random.default_rng(seed)
    skin = rng.integers([90, 110, 140], [150, 180, 230]).tolist()
    hair = rng.integers(20, 110, 3).tolist()
    picture = np.full((160, 160, 3), rng.integers(60, 140, 3), np.uint8)
    turn = int(8 * np.sin(step))
    cv2.ellipse(picture, (80, 70), (56, 62), 0, 180, 360, hair, -1, cv2.LINE_AA)
    cv2.ellipse(picture, (80, 88), (46, 60), 0, 0, 360, skin, -1, cv2.LINE_AA)
    for side in (-18, 18):
        cv2.circle(picture, (80 + side + turn, 78), 6, (250, 250, 250), -1, cv2.LINE_AA)
        cv2.circle(picture, (80 + side + turn, 78), 3, (30, 30, 30), -1, cv2.LINE_AA)
    cv2.line(
        picture, (80 + turn, 84), (78 + turn, 102), [c * 7 // 10 for c in skin], 2, cv2.LINE_AA
    )
    cv2.ellipse(picture, (80 + turn, 116), (16, 4 + step % 5), 0, 0, 180, (60, 60, 150), -1)
    cv2.ellipse(picture, (80, 190), (78, 46), 0, 180, 360, hair[::-1], -1, cv2.LINE_AA)
    noise = np.random.default_rng(seed * 97 + step).normal(0, 6, picture.shape)
    noisy = np.clip(picture + noise, 0, 255).astype(np.uint8)
    return cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, 88])[1].tobytes()


class CaseBuilder:
    """Writes rows as the tool would, by the public schema."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        (folder / "faces").mkdir()
        self.folder = folder
        self.db = Database(folder / "case.db")
        migrations.apply(self.db)
        self.gallery: dict[str, str] = {}

    def run(self) -> None:
        """Insert the run that everything else hangs on."""
        self.db["runs"].insert(
            {
                "id": "R1",
                "command": "analyzer run /evidence/24-117 --case case",
                "started_at": "2026-03-02T08:11:04+00:00",
                "ended_at": "2026-03-02T08:13:37+00:00",
                "status": "finished",
                "settings": json.dumps(Settings().as_dict()),
                "raw_hash": "0011223344556677",
                "models": json.dumps(
                    [
                        {
                            "part": "faces",
                            "backend": "mtcnn",
                            "file": "mtcnn 1.0.0",
                            "sha256": "ab" * 32,
                        },
                        {
                            "part": "emotion",
                            "backend": "keras",
                            "file": "default.keras",
                            "sha256": "cd" * 32,
                        },
                    ]
                ),
                "versions": json.dumps(
                    {"analyzer": __version__, "python": "3.12.4", "ffmpeg": "7.1"}
                ),
                "gallery_fingerprint": "9f3c5a1b" * 8,
            }
        )

    def person(self, name: str, seed: int) -> None:
        """Enrol a person with one picture."""
        sha256 = hashlib.sha256(name.encode()).hexdigest()
        self.gallery[name] = sha256
        self.db["people"].insert({"name": name, "source": f"/gallery/{name}"})
        self.db["gallery_faces"].insert(
            {
                "person": name,
                "sha256": sha256,
                "path": f"/gallery/{name}/portrait.jpg",
                "status": "used",
                "image": save_image(self.folder, face_jpeg(seed, 100)),
                "embedder": "dlib",
            }
        )

    def file(
        self, path: str, sha256: str | None, status: str = "done", reason: str | None = None
    ) -> None:
        """Insert one file given to the tool."""
        self.db["files"].insert(
            {"path": path, "sha256": sha256, "status": status, "reason": reason, "run_id": "R1"}
        )

    def video(
        self,
        sha256: str,
        duration_s: float,
        gaps: tuple[tuple[float, float, str], ...] = (),
        wall_start: str | None = None,
    ) -> None:
        """Insert one video with one segment."""
        end = round(duration_s / TICK)
        self.db["videos"].insert(
            {
                "sha256": sha256, "size_bytes": 48_211_456, "container": "avi", "codec": "h264",
                "pixel_format": "yuv420p", "width": 1280, "height": 720, "coded_width": 1280,
                "coded_height": 720, "sample_aspect": "1/1", "rotation": 0, "interlaced": 0,
                "time_base": "1/12800", "start_pts": 0, "end_pts": end, "duration_s": duration_s,
                "frames": int(duration_s * 25), "average_rate": 25.0, "variable_rate": 0,
                "timestamps": "stored", "creation_time": wall_start, "wall_start": wall_start,
                "wall_source": "the container's creation time" if wall_start else None,
            }
        )  # fmt: skip
        self.db["segments"].insert(
            {
                "id": f"{sha256[:16]}:0", "video_sha256": sha256, "number": 0, "raw_hash": "00",
                "lead_pts": 0, "start_pts": 0, "end_pts": end,
                "frames_sampled": int(duration_s * FPS), "frames_examined": int(duration_s * 3),
                "bad_frames": 12 if gaps else 0,
            }
        )  # fmt: skip
        self.db["gaps"].insert_all(
            {"segment_id": f"{sha256[:16]}:0", "t_start": a, "t_end": b, "reason": reason}
            for a, b, reason in gaps
        )

    def event(
        self, sha256: str, number: int, track: int | None, kind: str, label: str,
        t_start: float, t_end: float, score: float, person: str | None = None,
        level: str = "to check",
    ) -> None:  # fmt: skip
        """Insert something worth a look."""
        middle = (t_start + t_end) / 2
        track_id = None if track is None else f"{sha256[:16]}:T{track}"
        self.db["events"].insert(
            {
                "id": f"{sha256[:16]}:E{number}", "video_sha256": sha256, "number": number,
                "track_id": track_id, "kind": kind, "label": label, "level": level,
                "start_pts": round(t_start / TICK), "t_start": t_start,
                "end_pts": round(t_end / TICK), "t_end": t_end,
                "peak_pts": round(middle / TICK), "t_peak": middle,
                "score": score, "person": person,
            }
        )  # fmt: skip
        if track_id is not None:
            self.db["event_tracks"].insert(
                {"event_id": f"{sha256[:16]}:E{number}", "position": 0, "track_id": track_id}
            )

    def camera(self, name: str, pattern: str, **values: Any) -> None:
        """Insert what a user says of a camera."""
        row = {
            "name": name, "pattern": pattern, "location": None, "timezone": None, "start": None,
            "offset_s": 0.0, "drift_s_per_day": 0.0, "checked_at": None, "note": None,
        }  # fmt: skip
        self.db["cameras"].insert({**row, **values})

    def look_group(self, number: int, tracks: list[str], confirmed: bool = False) -> None:
        """Insert a group of similar appearance, each of its tracks linked to the next."""
        name = f"look-{number}"
        self.db["look_groups"].insert(
            {"name": name, "number": number, "tracks": len(tracks), "confirmed": int(confirmed)}
        )
        self.db["look_group_tracks"].insert_all(
            {"track_id": track, "look_group": name, "position": position}
            for position, track in enumerate(tracks)
        )
        self.db["look_links"].insert_all(
            {
                "track_a": a, "track_b": b, "similarity": 0.81, "probability": 0.87,
                "relation": "other recording", "gap_s": 190.0, "distance_m": 85.0,
            }
            for a, b in map(sorted, pairwise(tracks))
        )  # fmt: skip

    def track(self, sha256: str, person: Person) -> None:
        """Insert one track with all that hangs on it."""
        track_id = f"{sha256[:16]}:T{person.number}"
        start, end = person.stretches[0].t_start, person.stretches[-1].t_end
        parts = [
            _Part(self, sha256, track_id, person.number * 10 + i, stretch, person.clothes)
            for i, stretch in enumerate(person.stretches)
        ]
        faces = [face for part in parts for face in part.faces]
        bodies = [body for part in parts for body in part.bodies]
        emotions = [row for part in parts for row in part.emotions]
        told = [row for row in emotions if row["assessed"]]
        best = max(faces, key=lambda face: face["quality"], default=None)
        whole = max(bodies, key=lambda body: body["quality"], default=None)
        names = [max(EMOTIONS, key=lambda name, row=row: row[name]) for row in told]
        dominant = max(sorted(set(names)), key=names.count, default=None)
        self.db["tracks"].insert(
            {
                "id": track_id, "video_sha256": sha256, "number": person.number,
                "start_pts": round(start / TICK), "t_start": start,
                "end_pts": round(end / TICK), "t_end": end,
                "observations": sum(len(part.times) for part in parts),
                "face_observations": len(emotions),
                "best_face_id": best["id"] if best else None,
                "identity": person.identity,
                "person": person.candidates[0][0] if person.identity == "candidate" else None,
                "dominant_emotion": dominant,
                "dominant_share": names.count(dominant) / len(names) if dominant else None,
                "emotion_confidence": 0.61 if dominant else None,
                "assessed_share": len(told) / len(emotions) if emotions else None,
                "main_action": parts[0].main_action,
                "best_body_id": whole["id"] if whole else None,
            }
        )  # fmt: skip
        self.db["track_clothing"].insert({"track_id": track_id, **asdict(person.clothes)})
        for part in parts:
            part.insert()
        for rank, (name, distance) in enumerate(person.candidates, start=1):
            self.db["candidates"].insert(
                {
                    "track_id": track_id, "rank": rank, "person": name, "distance": distance,
                    "margin": 0.187 if rank == 1 else None, "threshold": 0.55,
                    "probability": 0.91 if rank == 1 else None,
                    "accepted": int(distance <= 0.55), "face_id": best["id"],
                    "gallery_sha256": self.gallery[name],
                }
            )  # fmt: skip


class _Part:
    """The rows of one tracklet."""

    def __init__(
        self,
        case: CaseBuilder,
        sha256: str,
        track_id: str,
        number: int,
        stretch: Stretch,
        clothes: Clothing,
    ) -> None:
        self.case, self.track_id, self.stretch = case, track_id, stretch
        self.segment = f"{sha256[:16]}:0"
        self.id = f"{self.segment}:{number}"
        self.number = number
        self.times = np.arange(stretch.t_start, stretch.t_end, 1 / FPS)
        self.main_action = stretch.actions[0][2] if stretch.actions else None
        self.faces = self._faces()
        self.bodies = self._bodies(clothes)
        self.raw, self.emotions = self._emotions()

    def _visible(self) -> list[float]:
        hidden = self.stretch.hidden
        return [t for t in self.times.tolist() if not any(a <= t < b for a, b in hidden)]

    def _faces(self) -> list[dict[str, Any]]:
        visible = self._visible()
        count = self.stretch.faces
        picks = [visible[int(i)] for i in np.linspace(1, len(visible) - 2, count)] if count else []
        return [
            {
                "id": f"{self.id}:{round(t / TICK)}", "tracklet_id": self.id,
                "pts": round(t / TICK), "t": t, "x": 400, "y": 120, "w": 64, "h": 80,
                "landmarks": "[]", "eye_px": 28.0, "sharpness": 210.0, "exposure": 0.48,
                "yaw": 4.0 * i, "pitch": 2.0, "roll": 1.0,
                "quality": round(0.82 - 0.11 * i, 3),
                "reasons": json.dumps(["turned away"] if i == 3 else []),
                "image": save_image(self.case.folder, face_jpeg(self.stretch.seed, i)),
                "embedder": "dlib", "embedding": None,
            }
            for i, t in enumerate(picks)
        ]  # fmt: skip

    def _bodies(self, clothes: Clothing) -> list[dict[str, Any]]:
        count = self.stretch.bodies
        picks = np.linspace(1, len(self.times) - 2, count).astype(int).tolist() if count else []
        return [
            {
                "id": f"{self.id}:b{round(t / TICK)}", "tracklet_id": self.id,
                "pts": round(t / TICK), "t": t, "x": 380, "y": 90, "w": 90, "h": 220,
                "height_px": 220.0, "sharpness": 160.0, "quality": round(0.74 - 0.1 * i, 3),
                "reasons": json.dumps(["cut off by the edge"] if i else []),
                "image": save_image(
                    self.case.folder, body_jpeg(self.stretch.seed, i, clothes), BODIES_NAME
                ),
            }
            for i, t in enumerate(float(self.times[pick]) for pick in picks)
        ]  # fmt: skip

    def _emotions(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        rng = np.random.default_rng(self.stretch.seed)
        visible = self._visible() if self.stretch.faces else []
        logits = np.cumsum(rng.normal(0, 0.35, (len(visible), 7)), axis=0)
        logits[:, EMOTIONS.index(self.stretch.mood)] += 2.0
        raw_rows, smooth_rows = [], []
        for i, t in enumerate(visible):
            poor = next((why for a, b, why in self.stretch.poor if a <= t < b), None)
            smooth = np.exp(logits[i]) / np.exp(logits[i]).sum()
            noisy = logits[i] + rng.normal(0, 0.6, 7)
            raw = np.exp(noisy) / np.exp(noisy).sum()
            for values, rows in ((raw, raw_rows), (smooth, smooth_rows)):
                told = [None] * 7 if poor else values.tolist()
                rows.append(
                    {
                        "pts": round(t / TICK), "t": t, **dict(zip(EMOTIONS, told, strict=True)),
                        "assessed": int(not poor), "quality": 0.2 if poor else 0.7, "reason": poor,
                        "tracklet_id": self.id,
                    }
                )  # fmt: skip
        return raw_rows, [{**row, "track_id": self.track_id} for row in smooth_rows]

    def _actions(self) -> list[dict[str, Any]]:
        rows = []
        for a, b, label in self.stretch.actions:
            for start in np.arange(a, b - 1.0, 0.5).tolist():
                shares = dict.fromkeys(ACTIONS, 0.03)
                shares[label] = 0.79
                rows.append(
                    {
                        "start_pts": round(start / TICK), "t_start": start,
                        "end_pts": round(min(start + 2, b) / TICK), "t_end": min(start + 2, b),
                        "label": label, **shares, "features": "{}",
                    }
                )  # fmt: skip
        return rows

    def insert(self) -> None:
        db = self.case.db
        db["tracklets"].insert({"id": self.id, "segment_id": self.segment, "number": self.number})
        position = {"tracklet_id": self.id, "track_id": self.track_id, "position": self.number}
        db["track_tracklets"].insert(position)
        seen = set(self._visible()) if self.stretch.faces else set()
        db["observations"].insert_all(
            {
                "tracklet_id": self.id, "pts": round(t / TICK), "t": t, "seen": "detected",
                **dict.fromkeys(_FACE_BOX, 50.0 if t in seen else None),
                "face_score": 0.9 if t in seen else None,
                "body_x": 10.0, "body_y": 10.0, "body_w": 60.0, "body_h": 180.0, "body_score": 0.8,
            }
            for t in self.times.tolist()
        )  # fmt: skip
        db["track_observations"].insert_all(
            {"track_id": self.track_id, "pts": round(t / TICK), "tracklet_id": self.id}
            for t in self.times.tolist()
        )
        db["faces"].insert_all(self.faces)
        db["bodies"].insert_all(self.bodies)
        db["emotions"].insert_all(self.raw)
        db["track_emotions"].insert_all(self.emotions)
        actions = self._actions()
        db["actions"].insert_all({"tracklet_id": self.id, **row} for row in actions)
        db["track_actions"].insert_all({"track_id": self.track_id, **row} for row in actions)
