"""Identity: candidates for tracks, unknown persons, and the arithmetic of face vectors."""
