"""Single-file report: pages as templates, pictures and scripts inside one HTML file."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
from pathlib import Path

from analyzer.report.pages import script_json

_TYPES = {".jpg": "image/jpeg", ".png": "image/png", ".mp4": "video/mp4", ".csv": "text/csv"}
_BODY = re.compile(r'<body class="([^"]*)">\n(.*)</body>', re.DOTALL)
_SCRIPTS = re.compile(r'<script src="[^"]+"></script>\n?')
_PUT = re.compile(r'Report\.put\("([^"]+)",(.*)\);\n', re.DOTALL)
_PARTS = ("people", "events", "tracks", "boxes")
_ORDER = ("theme", "plotly", "report")


def fold(folder: Path) -> None:
    """Replace the contents of ``folder`` by one ``index.html`` that needs no other file."""
    pages = []
    for path in sorted(folder.glob("*.html")):
        if path.name == "print.html":  # the browser prints the one file itself
            continue
        found = _BODY.search(path.read_text(encoding="utf-8"))
        assert found is not None
        body = _SCRIPTS.sub("", found[2])
        pages.append(f'<template id="page:{path.stem}" data-class="{found[1]}">{body}</template>')
    inner = "\n".join([*pages, *_parts(folder), _pictures(folder)])
    code = _code(folder)
    (folder / "index.html").write_text(_document(folder, inner, code), encoding="utf-8")
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name not in ("index.html", "report.format"):
            path.unlink()


def _parts(folder: Path) -> list[str]:
    blocks = []
    for path in sorted(path for kind in _PARTS for path in folder.glob(f"{kind}/*.js")):
        found = _PUT.fullmatch(path.read_text(encoding="utf-8"))
        assert found is not None
        blocks.append(f'<script type="application/json" id="part:{found[1]}">{found[2]}</script>')
    return blocks


def _pictures(folder: Path) -> str:
    """Return every picture, clip and table as a data URL, by its former address."""
    files = {
        path.relative_to(folder).as_posix(): f"data:{_TYPES[path.suffix]};base64,"
        + base64.b64encode(path.read_bytes()).decode()
        for path in sorted([*folder.glob("media/*"), *folder.glob("tables/*")])
    }
    return f'<script type="application/json" id="carried">{script_json(files)}</script>'


def _code(folder: Path) -> list[str]:
    """Return the scripts in order."""
    scripts = (folder / "assets" / f"{name}.js" for name in _ORDER)
    return [_harmless(script.read_text(encoding="utf-8")) for script in scripts]


def _harmless(script: str) -> str:
    """Return ``script`` with everything escaped that would end its element."""
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _document(folder: Path, inner: str, code: list[str]) -> str:
    style = (folder / "assets" / "report.css").read_text(encoding="utf-8")
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for text in code
    )
    policy = (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:; "
        "media-src blob:; font-src 'none'; connect-src 'none'; object-src 'none'; "
        "base-uri 'none'; form-action 'none'"
    )
    return "\n".join(
        [
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">\n<link rel="icon" href="data:,">',
            f"<title>Report</title>\n<style>{style}</style>\n</head>\n<body>",
            inner,
            *(f"<script>{text}</script>" for text in code),
            "</body>\n</html>\n",
        ]
    )
