"""Tables and views of clocks, as the migrations that add them need them."""

from __future__ import annotations

from analyzer.store.first_schema import PATH

CLOCKS = f"""
CREATE TABLE video_clocks (
    video_sha256 TEXT NOT NULL REFERENCES videos(sha256) ON DELETE CASCADE,
    source TEXT NOT NULL,                -- camera file, burnt-in, frame dates, name, ...
    told TEXT NOT NULL,                  -- where it was found, in words
    wall_start TEXT NOT NULL,            -- what it shows at the first picture
    zone TEXT,
    offset_s REAL,                       -- by how much it is ahead of the one used
    drift REAL,                          -- seconds gained a minute on the file's times
    trust REAL NOT NULL,
    used INTEGER NOT NULL,
    contradiction TEXT,
    notes TEXT NOT NULL,                 -- JSON: texts
    camera TEXT,                         -- name of the camera, as it stands beside the clock
    pieces TEXT NOT NULL,                -- JSON: t, wall, rate
    PRIMARY KEY (video_sha256, source)
) WITHOUT ROWID;

CREATE TABLE clock_readings (
    video_sha256 TEXT PRIMARY KEY REFERENCES videos(sha256) ON DELETE CASCADE,
    reader TEXT NOT NULL,                -- of the version and models that looked
    found INTEGER NOT NULL
);

CREATE VIEW clocks AS
SELECT {PATH} AS video_path, k.video_sha256, k.source, k.wall_start, k.zone, k.offset_s, k.drift,
       k.trust, k.used, k.told, k.contradiction, k.notes, k.camera
FROM video_clocks k;
"""

CLOCKS_VIEW = f"""
CREATE VIEW clocks AS
SELECT {PATH} AS video_path, k.video_sha256, k.source, k.wall_start, k.zone, k.offset_s, k.drift,
       k.trust, k.used, k.told, k.contradiction, k.notes, k.camera, k.basis
FROM video_clocks k
"""
