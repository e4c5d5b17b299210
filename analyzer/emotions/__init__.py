"""Expressions: from face chips to probabilities, and from probabilities to timelines."""
