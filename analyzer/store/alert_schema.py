"""Schema of alerts: incidents, the stretches they are known by, and deliveries of messages."""

from __future__ import annotations

from typing import Final

ALERTS: Final = """
CREATE TABLE incidents (
    id TEXT PRIMARY KEY,                 -- the same for the same first event
    camera TEXT NOT NULL,                -- its name; the recording where none is known
    place TEXT,
    kind TEXT NOT NULL,
    label TEXT NOT NULL,
    level TEXT NOT NULL,
    score REAL NOT NULL,
    people TEXT NOT NULL,                -- JSON: names of the gallery
    who TEXT NOT NULL,                   -- JSON: those who take part, in words
    video_sha256 TEXT NOT NULL,          -- not REFERENCES: outlives the rows of its video
    path TEXT,
    t_start REAL NOT NULL,
    t_end REAL NOT NULL,
    t_peak REAL NOT NULL,
    tracks TEXT NOT NULL,                -- JSON: short names, as they were called then
    wall_start TEXT,                     -- by the clock that counted then
    wall_end TEXT,
    clock TEXT NOT NULL,                 -- which clock that was, in words
    stored_start TEXT,                   -- by the best clock of the recording itself
    stored_clock TEXT,
    found_at TEXT NOT NULL
);

CREATE TABLE incident_parts (
    incident_id TEXT NOT NULL REFERENCES incidents(id),
    video_sha256 TEXT NOT NULL,
    t_start REAL NOT NULL,
    t_end REAL NOT NULL,
    people TEXT NOT NULL,                -- JSON: names of the gallery
    wall_start TEXT,
    wall_end TEXT,
    PRIMARY KEY (incident_id, video_sha256, t_start)
) WITHOUT ROWID;

CREATE TABLE deliveries (
    id TEXT PRIMARY KEY,                 -- of the message, the same whenever it is sent
    incident_id TEXT REFERENCES incidents(id),
    channel TEXT NOT NULL,
    state TEXT NOT NULL CHECK (
        state IN ('pending', 'sending', 'sent', 'held', 'told together', 'failed')),
    reason TEXT,                         -- why it is held or was not sent, without addresses
    attempts INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    next_at TEXT,
    sent_at TEXT,
    summary_id TEXT REFERENCES deliveries(id)
);
CREATE INDEX deliveries_state ON deliveries(channel, state);
CREATE INDEX deliveries_incident ON deliveries(incident_id);

CREATE TABLE alert_channels (
    channel TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,           -- since the last message that went through
    next_at TEXT,
    reason TEXT
)
"""
