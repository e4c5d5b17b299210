"""The public schema of a case database, as named migrations.

Raw tables hold what was measured in pictures, derived tables what follows from raw rows and
settings alone. ``docs/schema.md`` explains every column. All boxes are pixels of the picture as
displayed; ``pts`` is in the time base of the video, ``t`` in seconds since its first frame.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from analyzer.types import ACTIONS, EMOTIONS

FORMAT = "analyzer-case"
FORMAT_VERSION = 1
"""Raised when a reader of an older version could misread a case."""

migrations = Migrations("analyzer")

_EMOTION_COLUMNS = ", ".join(f"{name} REAL" for name in EMOTIONS)
_ACTION_COLUMNS = ", ".join(f"{name} REAL NOT NULL" for name in ACTIONS)

_WORK = """
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

_RAW = f"""
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
    start_pts INTEGER NOT NULL,
    t_start REAL NOT NULL,
    end_pts INTEGER NOT NULL,
    t_end REAL NOT NULL,
    label TEXT NOT NULL,
    {_ACTION_COLUMNS},
    features TEXT NOT NULL,              -- JSON of the measured quantities
    PRIMARY KEY (tracklet_id, start_pts, end_pts)
) WITHOUT ROWID;
"""

_DERIVED = f"""
CREATE TABLE tracks (
    id TEXT PRIMARY KEY,                 -- first 16 digits of the video's sha256, ':T', number
    video_sha256 TEXT NOT NULL REFERENCES videos(sha256) ON DELETE CASCADE,
    number INTEGER NOT NULL,             -- from 1, by time of appearance
    start_pts INTEGER NOT NULL,
    t_start REAL NOT NULL,
    end_pts INTEGER NOT NULL,
    t_end REAL NOT NULL,
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
    start_pts INTEGER NOT NULL,
    t_start REAL NOT NULL,
    end_pts INTEGER NOT NULL,
    t_end REAL NOT NULL,
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

_SEVEN = ", ".join(f"COALESCE(e.{name}, 1.0 / 7) AS {name}" for name in EMOTIONS)
_EIGHT = ", ".join(f"a.{name}" for name in ACTIONS)
_PATH = "(SELECT min(f.path) FROM files f WHERE f.sha256 = k.video_sha256)"

_VIEWS = f"""
-- Where assessed = 0 the seven are equal, 1/7 each: no information, not a measurement.
CREATE VIEW emotion_timeline AS
SELECT {_PATH} AS video_path, k.video_sha256, k.id AS track_id, k.person, e.pts, e.t, e.wall_time,
       {_SEVEN}, e.assessed, e.quality, e.reason
FROM track_emotions e JOIN tracks k ON k.id = e.track_id;

CREATE VIEW action_timeline AS
SELECT {_PATH} AS video_path, k.video_sha256, k.id AS track_id, k.person, a.t_start, a.t_end,
       a.label, {_EIGHT}
FROM track_actions a JOIN tracks k ON k.id = a.track_id;

CREATE VIEW appearances AS
SELECT {_PATH} AS video_path, k.video_sha256, k.id AS track_id, k.person, k.identity AS status,
       k.t_start, k.t_end, c.distance, c.probability, c.margin
FROM tracks k LEFT JOIN candidates c ON c.track_id = k.id AND c.rank = 1;
"""


@migrations()
def create_case(db: Database) -> None:
    """Create all tables and views of the first version."""
    for script in (_WORK, _RAW, _DERIVED, _VIEWS):
        for statement in script.split(";\n"):
            if statement.strip():
                db.execute(statement)
    db.table("case_info").insert_all(
        [
            {"key": "format", "value": FORMAT},
            {"key": "format_version", "value": str(FORMAT_VERSION)},
        ]
    )


@migrations()
def explain_candidates(db: Database) -> None:
    """Add what a candidate was decided by."""
    for column in (
        "false_match_rate REAL",
        "template_distance REAL",
        "nearest_distance REAL",
        "reason TEXT",
    ):
        db.execute(f"ALTER TABLE candidates ADD COLUMN {column}")


_PEOPLE = """
CREATE TABLE reviews (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    person TEXT NOT NULL,
    decision TEXT NOT NULL CHECK (decision IN ('confirmed', 'rejected', 'inconclusive')),
    note TEXT,
    track_id TEXT NOT NULL,              -- as it was called then
    video_sha256 TEXT NOT NULL,
    face_id TEXT,                        -- as it was called then
    pts INTEGER NOT NULL,                -- the anchor: one box at one moment
    kind TEXT NOT NULL,                  -- face, person
    x REAL NOT NULL, y REAL NOT NULL, w REAL NOT NULL, h REAL NOT NULL,
    t_start REAL NOT NULL,               -- extent of the track that was reviewed
    t_end REAL NOT NULL
);
CREATE TRIGGER reviews_no_update BEFORE UPDATE ON reviews
BEGIN SELECT RAISE(ABORT, 'a review may not be changed; add another'); END;
CREATE TRIGGER reviews_no_delete BEFORE DELETE ON reviews
BEGIN SELECT RAISE(ABORT, 'a review may not be removed; add another'); END;

