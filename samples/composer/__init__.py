"""Composer of the demo clips: a drawn room, cut-out people, and a cheap camera."""
