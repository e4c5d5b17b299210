"""Chain of custody: hashes, the manifest of a case, and its audit log."""
