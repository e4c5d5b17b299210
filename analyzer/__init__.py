"""Batch analyzer for recorded CCTV: people, candidates, expressions and actions over time."""

__version__ = "0.1.0"
