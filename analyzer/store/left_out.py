"""Condition on raw rows: whether they lie in a part of the picture that a camera leaves out."""

from __future__ import annotations


def is_left_out(alias: str) -> str:
    """Return SQL that holds for rows of ``alias`` (tracklet_id, pts) in a part left out.

    Such rows are measured but neither shown nor searched nor compared.
    """
    return (
        f"EXISTS (SELECT 1 FROM left_out x WHERE x.tracklet_id = {alias}.tracklet_id "
        f"AND {alias}.pts BETWEEN x.start_pts AND x.end_pts)"
    )
