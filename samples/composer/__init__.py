"""Composes the demo clips: a drawn room, cut-out people walking in it, and a cheap camera."""
