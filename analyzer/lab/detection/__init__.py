"""A detector of our own: one small network that finds people and faces, its teachers, its judge."""
