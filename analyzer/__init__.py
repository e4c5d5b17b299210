"""Batch analyzer for recorded CCTV: people, candidates, apparent expressions and actions over time."""

__version__ = "0.1.0"
