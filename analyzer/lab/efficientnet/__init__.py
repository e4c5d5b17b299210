"""EfficientNet-lite0, on which networks of our own are built; never imported by a run."""
