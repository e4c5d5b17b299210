"""Tracking: boxes to tracklets inside a segment, tracklets to tracks through a video."""
