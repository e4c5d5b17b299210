"""Evaluation and calibration of face embedders."""
