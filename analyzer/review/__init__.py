"""Decisions of examiners about tracks, and what follows from them."""