CREATE TABLE groupings (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('merge', 'split', 'undo')),
    undoes INTEGER REFERENCES groupings(seq),
    names TEXT NOT NULL,                 -- JSON: unknowns as they were called then
    note TEXT,
    groups TEXT NOT NULL                 -- JSON: groups of anchors, one group one person
);
CREATE TRIGGER groupings_no_update BEFORE UPDATE ON groupings
BEGIN SELECT RAISE(ABORT, 'a merge or split may not be changed; undo it'); END;
CREATE TRIGGER groupings_no_delete BEFORE DELETE ON groupings
BEGIN SELECT RAISE(ABORT, 'a merge or split may not be removed; undo it'); END;

CREATE TABLE policy (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    by TEXT,
    stage TEXT NOT NULL,                 -- identify, emotion, action, embeddings, crops
    rule TEXT NOT NULL CHECK (rule IN ('forbid', 'allow')),
    reason TEXT
);
CREATE TRIGGER policy_no_update BEFORE UPDATE ON policy
BEGIN SELECT RAISE(ABORT, 'a policy may not be changed; add another rule'); END;
CREATE TRIGGER policy_no_delete BEFORE DELETE ON policy
BEGIN SELECT RAISE(ABORT, 'a policy may not be removed; add another rule'); END;

CREATE TABLE clusters (
    name TEXT PRIMARY KEY,               -- unknown-1, unknown-2 ...
    number INTEGER NOT NULL UNIQUE,
    tracks INTEGER NOT NULL,
    best_face_id TEXT
);

CREATE TABLE cluster_tracks (
    track_id TEXT PRIMARY KEY REFERENCES tracks(id) ON DELETE CASCADE,
    cluster TEXT NOT NULL REFERENCES clusters(name) ON DELETE CASCADE,
    position INTEGER NOT NULL            -- 0, 1, 2 ... by first appearance
);
CREATE INDEX cluster_tracks_cluster ON cluster_tracks(cluster);

CREATE TABLE review_tracks (
    seq INTEGER PRIMARY KEY REFERENCES reviews(seq),
    track_id TEXT NOT NULL REFERENCES tracks(id) ON DELETE CASCADE
);
CREATE INDEX review_tracks_track ON review_tracks(track_id);

CREATE TABLE verdicts (
    track_id TEXT NOT NULL REFERENCES tracks(id) ON DELETE CASCADE,
    person TEXT NOT NULL,
    decision TEXT NOT NULL,
    agreed INTEGER NOT NULL,             -- 0: reviewers contradict each other
    PRIMARY KEY (track_id, person)
) WITHOUT ROWID;

CREATE TABLE face_packs (
    segment_id TEXT NOT NULL REFERENCES segments(id) ON DELETE CASCADE,
    embedder TEXT NOT NULL,
    faces INTEGER NOT NULL,
    embeddings BLOB NOT NULL,            -- of the faces in order of id, one after the other
    PRIMARY KEY (segment_id, embedder)
);
"""

_PACK_TRIGGER = """
CREATE TRIGGER faces_{event}_unpacks AFTER {event} ON faces
BEGIN DELETE FROM face_packs WHERE segment_id =
    (SELECT segment_id FROM tracklets WHERE id = {row}.tracklet_id); END
"""

_PEOPLE_VIEWS = f"""
DROP VIEW emotion_timeline;
DROP VIEW action_timeline;
DROP VIEW appearances;

CREATE VIEW track_people AS
SELECT k.id AS track_id, COALESCE(c.person, k.person, u.cluster) AS person,
       CASE WHEN c.person IS NOT NULL THEN 'confirmed'
            WHEN r.decision = 'rejected' THEN 'rejected' ELSE k.identity END AS status,
       COALESCE(c.decision, r.decision) AS review
FROM tracks k
LEFT JOIN verdicts c ON c.track_id = k.id AND c.decision = 'confirmed'
LEFT JOIN verdicts r ON r.track_id = k.id AND r.person = k.person
LEFT JOIN cluster_tracks u ON u.track_id = k.id;

CREATE VIEW emotion_timeline AS
SELECT {_PATH} AS video_path, k.video_sha256, k.id AS track_id,
       CASE WHEN w.status <> 'rejected' THEN w.person END AS person, e.pts, e.t, e.wall_time,
       {_SEVEN}, e.assessed, e.quality, e.reason
FROM track_emotions e JOIN tracks k ON k.id = e.track_id JOIN track_people w ON w.track_id = k.id;

CREATE VIEW action_timeline AS
SELECT {_PATH} AS video_path, k.video_sha256, k.id AS track_id,
       CASE WHEN w.status <> 'rejected' THEN w.person END AS person, a.t_start, a.t_end,
       a.label, {_EIGHT}
FROM track_actions a JOIN tracks k ON k.id = a.track_id JOIN track_people w ON w.track_id = k.id;

