"""Registry of model weights: entries, folders, downloads, and hashes that must agree."""
