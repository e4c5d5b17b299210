"""Looks: what tells people apart by their clothes and build, without a face."""