CREATE VIEW appearances AS
SELECT {_PATH} AS video_path, k.video_sha256, k.id AS track_id, w.person, w.status,
       k.t_start, k.t_end, c.distance, c.probability, c.margin, w.review
FROM tracks k JOIN track_people w ON w.track_id = k.id
LEFT JOIN candidates c ON c.track_id = k.id
     AND CASE WHEN w.status = 'confirmed' THEN c.person = w.person ELSE c.rank = 1 END;
"""


@migrations()
def people_of_a_case(db: Database) -> None:
    """Add reviews, groupings and policy (never changed), unknown people, and packed embeddings."""
    for script in (_PEOPLE, _PEOPLE_VIEWS):
        for statement in filter(str.strip, script.split(";\n")):
            db.execute(statement)
    for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
        db.execute(_PACK_TRIGGER.format(event=event, row=row))
    for column in ("examiner", "authority", "purpose"):
        db.execute(f"ALTER TABLE runs ADD COLUMN {column} TEXT")


@migrations()
def add_segment_state(db: Database) -> None:
    """Tell segments that could not be analysed from those in which nobody was."""
    # analysed, undecodable, given up (workers died of it)
    db.execute("ALTER TABLE segments ADD COLUMN state TEXT NOT NULL DEFAULT 'analysed'")


@migrations()
def add_triage(db: Database) -> None:
    """Tell how much of a segment triage passed over."""
    db.execute("ALTER TABLE segments ADD COLUMN keyframes_only_s REAL NOT NULL DEFAULT 0")


@migrations()
def add_custody(db: Database) -> None:
    """Keep what rows are known by, and what a source was after it was analysed."""
    db.execute("ALTER TABLE files ADD COLUMN sha256_after TEXT")
    db.execute(
        "CREATE TABLE seals ("
        "scope TEXT NOT NULL, key TEXT NOT NULL, table_name TEXT NOT NULL, rows INTEGER NOT NULL, "
        "sha256 TEXT NOT NULL, row_hashes BLOB NOT NULL, PRIMARY KEY (scope, key, table_name)"
        ") WITHOUT ROWID"
    )


_EVENTS = """
CREATE TABLE events (
    id TEXT PRIMARY KEY,                 -- first 16 digits of the video's sha256, ':E', number
    video_sha256 TEXT NOT NULL REFERENCES videos(sha256) ON DELETE CASCADE,
    number INTEGER NOT NULL,             -- from 1, in order of time
    track_id TEXT REFERENCES tracks(id) ON DELETE CASCADE,
    kind TEXT NOT NULL,                  -- expression, fighting, falling, running, person, ...
    label TEXT NOT NULL,
    start_pts INTEGER NOT NULL,
    t_start REAL NOT NULL,
    end_pts INTEGER NOT NULL,
    t_end REAL NOT NULL,
    peak_pts INTEGER NOT NULL,
    t_peak REAL NOT NULL,
    score REAL NOT NULL,
    person TEXT,
    UNIQUE (video_sha256, number)
);
CREATE INDEX events_track ON events(track_id);

CREATE TABLE cameras (
    name TEXT PRIMARY KEY,
    pattern TEXT NOT NULL,               -- of the paths that it recorded
    location TEXT,
    timezone TEXT,
    start TEXT,
    offset_s REAL NOT NULL,
    drift_s_per_day REAL NOT NULL,
    checked_at TEXT,
    note TEXT
);
"""


@migrations()
def add_events_and_cameras(db: Database) -> None:
    """Add what is worth a look, and what a user says of the clocks of the cameras."""
    for statement in _EVENTS.split(";\n"):
        if statement.strip():
            db.execute(statement)


_SCENE = """
CREATE TABLE scene_actions (
    segment_id TEXT NOT NULL REFERENCES segments(id) ON DELETE CASCADE,
    start_pts INTEGER NOT NULL,
    t_start REAL NOT NULL,
    end_pts INTEGER NOT NULL,
    t_end REAL NOT NULL,
    fighting REAL NOT NULL,              -- probability of a fight anywhere in the picture
    features TEXT NOT NULL,              -- JSON of the measured quantities
    PRIMARY KEY (segment_id, start_pts, end_pts)
) WITHOUT ROWID;
"""


_ACTION_VIEW = f"""
CREATE VIEW action_timeline AS
SELECT {_PATH} AS video_path, k.video_sha256, k.id AS track_id,
       CASE WHEN w.status <> 'rejected' THEN w.person END AS person, a.t_start, a.t_end,
       a.label, {_EIGHT}, a.reason
FROM track_actions a JOIN tracks k ON k.id = a.track_id JOIN track_people w ON w.track_id = k.id;
"""


@migrations()
def add_scene_actions(db: Database) -> None:
    """Add the windows of the whole picture, which tell of fights, and why an action is unknown."""
    db.execute(_SCENE)
    for table in ("actions", "track_actions"):
        db.execute(f"ALTER TABLE {table} ADD COLUMN reason TEXT")
    db.execute("DROP VIEW action_timeline")
    db.execute(_ACTION_VIEW)
