"""Routes of a case: the appearances of a person, of a group, or of whoever a track shows."""

from __future__ import annotations

from dataclasses import replace

from analyzer.errors import UsageError
from analyzer.identity.route import Stop, in_order
from analyzer.store.codec.values import Row
from analyzer.store.images import BODIES_NAME, FACES_NAME, picture_name
from analyzer.store.places import Places
from analyzer.store.reader import CaseReader


def route_of(reader: CaseReader, who: str) -> tuple[Stop, ...]:
    """Return where ``who`` appears, in order of time.

    ``who`` is a name of the gallery, unknown-N or look-N. To the tracks of a person are added those
    of the groups by appearance that they are in, as *similar appearance*; a track that is named
    otherwise, or whose candidate was rejected, is not. Raises UsageError where nobody is called so.
    """
    own = [row["track_id"] for row in reader.select(_OF_PERSON, [who])]
    alike = [row["track_id"] for row in reader.select(_OF_GROUP, [who])]
    if not own and not alike:
        raise UsageError(
            f"{reader.folder}: nobody is called {who}; give a name of the gallery, unknown-N or "
            "look-N, as the report shows it"
        )
    alike += [row["track_id"] for row in reader.select(_ALIKE, [who, who])]
    places = Places(reader)
    stops = [_stop(reader, places, track, who) for track in own]
    others = [track for track in dict.fromkeys(alike) if track not in own]
    return in_order([*stops, *(_by_look(_stop(reader, places, track, who)) for track in others)])


_OF_PERSON = """
SELECT track_id FROM track_people
WHERE person = ? AND status IN ('confirmed', 'candidate', 'unknown') ORDER BY track_id
"""

_OF_GROUP = "SELECT track_id FROM look_group_tracks WHERE look_group = ? ORDER BY position"

_ALIKE = """
SELECT DISTINCT other.track_id FROM track_people w
JOIN look_group_tracks mine ON mine.track_id = w.track_id
JOIN look_group_tracks other ON other.look_group = mine.look_group
JOIN track_people o ON o.track_id = other.track_id
WHERE w.person = ? AND w.status IN ('confirmed', 'candidate', 'unknown')
  AND (o.person IS NULL OR o.person = ? OR o.status = 'unknown') AND o.status <> 'rejected'
ORDER BY other.track_id
"""

_STOP = """
SELECT t.video_sha256, t.t_start, t.t_end, w.status, c.probability, f.image AS face,
       b.image AS body, (SELECT min(path) FROM files WHERE sha256 = t.video_sha256) AS video_path
FROM tracks t JOIN track_people w ON w.track_id = t.id
LEFT JOIN faces f ON f.id = t.best_face_id LEFT JOIN bodies b ON b.id = t.best_body_id
LEFT JOIN candidates c ON c.track_id = t.id AND c.person = ?
WHERE t.id = ?
"""


def _stop(reader: CaseReader, places: Places, track: str, who: str) -> Stop:
    """Return the stop that ``track`` is for ``who``."""
    (row,) = reader.select(_STOP, [who, track])
    video = row["video_sha256"]
    clock, camera = places.of(video).clock, places.of(video).camera
    return Stop(
        track_id=track,
        video_sha256=video,
        video_path=row["video_path"] or video,
        camera=None if camera is None else camera.name,
        location=None if camera is None else camera.location,
        position=None if camera is None else camera.position,
        t_start=row["t_start"],
        t_end=row["t_end"],
        wall_start=None if clock is None else clock.at(row["t_start"]),
        wall_end=None if clock is None else clock.at(row["t_end"]),
        basis=row["status"],
        probability=row["probability"],
        face=_path(row, "face", FACES_NAME),
        picture=_path(row, "body", BODIES_NAME),
    )


def _by_look(stop: Stop) -> Stop:
    return replace(stop, basis="similar appearance", probability=None)


def _path(row: Row, key: str, kind: str) -> str | None:
    return picture_name(row[key], kind) if row[key] else None
