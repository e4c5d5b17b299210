"""Evaluation of multi-object tracking against labelled sequences."""
