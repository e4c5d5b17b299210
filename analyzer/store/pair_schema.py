"""Tables of what two people do to each other, and of what moved where."""

from __future__ import annotations

from analyzer.store.first_schema import STRETCH

FLOW_COLUMN = "flow BLOB"
"""Column of ``scene_actions``: the flow map of the window; NULL in cases of earlier versions."""

PAIRS = f"""
CREATE TABLE pair_actions (
    video_sha256 TEXT NOT NULL REFERENCES videos(sha256) ON DELETE CASCADE,
    track_a TEXT NOT NULL REFERENCES tracks(id) ON DELETE CASCADE,
    track_b TEXT REFERENCES tracks(id) ON DELETE CASCADE,  -- NULL: both may be in one box
    begins REAL NOT NULL,                -- second on the grid of all windows
    {STRETCH},
    fighting REAL NOT NULL,              -- probability that the two fight
    x REAL NOT NULL, y REAL NOT NULL, w REAL NOT NULL, h REAL NOT NULL,
    features TEXT NOT NULL,              -- JSON of the measured quantities
    UNIQUE (track_a, track_b, begins)
);
CREATE INDEX pair_actions_b ON pair_actions(track_b);
CREATE INDEX pair_actions_video ON pair_actions(video_sha256);
"""
