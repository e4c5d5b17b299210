"""Jinja2 environment of every page: escaping, and filters that format values."""

from __future__ import annotations

import jinja2

from analyzer.report import formatting


def make_environment(package: str = "analyzer.report") -> jinja2.Environment:
    """Return an environment that escapes everything and is strict about undefined names.

    The templates are those of ``package``.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(package),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        video_time=formatting.video_time,
        wall_time=formatting.wall_time,
        duration=formatting.duration,
        percent=formatting.percent,
        number=formatting.number,
        likely=formatting.likely,
        review=formatting.review,
        size=formatting.size,
        basename=formatting.basename,
        breakable=formatting.breakable,
        folder=formatting.folder,
    )
    return environment
