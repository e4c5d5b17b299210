"""Schema of events: how sure they are, who takes part, and the view for other programs."""

from __future__ import annotations

from typing import Final

from analyzer.store.first_schema import PATH

EVENT_COLUMNS: Final = (
    "level TEXT",
    "x REAL",
    "y REAL",
    "w REAL",
    "h REAL",
    "wall_start TEXT",
)

EVENT_TRACKS: Final = """
CREATE TABLE event_tracks (
    event_id TEXT NOT NULL REFERENCES events(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,           -- from 0; the first is the track of the event
    track_id TEXT NOT NULL REFERENCES tracks(id) ON DELETE CASCADE,
    PRIMARY KEY (event_id, position)
) WITHOUT ROWID;
CREATE INDEX event_tracks_track ON event_tracks(track_id)
"""

EVENTS_VIEW: Final = f"""
CREATE VIEW event_timeline AS
SELECT {PATH} AS video_path, k.video_sha256, k.kind, k.label,
       CAST(CASE WHEN k.kind = 'person' AND w.status = 'rejected' THEN 'below'
            ELSE COALESCE(k.level, 'to check') END AS TEXT) AS level,
       k.track_id,
       CASE WHEN w.status <> 'rejected' THEN w.person END AS person, k.t_start, k.t_end,
       k.wall_start, k.score, k.id AS event_id,
       CAST(COALESCE((SELECT group_concat(track_id, ' ') FROM (
            SELECT o.track_id FROM event_tracks o WHERE o.event_id = k.id ORDER BY o.position
       )), k.track_id) AS TEXT) AS tracks,
       k.x, k.y, k.w, k.h
FROM events k LEFT JOIN track_people w ON w.track_id = k.track_id
"""
