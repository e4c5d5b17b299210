"""Recorded files to frames: probe, segments, decode, motion gate, wall clock."""
