"""Tables of pictures of bodies, of clothes, and of links by appearance."""

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

HEIGHTS = f"""
CREATE TABLE track_heights (
    track_id TEXT PRIMARY KEY REFERENCES tracks(id) ON DELETE CASCADE,
    height_m REAL NOT NULL,
    height_low_m REAL NOT NULL, height_high_m REAL NOT NULL  -- 95 % interval
) WITHOUT ROWID;

DROP VIEW track_looks;

CREATE VIEW track_looks AS
SELECT {PATH} AS video_path, k.video_sha256, k.id AS track_id, c.upper, c.lower,
       c.upper_probability, c.lower_probability,
       CASE WHEN b.image <> ''
            THEN 'bodies/' || substr(b.image, 1, 2) || '/' || b.image || '.jpg' END AS picture,
       c.reason, h.height_m, h.height_low_m, h.height_high_m
FROM tracks k LEFT JOIN track_clothing c ON c.track_id = k.id
LEFT JOIN bodies b ON b.id = k.best_body_id LEFT JOIN track_heights h ON h.track_id = k.id
"""

LINKS = """
CREATE TABLE look_links (
    track_a TEXT NOT NULL REFERENCES tracks(id) ON DELETE CASCADE,
    track_b TEXT NOT NULL REFERENCES tracks(id) ON DELETE CASCADE,
    similarity REAL NOT NULL,
    probability REAL NOT NULL,           -- that both are one person, at equal odds before looking
    relation TEXT NOT NULL,              -- same recording, other recording
    gap_s REAL,                          -- between the tracks; NULL where clocks do not tell
    distance_m REAL,                     -- between the cameras; NULL where it is not known
    PRIMARY KEY (track_a, track_b)
) WITHOUT ROWID;
CREATE INDEX look_links_b ON look_links(track_b);

CREATE TABLE look_groups (
    name TEXT PRIMARY KEY,               -- look-1, look-2 ...
    number INTEGER NOT NULL UNIQUE,
    tracks INTEGER NOT NULL,
    confirmed INTEGER NOT NULL           -- 1: an examiner said that it is one person
);

CREATE TABLE look_group_tracks (
    track_id TEXT PRIMARY KEY REFERENCES tracks(id) ON DELETE CASCADE,
    look_group TEXT NOT NULL REFERENCES look_groups(name) ON DELETE CASCADE,
    position INTEGER NOT NULL            -- 0, 1, 2 ... by first appearance
);
CREATE INDEX look_group_tracks_group ON look_group_tracks(look_group);

CREATE TABLE look_packs (
    segment_id TEXT NOT NULL REFERENCES segments(id) ON DELETE CASCADE,
    look_model TEXT NOT NULL,
    bodies INTEGER NOT NULL,
    looks BLOB NOT NULL,                 -- of the bodies in order of id, one after the other
    PRIMARY KEY (segment_id, look_model)
)
"""


def pack_triggers(table: str, packs: str) -> list[str]:
    """Return the SQL that drops the pack of a segment whenever a row of ``table`` changes."""
    return [
        f"CREATE TRIGGER {table}_{event}_unpacks AFTER {event} ON {table}\n"
        f"BEGIN DELETE FROM {packs} WHERE segment_id =\n"
        f"    (SELECT segment_id FROM tracklets WHERE id = {row}.tracklet_id); END"
        for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD"))
    ]
