"""Clocks of a recording: what each says, how far it can be trusted, and which one counts."""
