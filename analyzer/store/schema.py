"""Schema of a case database: public, as named migrations.

Raw tables hold what was measured in pictures, derived tables what follows from raw rows and
settings alone. ``docs/schema.md`` explains every column. All boxes are pixels of the picture as
displayed; ``pts`` is in the time base of the video, ``t`` in seconds since its first frame.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from analyzer.store.alert_schema import ALERTS
from analyzer.store.body_schema import BODIES, HEIGHTS, LINKS, pack_triggers
from analyzer.store.clock_schema import CLOCKS, CLOCKS_VIEW
from analyzer.store.emotion_schema import USUAL
from analyzer.store.event_schema import EVENT_COLUMNS, EVENT_TRACKS, EVENTS_VIEW
from analyzer.store.first_schema import DERIVED, EIGHT, PATH, RAW, STRETCH, WORK
from analyzer.store.pair_schema import FLOW_COLUMN, PAIRS
from analyzer.store.people_schema import PEOPLE, PEOPLE_VIEWS
from analyzer.store.recording_schema import CAMERA_COLUMNS, RECORDINGS

FORMAT = "analyzer-case"
FORMAT_VERSION = 1
"""Raised when a reader of an older version could misread a case."""

migrations = Migrations("analyzer")


def _execute(db: Database, script: str) -> None:
    """Execute the statements of ``script`` inside the transaction of a migration."""
    for statement in filter(str.strip, script.split(";\n")):
        db.execute(statement)


@migrations()
def create_case(db: Database) -> None:
    """Create all tables of the first version; its views were replaced by later ones."""
    for script in (WORK, RAW, DERIVED):
        _execute(db, script)
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


@migrations()
def people_of_a_case(db: Database) -> None:
    """Add reviews, groupings and policy (never changed), unknown people, and packed embeddings."""
    _execute(db, PEOPLE)
    _execute(db, PEOPLE_VIEWS)
    for trigger in pack_triggers("faces", "face_packs"):
        db.execute(trigger)
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


_EVENTS = f"""
CREATE TABLE events (
    id TEXT PRIMARY KEY,                 -- first 16 digits of the video's sha256, ':E', number
    video_sha256 TEXT NOT NULL REFERENCES videos(sha256) ON DELETE CASCADE,
    number INTEGER NOT NULL,             -- from 1, in order of time
    track_id TEXT REFERENCES tracks(id) ON DELETE CASCADE,
    kind TEXT NOT NULL,                  -- expression, fighting, falling, running, person, ...
    label TEXT NOT NULL,
    {STRETCH},
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
    _execute(db, _EVENTS)


_SCENE = f"""
CREATE TABLE scene_actions (
    segment_id TEXT NOT NULL REFERENCES segments(id) ON DELETE CASCADE,
    {STRETCH},
    fighting REAL NOT NULL,              -- probability of a fight anywhere in the picture
    features TEXT NOT NULL,              -- JSON of the measured quantities
    PRIMARY KEY (segment_id, start_pts, end_pts)
) WITHOUT ROWID;
"""


_ACTION_VIEW = f"""
CREATE VIEW action_timeline AS
SELECT {PATH} AS video_path, k.video_sha256, k.id AS track_id,
       CASE WHEN w.status <> 'rejected' THEN w.person END AS person, a.t_start, a.t_end,
       a.label, {EIGHT}, a.reason
FROM track_actions a JOIN tracks k ON k.id = a.track_id JOIN track_people w ON w.track_id = k.id;
"""


@migrations()
def add_scene_actions(db: Database) -> None:
    """Add the windows of the whole picture, which tell of fights, and why an action is unknown."""
    db.execute(_SCENE)
    for table in ("actions", "track_actions"):
        db.execute(f"ALTER TABLE {table} ADD COLUMN reason TEXT")
    db.execute("DROP VIEW IF EXISTS action_timeline")
    db.execute(_ACTION_VIEW)


@migrations()
def add_tracklet_looks(db: Database) -> None:
    """Add what the person of a tracklet looks like, by which tracks are joined over gaps."""
    for name in ("look_first", "look_last"):
        db.execute(f"ALTER TABLE tracklets ADD COLUMN {name} BLOB")


_BOX = """
SELECT {path} AS video_path, k.video_sha256, k.id AS track_id, o.pts, o.t, '{kind}' AS kind,
       o.{kind}_x AS x, o.{kind}_y AS y, o.{kind}_w AS w, o.{kind}_h AS h,
       o.{kind}_score AS score, o.seen
FROM track_observations t JOIN tracks k ON k.id = t.track_id
JOIN observations o ON o.tracklet_id = t.tracklet_id AND o.pts = t.pts
WHERE o.{kind}_x IS NOT NULL
"""


@migrations()
def add_track_boxes(db: Database) -> None:
    """Add the boxes of tracks as a view for other programs."""
    boxes = (_BOX.format(path=PATH, kind=kind) for kind in ("body", "face"))
    db.execute("CREATE VIEW track_boxes AS" + "UNION ALL".join(boxes))


@migrations()
def add_clocks(db: Database) -> None:
    """Add every clock that a recording has, and whether its pictures were searched for one."""
    _execute(db, CLOCKS)


_STRETCHES = f"""
CREATE TABLE stretches (
    video_sha256 TEXT NOT NULL REFERENCES videos(sha256) ON DELETE CASCADE,
    number INTEGER NOT NULL,             -- from 0, in order of time
    kind TEXT NOT NULL,                  -- recorded, pause (the recorder wrote no picture)
    {STRETCH},
    PRIMARY KEY (video_sha256, number)
) WITHOUT ROWID;

CREATE VIEW recorded_stretches AS
WITH gap AS (
    SELECT s.video_sha256, g.t_start, g.t_end, g.reason
    FROM gaps g JOIN segments s ON s.id = g.segment_id
), edge AS (
    SELECT video_sha256, t_start AS t FROM stretches UNION
    SELECT video_sha256, t_end FROM stretches UNION
    SELECT video_sha256, t_start FROM gap UNION SELECT video_sha256, t_end FROM gap
), piece AS (
    SELECT video_sha256, t AS t_start,
           lead(t) OVER (PARTITION BY video_sha256 ORDER BY t) AS t_end FROM edge
)
SELECT {PATH} AS video_path, k.video_sha256, CAST(k.t_start AS REAL) AS t_start,
       CAST(k.t_end AS REAL) AS t_end,
       CAST(CASE WHEN r.kind = 'recorded' AND g.reason IS NOT NULL THEN 'gap'
            ELSE r.kind END AS TEXT) AS kind,
       CAST(CASE WHEN r.kind = 'recorded' THEN g.reason
            ELSE 'the recorder wrote no picture' END AS TEXT) AS reason
FROM piece k
JOIN stretches r ON r.video_sha256 = k.video_sha256
     AND r.t_start <= k.t_start AND r.t_end >= k.t_end
LEFT JOIN (SELECT video_sha256, t_start, t_end, min(reason) AS reason FROM gap
           GROUP BY video_sha256, t_start, t_end) g
     ON g.video_sha256 = k.video_sha256 AND g.t_start <= k.t_start AND g.t_end >= k.t_end
WHERE k.t_end > k.t_start
GROUP BY k.video_sha256, k.t_start;
"""


@migrations()
def add_stretches(db: Database) -> None:
    """Add recorded stretches and pauses, and how the times of the pictures are known."""
    _execute(db, _STRETCHES)
    for column in (
        "usual_step_s REAL",
        "recorded_s REAL",
        "start_offset_s REAL",
        "interpolated INTEGER",
    ):
        db.execute(f"ALTER TABLE videos ADD COLUMN {column}")


@migrations()
def add_turning(db: Database) -> None:
    """Add by how much pictures are turned, and where faces are found only in turned ones."""
    db.execute("ALTER TABLE cameras ADD COLUMN rotation INTEGER NOT NULL DEFAULT 0")
    db.execute("ALTER TABLE videos ADD COLUMN turned INTEGER NOT NULL DEFAULT 0")
    db.execute("ALTER TABLE segments ADD COLUMN faces_turned INTEGER NOT NULL DEFAULT 0")


@migrations()
def add_passed_over(db: Database) -> None:
    """Add what lay in the given folders and was not taken as footage, and why."""
    db.execute(
        "CREATE TABLE passed_over ("
        "path TEXT PRIMARY KEY, reason TEXT NOT NULL, "
        "files INTEGER NOT NULL, missed INTEGER NOT NULL, "
        "run_id TEXT NOT NULL REFERENCES runs(id))"
    )


@migrations()
def add_basis_of_clocks(db: Database) -> None:
    """Add by how much a clock was read, and how exactly."""
    db.execute("ALTER TABLE video_clocks ADD COLUMN basis TEXT")
    db.execute("DROP VIEW clocks")
    db.execute(CLOCKS_VIEW)


@migrations()
def add_bodies(db: Database) -> None:
    """Add the best pictures of bodies, and what is told of the clothes of a track."""
    db.execute("ALTER TABLE tracks ADD COLUMN best_body_id TEXT")
    _execute(db, BODIES)


@migrations()
def add_look_links(db: Database) -> None:
    """Add links and groups by appearance, packed looks, and where cameras hang."""
    _execute(db, LINKS)
    for trigger in pack_triggers("bodies", "look_packs"):
        db.execute(trigger)
    for column in ("latitude REAL", "longitude REAL", "overlaps TEXT NOT NULL DEFAULT ''"):
        db.execute(f"ALTER TABLE cameras ADD COLUMN {column}")


@migrations()
def add_levels(db: Database) -> None:
    """Add how sure an event is, who takes part, where it is in the picture, and a view of events.

    What was told by earlier versions was not measured: it is to be checked.
    """
    for column in EVENT_COLUMNS:
        db.execute(f"ALTER TABLE events ADD COLUMN {column}")
    _execute(db, EVENT_TRACKS)
    db.execute(EVENTS_VIEW)


@migrations()
def add_pair_actions(db: Database) -> None:
    """Add what two people near each other do, and what moved where in the picture."""
    db.execute(f"ALTER TABLE scene_actions ADD COLUMN {FLOW_COLUMN}")
    _execute(db, PAIRS)


@migrations()
def add_heights(db: Database) -> None:
    """Add heights known in the pictures of a camera, and those of people by them."""
    _execute(db, HEIGHTS)
    db.execute("ALTER TABLE cameras ADD COLUMN known_heights TEXT")


_MOTION = f"""
CREATE TABLE motion (
    segment_id TEXT NOT NULL REFERENCES segments(id) ON DELETE CASCADE,
    second INTEGER NOT NULL,             -- t, rounded down
    {STRETCH},
    cells BLOB NOT NULL,                 -- a bit per cell, then a byte per bit that is set
    PRIMARY KEY (segment_id, second)
) WITHOUT ROWID
"""


@migrations()
def add_motion(db: Database) -> None:
    """Add where in the picture something changed, second by second."""
    db.execute(_MOTION)
    for column in ("motion_columns", "motion_rows"):
        db.execute(f"ALTER TABLE segments ADD COLUMN {column} INTEGER")


_MEASURED_WITH = """
CREATE TABLE measured_with (
    video_sha256 TEXT PRIMARY KEY REFERENCES videos(sha256) ON DELETE CASCADE,
    run_id TEXT NOT NULL REFERENCES runs(id),
    raw_hash TEXT NOT NULL,              -- as in segments
    camera TEXT,
    preset TEXT NOT NULL,
    settings TEXT NOT NULL               -- JSON: raw settings other than those of the run
) WITHOUT ROWID
"""


@migrations()
def add_camera_settings(db: Database) -> None:
    """Add presets, settings and regions of cameras, and what each video was measured with."""
    for column in ("preset", "settings", "look", "leave_out"):
        db.execute(f"ALTER TABLE cameras ADD COLUMN {column} TEXT")
    db.execute(_MEASURED_WITH)


_LEFT_OUT = f"""
CREATE TABLE left_out (
    video_sha256 TEXT NOT NULL REFERENCES videos(sha256) ON DELETE CASCADE,
    tracklet_id TEXT NOT NULL REFERENCES tracklets(id) ON DELETE CASCADE,
    {STRETCH},
    PRIMARY KEY (tracklet_id, start_pts)
) WITHOUT ROWID;
CREATE INDEX left_out_video ON left_out(video_sha256);
"""


@migrations()
def add_left_out(db: Database) -> None:
    """Add when which tracklet is in a part of the picture that its camera leaves out."""
    _execute(db, _LEFT_OUT)


@migrations()
def add_alerts(db: Database) -> None:
    """Add incidents that were told, and the deliveries of their messages."""
    _execute(db, ALERTS)


@migrations()
def add_recordings(db: Database) -> None:
    """Add what was recorded of live sources, when it arrived, and what of them is missing."""
    _execute(db, RECORDINGS)
    for column in CAMERA_COLUMNS:
        db.execute(f"ALTER TABLE cameras ADD COLUMN {column}")


@migrations()
def add_usual_emotion(db: Database) -> None:
    """Add the usual expression of every track, and the view of the differences to it."""
    _execute(db, USUAL)


_BOOKMARKS = """
CREATE TABLE bookmarks (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    video_sha256 TEXT NOT NULL,
    t REAL NOT NULL,
    track_id TEXT,                       -- as it was called then
    note TEXT,
    undoes INTEGER REFERENCES bookmarks(seq)
);
CREATE TRIGGER bookmarks_no_update BEFORE UPDATE ON bookmarks
BEGIN SELECT RAISE(ABORT, 'a bookmark may not be changed; undo it'); END;
CREATE TRIGGER bookmarks_no_delete BEFORE DELETE ON bookmarks
BEGIN SELECT RAISE(ABORT, 'a bookmark may not be removed; undo it'); END;
"""


@migrations()
def add_bookmarks(db: Database) -> None:
    """Add reviews that take back others, and bookmarks."""
    db.execute("ALTER TABLE reviews ADD COLUMN undoes INTEGER")
    _execute(db, _BOOKMARKS)
