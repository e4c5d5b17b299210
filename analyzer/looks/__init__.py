"""Looks: vectors that tell people apart by what they wear, without a face."""
