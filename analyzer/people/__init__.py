"""People: detectors, which face belongs to which body, what they wear."""
