"""Tables and views of the people of a case, as the migration that adds them needs them."""

from __future__ import annotations

from analyzer.store.first_schema import PATH, SEVEN

PEOPLE = """
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

PEOPLE_VIEWS = f"""
DROP VIEW IF EXISTS emotion_timeline;
DROP VIEW IF EXISTS action_timeline;
DROP VIEW IF EXISTS appearances;

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
SELECT {PATH} AS video_path, k.video_sha256, k.id AS track_id,
       CASE WHEN w.status <> 'rejected' THEN w.person END AS person, e.pts, e.t, e.wall_time,
       {SEVEN}, e.assessed, e.quality, e.reason
FROM track_emotions e JOIN tracks k ON k.id = e.track_id JOIN track_people w ON w.track_id = k.id;

CREATE VIEW appearances AS
SELECT {PATH} AS video_path, k.video_sha256, k.id AS track_id, w.person, w.status,
       k.t_start, k.t_end, c.distance, c.probability, c.margin, w.review
FROM tracks k JOIN track_people w ON w.track_id = k.id
LEFT JOIN candidates c ON c.track_id = k.id
     AND CASE WHEN w.status = 'confirmed' THEN c.person = w.person ELSE c.rank = 1 END;
"""
