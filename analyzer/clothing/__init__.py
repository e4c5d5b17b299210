"""Clothes in plain words: light of a recording, colours of a body, their names."""
