"""Tables of the first migration, unchanged since; later migrations build on them."""

from __future__ import annotations

from analyzer.types import ACTIONS, EMOTIONS

_EMOTION_COLUMNS = ", ".join(f"{name} REAL" for name in EMOTIONS)
_ACTION_COLUMNS = ", ".join(f"{name} REAL NOT NULL" for name in ACTIONS)
STRETCH = """start_pts INTEGER NOT NULL,
    t_start REAL NOT NULL,
    end_pts INTEGER NOT NULL,
    t_end REAL NOT NULL"""

WORK = """
CREATE TABLE case_info (key TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    command TEXT NOT NULL,
    started_at TEXT NOT NULL,
    ended_at TEXT,
    status TEXT NOT NULL,                -- running, finished, interrupted, failed
    settings TEXT NOT NULL,              -- JSON of all settings
    raw_hash TEXT NOT NULL,              -- settings and models that raw rows depend on
    models TEXT NOT NULL,                -- JSON: part, backend, file, sha256
    versions TEXT NOT NULL,              -- JSON: analyzer, python, libraries, ffmpeg
    gallery_fingerprint TEXT
);

CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    detail TEXT NOT NULL,                -- JSON
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE
);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log may not be changed'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log may not be changed'); END;

CREATE TABLE people (
    name TEXT PRIMARY KEY,
    source TEXT NOT NULL                 -- folder or picture the person came from
);

CREATE TABLE gallery_faces (
    person TEXT NOT NULL REFERENCES people(name) ON DELETE CASCADE,
    sha256 TEXT NOT NULL,                -- of the picture file
    path TEXT NOT NULL,
    status TEXT NOT NULL,                -- used, set aside
    reason TEXT,
    image TEXT,                          -- sha256 of the face crop under faces/
    embedder TEXT,
    embedding BLOB,                      -- float32, little endian
    PRIMARY KEY (person, path)
);
"""

RAW = f"""
CREATE TABLE videos (
    sha256 TEXT PRIMARY KEY,
    size_bytes INTEGER NOT NULL,
    container TEXT NOT NULL,
    codec TEXT NOT NULL,
    pixel_format TEXT NOT NULL,
    width INTEGER NOT NULL,              -- as displayed
    height INTEGER NOT NULL,
    coded_width INTEGER NOT NULL,
    coded_height INTEGER NOT NULL,
    sample_aspect TEXT NOT NULL,
    rotation INTEGER NOT NULL,
    interlaced INTEGER NOT NULL,
    time_base TEXT NOT NULL,             -- e.g. 1/12800
    start_pts INTEGER NOT NULL,
    end_pts INTEGER NOT NULL,
    duration_s REAL NOT NULL,
    frames INTEGER NOT NULL,
    average_rate REAL NOT NULL,
    variable_rate INTEGER NOT NULL,
    creation_time TEXT,
    timestamps TEXT NOT NULL,            -- stored, generated (by counting pictures)
    wall_start TEXT,                     -- wall clock of the first frame, time as stored
    wall_source TEXT,                    -- where that came from, in words
    derived_hash TEXT                    -- settings and gallery its derived rows follow from
);

CREATE TABLE files (
    path TEXT PRIMARY KEY,
    sha256 TEXT,                         -- known also of a file that turned out to be no video
    status TEXT NOT NULL,                -- pending, done, failed
    reason TEXT,
    run_id TEXT NOT NULL REFERENCES runs(id)
);
CREATE INDEX files_sha256 ON files(sha256);

CREATE TABLE segments (
    id TEXT PRIMARY KEY,                 -- first 16 digits of the video's sha256, ':', index
    video_sha256 TEXT NOT NULL REFERENCES videos(sha256) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    raw_hash TEXT NOT NULL,
    lead_pts INTEGER NOT NULL,
    start_pts INTEGER NOT NULL,
    end_pts INTEGER NOT NULL,
    frames_sampled INTEGER NOT NULL,
    frames_examined INTEGER NOT NULL,    -- those on which a detector ran
    bad_frames INTEGER NOT NULL,
    UNIQUE (video_sha256, number)
);

CREATE TABLE gaps (
    segment_id TEXT NOT NULL REFERENCES segments(id) ON DELETE CASCADE,
    t_start REAL NOT NULL,
    t_end REAL NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX gaps_segment ON gaps(segment_id);

CREATE TABLE tracklets (
    id TEXT PRIMARY KEY,                 -- segment id, ':', number
    segment_id TEXT NOT NULL REFERENCES segments(id) ON DELETE CASCADE,
    number INTEGER NOT NULL
);
CREATE INDEX tracklets_segment ON tracklets(segment_id);

CREATE TABLE observations (
    tracklet_id TEXT NOT NULL REFERENCES tracklets(id) ON DELETE CASCADE,
    pts INTEGER NOT NULL,
    t REAL NOT NULL,
    seen TEXT NOT NULL,                  -- detected, held
    face_x REAL, face_y REAL, face_w REAL, face_h REAL, face_score REAL,
    landmarks TEXT,                      -- JSON, five [x, y]
    body_x REAL, body_y REAL, body_w REAL, body_h REAL, body_score REAL,
    PRIMARY KEY (tracklet_id, pts)
) WITHOUT ROWID;

CREATE TABLE faces (
    id TEXT PRIMARY KEY,                 -- tracklet id, ':', pts
    tracklet_id TEXT NOT NULL REFERENCES tracklets(id) ON DELETE CASCADE,
    pts INTEGER NOT NULL,
    t REAL NOT NULL,
    x REAL NOT NULL, y REAL NOT NULL, w REAL NOT NULL, h REAL NOT NULL,
    landmarks TEXT NOT NULL,
    eye_px REAL NOT NULL, sharpness REAL NOT NULL, exposure REAL NOT NULL,
    yaw REAL NOT NULL, pitch REAL NOT NULL, roll REAL NOT NULL,
    quality REAL NOT NULL,
    reasons TEXT NOT NULL,               -- JSON list of words
    image TEXT NOT NULL,                 -- sha256 of the crop under faces/
    embedder TEXT,
    embedding BLOB                       -- float32, little endian; NULL: not assessed
);
CREATE INDEX faces_tracklet ON faces(tracklet_id);

CREATE TABLE emotions (
    tracklet_id TEXT NOT NULL REFERENCES tracklets(id) ON DELETE CASCADE,
    pts INTEGER NOT NULL,
    t REAL NOT NULL,
    {_EMOTION_COLUMNS},
    assessed INTEGER NOT NULL,           -- 0: insufficient quality, the seven are NULL
    quality REAL NOT NULL,
    reason TEXT,
    PRIMARY KEY (tracklet_id, pts)
) WITHOUT ROWID;

CREATE TABLE actions (
    tracklet_id TEXT NOT NULL REFERENCES tracklets(id) ON DELETE CASCADE,
    {STRETCH},
    label TEXT NOT NULL,
    {_ACTION_COLUMNS},
    features TEXT NOT NULL,              -- JSON of the measured quantities
    PRIMARY KEY (tracklet_id, start_pts, end_pts)
) WITHOUT ROWID;
"""

