"""Posture features of a person from joints: heights, limb angles and which parts were seen.

Left and right are averaged, so that an exchange of the two, the usual error of a joint network,
changes nothing. Lengths are in body sizes, see ``person_features``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analyzer.joints.network import ANKLES, HIPS, KNEES, SHOULDERS, WRISTS, Joints

PARTS = ("head", "shoulders", "hips", "knees", "ankles")
"""Parts of which the height and the distance aside from the middle of the body are told."""

JOINT_MEASURES = (
    "joints",
    *(f"{part}_seen" for part in PARTS),
    *(f"{part}_down" for part in PARTS),
    *(f"{part}_aside" for part in PARTS),
    "trunk_upright", "trunk_length",
    "thigh_upright", "thigh_length", "shank_upright", "shank_length",
    "knee_bend", "knees_differ", "wrists_down", "wrists_seen",
    "shoulders_apart", "hips_apart", "knees_apart", "ankles_apart",
)  # fmt: skip
"""Columns of ``joint_measures``; each is 0 where its joints were not seen."""

LIKELY = 0.5
"""Least probability of a joint that counts: more likely seen there than not."""

Floats = NDArray[np.float32]
Pair = NDArray[np.float64] | None

_SIDES = {"shoulders": SHOULDERS, "hips": HIPS, "knees": KNEES, "ankles": ANKLES}
_INDEX = {"head": list(range(SHOULDERS[0])), "wrists": WRISTS, **_SIDES}


def joint_measures(joints: Joints, size: float) -> Floats:
    """Return float32 (len(JOINT_MEASURES),) of joints in px; ``size`` is the body's, in px."""
    places = joints.places.astype(np.float64) / max(size, 1e-6)
    told = joints.probabilities >= LIKELY
    at = {part: _mean(places, told, which) for part, which in _INDEX.items()}
    row: dict[str, float] = {"joints": float(told[5:].mean())}
    middle = _middle(at)
    for part in PARTS:
        found = at[part]
        row[f"{part}_seen"] = float(found is not None)
        if found is not None and middle is not None:
            row[f"{part}_down"] = float(found[1] - middle[1])
            row[f"{part}_aside"] = float(abs(found[0] - middle[0]))
    if at["wrists"] is not None and middle is not None:
        row |= {"wrists_seen": 1.0, "wrists_down": float(at["wrists"][1] - middle[1])}
    if at["shoulders"] is not None and at["hips"] is not None:
        row["trunk_upright"], row["trunk_length"] = _limb(at["shoulders"], at["hips"])
    row |= _legs(places, told)
    for part, (left, right) in _SIDES.items():
        if told[left] and told[right]:
            row[f"{part}_apart"] = float(np.hypot(*(places[left] - places[right])))
    result = np.array([row.get(name, 0.0) for name in JOINT_MEASURES], np.float32)
    return np.clip(result, -3, 3)


def _mean(places: NDArray[np.float64], told: NDArray[np.bool_], which: list[int]) -> Pair:
    seen = [k for k in which if told[k]]
    return places[seen].mean(0) if seen else None


def _middle(at: dict[str, Pair]) -> Pair:
    """Return the middle of the body: between the hips, else what of the trunk was seen."""
    anchors = (at[part] for part in ("hips", "shoulders", "knees", "head"))
    return next((found for found in anchors if found is not None), None)


def _limb(upper: NDArray[np.float64], lower: NDArray[np.float64]) -> tuple[float, float]:
    """Return how upright a limb is, 1 for hanging down and 0 for level, and its length."""
    across, down = lower - upper
    length = float(np.hypot(across, down))
    return float(down / length) if length > 1e-6 else 0.0, length


def _legs(places: NDArray[np.float64], told: NDArray[np.bool_]) -> dict[str, float]:
    thighs, shanks, bends = [], [], []
    for hip, knee, ankle in zip(HIPS, KNEES, ANKLES, strict=True):
        if told[hip] and told[knee]:
            thighs.append(_limb(places[hip], places[knee]))
        if told[knee] and told[ankle]:
            shanks.append(_limb(places[knee], places[ankle]))
        if told[hip] and told[knee] and told[ankle]:
            bends.append(_bend(places[hip], places[knee], places[ankle]))
    row = {}
    if thighs:
        row["thigh_upright"], row["thigh_length"] = np.mean(thighs, axis=0)
    if shanks:
        row["shank_upright"], row["shank_length"] = np.mean(shanks, axis=0)
    if bends:
        row["knee_bend"], row["knees_differ"] = float(np.mean(bends)), float(np.ptp(bends))
    return {name: float(value) for name, value in row.items()}


def _bend(hip: NDArray[np.float64], knee: NDArray[np.float64], ankle: NDArray[np.float64]) -> float:
    """Return how far a knee is bent in the picture: 0 for straight, 1 for folded."""
    up, down = hip - knee, ankle - knee
    lengths = float(np.hypot(*up) * np.hypot(*down))
    return float((1 + up @ down / lengths) / 2) if lengths > 1e-9 else 0.0
