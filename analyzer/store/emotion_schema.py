"""Table of the usual expression of a track, and the view of the differences to it."""

from __future__ import annotations

from typing import Final

from analyzer.store.first_schema import PATH
from analyzer.types import EMOTIONS

_COLUMNS: Final = ", ".join(f"{name} REAL" for name in EMOTIONS)
_DIFFERENCES: Final = ", ".join(f"e.{name} - u.{name} AS {name}" for name in EMOTIONS)

USUAL: Final = f"""
CREATE TABLE track_usual_emotion (
    track_id TEXT PRIMARY KEY REFERENCES tracks(id) ON DELETE CASCADE,
    {_COLUMNS},                          -- NULL where the track tells none
    assessed_s REAL NOT NULL,            -- seconds of assessed faces that it follows from
    reason TEXT                          -- why there is none
) WITHOUT ROWID;

CREATE VIEW emotion_differences AS
SELECT {PATH} AS video_path, k.video_sha256, k.id AS track_id,
       CASE WHEN w.status <> 'rejected' THEN w.person END AS person, e.pts, e.t, e.wall_time,
       {_DIFFERENCES}, e.assessed, e.quality, COALESCE(e.reason, u.reason) AS reason
FROM track_emotions e JOIN tracks k ON k.id = e.track_id JOIN track_people w ON w.track_id = k.id
LEFT JOIN track_usual_emotion u ON u.track_id = k.id
"""
