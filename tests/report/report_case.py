"""A case made row by row: what a report must cope with, without a video or a model.

Two files with people, one without, one that failed and one that was not reached. Names hold
markup, quotes and letters beyond Latin; one picture is missing; there are gaps and faces too poor
to assess.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from analyzer.types import Clothing
from analyzer.video.probe import probe
from tests.report.case_builder import PLAIN, CaseBuilder, Person, Stretch

LOBBY = hashlib.sha256(b"lobby").hexdigest()
YARD = hashlib.sha256(b"yard").hexdigest()
NIGHT = hashlib.sha256(b"night").hexdigest()

LOBBY_PATH = '/evidence/24-117/<script>alert(1)<!-- lobby "cam 3".avi'
YARD_PATH = "/evidence/24-117/двор 中庭 café.mp4"
NIGHT_PATH = "/evidence/24-117/night_empty.mkv"
BROKEN_PATH = "/evidence/24-117/cut & paste.mp4"

ANNA = "Anna <b>O'Brien</b>"
PETROV = 'Пётр "Петя" Петров'

RED = Clothing("red", 0.93, "blue", 0.86)
WHITE = Clothing("white and black", 0.77, "grey", 0.68)
INFRARED = Clothing(reason="infra-red picture")
WAIST_UP = Clothing("green", 0.9, reason="lower half not seen")


def make_case(folder: Path) -> Path:
    """Write the case described at the top of this file and return its folder."""
    case = CaseBuilder(folder)
    case.run()
    case.person(ANNA, 11)
    case.person(PETROV, 12)
    case.db["gallery_faces"].insert(
        {
            "person": ANNA, "sha256": "ee" * 32, "path": "/gallery/two faces.jpg",
            "status": "set aside", "reason": "two faces in the picture",
        }
    )  # fmt: skip
    gaps = ((41.0, 46.5, "undecodable"), (101.0, 101.4, "timestamps jump"))
    case.video(LOBBY, 120.0, gaps, "2026-02-27T03:12:07.480")
    case.video(YARD, 64.0)
    case.video(NIGHT, 600.0)
    case.file(LOBBY_PATH, LOBBY)
    case.file(YARD_PATH, YARD)
    case.file(NIGHT_PATH, NIGHT)
    case.file(
        BROKEN_PATH, None, "failed", "the file ends inside a frame; copy it again from the recorder"
    )
    case.file("/evidence/24-117/later.mp4", None, "pending")
    for person in _lobby():
        case.track(LOBBY, person)
    for person in _yard():
        case.track(YARD, person)
    case.event(LOBBY, 1, 1, "person", f"candidate {ANNA} in view", 4.0, 88.0, 0.91, ANNA, "alarm")
    case.event(LOBBY, 2, 1, "expression", "apparent expression fear", 52.0, 55.2, 0.74, ANNA)
    case.event(LOBBY, 3, None, "fighting", "fighting", 70.0, 78.0, 0.82, level="alarm")
    case.event(LOBBY, 4, 4, "falling", "falling", 90.0, 93.0, 0.79, PETROV)
    case.event(LOBBY, 5, 1, "falling", "falling", 20.0, 22.0, 0.55, ANNA, "below")
    case.event(YARD, 1, 1, "running", "running", 3.0, 55.0, 0.8, PETROV)
    case.camera(
        'Yard "north"', "*двор*", location="Gate <2>", offset_s=30.0,
        note="seen & checked",
    )  # fmt: skip
    missing = case.db.execute(
        "SELECT image FROM faces WHERE t > 20 ORDER BY id LIMIT 1"
    ).fetchone()[0]
    (folder / "faces" / missing[:2] / f"{missing}.jpg").unlink(missing_ok=True)
    case.db.conn.close()
    return folder


def make_player_case(folder: Path, recording: Path) -> tuple[Path, str]:
    """Write a case of one real recording of twelve seconds, and return its folder and SHA-256.

    Two people stand still, their faces at fixed places: T1 at x 40, T2 at x 200.
    """
    info = probe(recording)
    case = CaseBuilder(folder)
    case.run()
    case.person(ANNA, 11)
    case.video(info.sha256, info.duration_s, wall_start="2026-02-27T03:12:07")
    facts = {
        name: getattr(info, name)
        for name in (
            "size_bytes",
            "width",
            "height",
            "start_pts",
            "end_pts",
            "frames",
            "average_rate",
        )
    }
    case.db["videos"].update(info.sha256, {**facts, "time_base": str(info.time_base)})
    case.file(str(recording), info.sha256)
    first = Stretch(1.0, 9.0, 11, actions=((1.0, 9.0, "walking"),), mood="fear")
    case.track(info.sha256, Person(1, [first], "candidate", [(ANNA, 0.41)]))
    case.track(info.sha256, Person(2, [Stretch(2.0, 11.0, 12)]))
    for number, x in ((1, 40.0), (2, 200.0)):
        case.db.execute(
            "UPDATE observations SET face_x = ?, face_y = 40, face_w = 50, face_h = 60, "
            "body_x = NULL, body_y = NULL, body_w = NULL, body_h = NULL "
            "WHERE tracklet_id IN (SELECT tracklet_id FROM track_tracklets WHERE track_id = ?)",
            (x, f"{info.sha256[:16]}:T{number}"),
        )
    case.db.conn.commit()
    case.event(info.sha256, 1, 1, "person", f"candidate {ANNA} in view", 1.0, 9.0, 0.9, ANNA)
    case.event(info.sha256, 2, 2, "running", "running", 5.0, 6.0, 0.8)
    case.camera("Gate", "gate*", location="north", timezone="Europe/Berlin", offset_s=154.0)
    case.db.conn.close()
    return folder, info.sha256


GATE, HALL, COURT = (hashlib.sha256(name).hexdigest() for name in (b"gate", b"hall", b"court"))


def make_route_case(folder: Path) -> Path:
    """Write a case of three cameras, two with a position; one person walks past all of them.

    Nobody saw the face of look-1; Anna is a candidate at the gate and in the court.
    """
    case = CaseBuilder(folder)
    case.run()
    case.person(ANNA, 11)
    starts = {GATE: "12:00:00", HALL: "12:04:00", COURT: "12:10:00"}
    for (sha256, start), name in zip(starts.items(), ("gate", "hall", "court"), strict=True):
        case.video(sha256, 60.0, wall_start=f"2026-02-27T{start}")
        case.file(f"/evidence/{name}.mp4", sha256)
        walk = Stretch(10.0, 30.0, 71, faces=0, actions=((10.0, 30.0, "walking"),))
        case.track(sha256, Person(1, [walk], "not assessed", clothes=RED))
    for sha256, seed in ((GATE, 11), (COURT, 11)):
        seen = Stretch(20.0, 50.0, seed, actions=((20.0, 50.0, "standing"),))
        case.track(sha256, Person(2, [seen], "candidate", [(ANNA, 0.41)], WHITE))
    case.look_group(1, [f"{sha256[:16]}:T1" for sha256 in starts])
    case.look_group(2, [f"{GATE[:16]}:T2"])
    case.camera("Gate", "*gate*", latitude=52.52, longitude=13.405)
    case.camera("Hall <b>", "*hall*")
    case.camera("Court", "*court*", latitude=52.5207, longitude=13.4061)
    case.db.conn.close()
    return folder


def _lobby() -> list[Person]:
    small = "face too small: 9 px between the eyes"
    blurred = "blurred </script><script>alert(1)</script>"
    walk = ((4.0, 14.0, "walking"), (14.0, 30.0, "standing"), (30.0, 40.0, "running"))
    back = ((50.0, 70.0, "sitting"), (70.0, 78.0, "fighting"), (78.0, 88.0, "unknown"))
    fall = ((62.0, 90.0, "standing"), (90.0, 93.0, "falling"), (93.0, 117.0, "lying"))
    anna = [
        Stretch(4.0, 40.8, 11, ((18.0, 23.0, small),), ((31.0, 34.0),), walk, "sad"),
        Stretch(50.0, 88.0, 11, ((60.0, 61.2, blurred),), (), back, "fear"),
    ]
    happy = Stretch(9.0, 33.0, 21, actions=((9.0, 33.0, "walking"),), mood="happy")
    petrov = Stretch(62.0, 118.0, 12, (), ((80.0, 92.0),), fall, "angry")
    return [
        Person(1, anna, "candidate", [(ANNA, 0.412), (PETROV, 0.599)], RED),
        Person(2, [happy], "unknown", [(PETROV, 0.61), (ANNA, 0.66)]),
        Person(
            3,
            [Stretch(26.0, 58.0, 31, ((26.0, 58.0, small),), faces=2)],
            "not assessed",
            clothes=INFRARED,
        ),
        Person(4, [petrov], "candidate", [(PETROV, 0.468), (ANNA, 0.655)], WHITE),
        *[_passer_by(number) for number in range(5, 9)],
    ]


def _passer_by(number: int) -> Person:
    start, end = 60.0 + number * 3, 74.0 + number * 5
    faceless = number == 7
    walk = ((start, end, "walking"),)
    stretch = Stretch(
        start, end, 40 + number, actions=walk, mood="surprise", faces=0 if faceless else 3
    )
    seen = WAIST_UP if number == 6 else PLAIN
    return Person(number, [stretch], "not assessed" if faceless else "unknown", clothes=seen)


def _yard() -> list[Person]:
    run = Stretch(3.0, 55.0, 12, actions=((3.0, 55.0, "running"),), mood="disgust")
    return [
        Person(1, [run], "candidate", [(PETROV, 0.391), (ANNA, 0.702)], WHITE),
        Person(2, [Stretch(30.0, 31.0, 52, faces=0)], "not assessed"),
    ]
