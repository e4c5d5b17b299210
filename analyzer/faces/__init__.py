"""Finding, judging, aligning, cropping and embedding faces."""
