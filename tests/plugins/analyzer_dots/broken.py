"""A module that cannot be imported, as that of a package whose dependency is missing."""

raise ImportError("no module named 'dots_network'")
