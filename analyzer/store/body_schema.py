"""Tables of the pictures of bodies, and of what is told of clothes."""

from __future__ import annotations

from analyzer.store.first_schema import PATH

BODIES = f"""
CREATE TABLE bodies (
    id TEXT PRIMARY KEY,                 -- tracklet id, ':b', pts
    tracklet_id TEXT NOT NULL REFERENCES tracklets(id) ON DELETE CASCADE,
    pts INTEGER NOT NULL,
    t REAL NOT NULL,
    x REAL NOT NULL, y REAL NOT NULL, w REAL NOT NULL, h REAL NOT NULL,
    height_px REAL NOT NULL, sharpness REAL NOT NULL,
    quality REAL NOT NULL,
    reasons TEXT NOT NULL,               -- JSON list of words
    image TEXT NOT NULL,                 -- sha256 of the crop under bodies/; empty: not kept
    upper BLOB, lower BLOB,              -- palettes: share, L, a, b as float32, row after row
    light BLOB,                          -- float32: what the whole picture tells of its light
    look_model TEXT,
    look BLOB                            -- float32, little endian; NULL: not assessed
);
CREATE INDEX bodies_tracklet ON bodies(tracklet_id);

CREATE TABLE track_clothing (
    track_id TEXT PRIMARY KEY REFERENCES tracks(id) ON DELETE CASCADE,
    upper TEXT, upper_probability REAL,
    lower TEXT, lower_probability REAL,
    reason TEXT                          -- why something is not told
) WITHOUT ROWID;

CREATE VIEW track_looks AS
SELECT {PATH} AS video_path, k.video_sha256, k.id AS track_id, c.upper, c.lower,
       c.upper_probability, c.lower_probability,
       CASE WHEN b.image <> ''
            THEN 'bodies/' || substr(b.image, 1, 2) || '/' || b.image || '.jpg' END AS picture,
       c.reason
FROM tracks k LEFT JOIN track_clothing c ON c.track_id = k.id
LEFT JOIN bodies b ON b.id = k.best_body_id;
"""
