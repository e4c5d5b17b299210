"""Batch analyzer for recorded CCTV: people, candidates, expressions and actions over time."""

__version__ = "1.0.0.dev0"
