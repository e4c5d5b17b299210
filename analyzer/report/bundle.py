"""Scripts of the report: ES modules of one idea each, joined into one classic script.

Pages are opened from disk, where browsers load no modules. The modules are joined in Python when a
report is written, so that neither users nor the wheel need Node or a bundler. The modules keep to
what is read here: ``import { a, b } from "./x.js";`` and exported functions, classes and constants.
"""

from __future__ import annotations

import posixpath
import re
from importlib.resources import files
from importlib.resources.abc import Traversable

_SCRIPTS = files("analyzer.report").joinpath("scripts")
_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async function|function|class|const) (\w+))", re.MULTILINE)
_FOREIGN = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def join_modules(entry: str, folder: Traversable = _SCRIPTS) -> str:
    """Return the module ``entry`` of ``folder``, and all that it imports, as one classic script.

    Every module becomes a function that runs once, after those that it imports; nothing of it is
    visible outside but what it exports to them. Raises ValueError for a module that imports itself
    round about, or that imports or exports in another way.
    """
    joined: dict[str, str] = {}
    _join(entry, folder, joined, ())
    return '"use strict";\n(() => {\n' + "\n".join(joined.values()) + "})();\n"


def _join(
    path: str, folder: Traversable, joined: dict[str, str], importers: tuple[str, ...]
) -> None:
    if path in importers:
        raise ValueError(f"{path}: imports itself by {' > '.join(importers)}")
    if path in joined:
        return
    text = folder.joinpath(path).read_text(encoding="utf-8")
    for _, address in _IMPORT.findall(text):
        _join(_resolve(path, address), folder, joined, (*importers, path))
    joined[path] = _as_function(path, text)


def _as_function(path: str, text: str) -> str:
    body = _IMPORT.sub(lambda m: f"const {{{m[1]}}} = {_name(_resolve(path, m[2]))};\n", text)
    exports = _EXPORT.findall(body)
    body = _EXPORT.sub("", body)
    if found := _FOREIGN.search(body):
        raise ValueError(f"{path}: {found[0]!r} is not one of the forms that are joined")
    return f"const {_name(path)} = (() => {{\n{body}return {{ {', '.join(exports)} }};\n}})();\n"


def _resolve(path: str, address: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), address))


def _name(path: str) -> str:
    return "module_" + re.sub(r"\W", "_", path.removesuffix(".js"))
