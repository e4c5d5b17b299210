"""Where weights come from: the registry, its folder, and hashes that must agree."""
