"""Pipeline: frames to rows, segment by segment, and rows to derived rows."""
