"""Tables of recordings of live sources, as the migration that adds them needs them."""

from __future__ import annotations

RECORDINGS = """
CREATE TABLE recordings (
    path TEXT PRIMARY KEY,               -- inside the case, or absolute
    camera TEXT NOT NULL,
    sha256 TEXT NOT NULL,                -- of the file when it was closed
    bytes INTEGER NOT NULL,
    arrival_begin TEXT NOT NULL,         -- UTC
    arrival_end TEXT NOT NULL,
    state TEXT NOT NULL,                 -- closed, analysed, failed, dropped
    reason TEXT,
    analysed_at TEXT
);
CREATE INDEX recordings_state ON recordings(state, arrival_end);
CREATE INDEX recordings_camera ON recordings(camera, arrival_end);
CREATE INDEX recordings_video ON recordings(sha256);

CREATE TABLE recording_gaps (
    camera TEXT NOT NULL,
    t_from TEXT NOT NULL,                -- UTC
    t_to TEXT,
    reason TEXT NOT NULL,
    PRIMARY KEY (camera, t_from)
) WITHOUT ROWID;
"""

CAMERA_COLUMNS = ("place TEXT", "url TEXT", "schedule TEXT", "notify TEXT")
