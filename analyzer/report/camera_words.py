"""Words for what a camera file changes of a recording: parts left out, settings of its own."""

from __future__ import annotations

import json

from analyzer.report.formatting import percent
from analyzer.report.model import VideoView
from analyzer.video.cameras import Camera
from analyzer.video.regions import Region
from analyzer.video.regions import left_out_share as share_of


def regions_of(video: VideoView) -> tuple[Region, ...]:
    """Return the parts of the picture to look at and to leave out."""
    return () if video.camera is None else video.camera.regions


def left_out_share(video: VideoView) -> float:
    """Return the share of the picture in which nobody is followed, 0 to 1."""
    return share_of(regions_of(video), (video.facts.width, video.facts.height))


def left_out_words(video: VideoView) -> str:
    """Return how much of the picture is left out, and by which regions; empty for nothing."""
    regions = regions_of(video)
    if not regions:
        return ""
    away = [region.name for region in regions if region.kind == "leave_out"]
    only = [region.name for region in regions if region.kind == "look"]
    told = [f"only {', '.join(only)} is looked at"] if only else []
    told += [f"{', '.join(away)} is left out"] if away else []
    return f"{percent(left_out_share(video), 1)} of the picture: {'; '.join(told)}"


def own_settings(camera: Camera | None) -> str:
    """Return what a camera changes of the settings of a run; empty for nothing."""
    if camera is None:
        return ""
    own = json.loads(camera.settings) if camera.settings else {}
    told = [f"preset {camera.preset}"] if camera.preset else []
    told += [
        f"{section}.{key} {json.dumps(value, ensure_ascii=False)}"
        for section, values in own.items()
        for key, value in values.items()
    ]
    return ", ".join(told)
