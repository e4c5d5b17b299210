"""How every page is rendered: escaping, and how values are written out."""

from __future__ import annotations

import jinja2

from analyzer.report import text


def make_environment() -> jinja2.Environment:
    """Return an environment of the templates that escapes everything and misses nothing."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("analyzer.report", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        video_time=text.video_time,
        wall_time=text.wall_time,
        duration=text.duration,
        percent=text.percent,
        number=text.number,
        likely=text.likely,
        review=text.review,
        size=text.size,
        basename=text.basename,
        breakable=text.breakable,
        folder=text.folder,
    )
    return environment