DERIVED = f"""
CREATE TABLE tracks (
    id TEXT PRIMARY KEY,                 -- first 16 digits of the video's sha256, ':T', number
    video_sha256 TEXT NOT NULL REFERENCES videos(sha256) ON DELETE CASCADE,
    number INTEGER NOT NULL,             -- from 1, by time of appearance
    {STRETCH},
    observations INTEGER NOT NULL,
    face_observations INTEGER NOT NULL,
    best_face_id TEXT,
    identity TEXT NOT NULL,              -- candidate, unknown, not assessed
    person TEXT,                         -- the accepted candidate of rank 1
    dominant_emotion TEXT,               -- NULL when nothing could be assessed
    dominant_share REAL,                 -- share of the assessed time
    emotion_confidence REAL,             -- mean smoothed probability while dominant
    assessed_share REAL,                 -- share of the seen faces that could be assessed
    main_action TEXT,
    UNIQUE (video_sha256, number)
);

CREATE TABLE track_tracklets (
    tracklet_id TEXT PRIMARY KEY REFERENCES tracklets(id) ON DELETE CASCADE,
    track_id TEXT NOT NULL REFERENCES tracks(id) ON DELETE CASCADE,
    position INTEGER NOT NULL
);
CREATE INDEX track_tracklets_track ON track_tracklets(track_id);

CREATE TABLE track_observations (
    track_id TEXT NOT NULL REFERENCES tracks(id) ON DELETE CASCADE,
    pts INTEGER NOT NULL,
    tracklet_id TEXT NOT NULL,
    PRIMARY KEY (track_id, pts)
) WITHOUT ROWID;

CREATE TABLE track_emotions (
    track_id TEXT NOT NULL REFERENCES tracks(id) ON DELETE CASCADE,
    pts INTEGER NOT NULL,
    t REAL NOT NULL,
    wall_time TEXT,
    {_EMOTION_COLUMNS},                  -- smoothed; the raw values are in emotions
    assessed INTEGER NOT NULL,
    quality REAL NOT NULL,
    reason TEXT,
    tracklet_id TEXT NOT NULL,
    PRIMARY KEY (track_id, pts)
) WITHOUT ROWID;

CREATE TABLE track_actions (
    track_id TEXT NOT NULL REFERENCES tracks(id) ON DELETE CASCADE,
    {STRETCH},
    label TEXT NOT NULL,
    {_ACTION_COLUMNS},
    features TEXT NOT NULL,
    PRIMARY KEY (track_id, start_pts, end_pts)
) WITHOUT ROWID;

CREATE TABLE candidates (
    track_id TEXT NOT NULL REFERENCES tracks(id) ON DELETE CASCADE,
    rank INTEGER NOT NULL,
    person TEXT NOT NULL,
    distance REAL NOT NULL,
    margin REAL,                         -- to the next person; NULL in a gallery of one
    threshold REAL NOT NULL,
    probability REAL,
    accepted INTEGER NOT NULL,
    face_id TEXT NOT NULL,
    gallery_sha256 TEXT NOT NULL,
    PRIMARY KEY (track_id, rank)
) WITHOUT ROWID;
"""

SEVEN = ", ".join(f"COALESCE(e.{name}, 1.0 / 7) AS {name}" for name in EMOTIONS)
EIGHT = ", ".join(f"a.{name}" for name in ACTIONS)
PATH = "(SELECT min(f.path) FROM files f WHERE f.sha256 = k.video_sha256)"
