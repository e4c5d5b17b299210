"""Galleries of known persons: their pictures, the index, checks and changes."""
