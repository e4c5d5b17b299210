"""Jinja2 environment of every page: escaping, and filters that format values."""

from __future__ import annotations

import jinja2
from jinja2.bccache import Bucket

from analyzer.report import formatting


class _Compiled(jinja2.BytecodeCache):
    """Templates that this process compiled: each report has an environment of its own."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


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
        bytecode_cache=_COMPILED,
    )
    environment.filters.update(
        video_time=formatting.video_time,
        wall_time=formatting.wall_time,
        clock_words=formatting.clock_words,
        duration=formatting.duration,
        percent=formatting.percent,
        number=formatting.number,
        likely=formatting.likely,
        review=formatting.review,
        clothes=formatting.clothes,
        sure_of_clothes=formatting.sure_of_clothes,
        size=formatting.size,
        basename=formatting.basename,
        breakable=formatting.breakable,
        folder=formatting.folder,
    )
    return environment
