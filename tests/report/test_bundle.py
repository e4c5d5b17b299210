"""Scripts of the report: their unit tests in Node, and how modules become one classic script."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from analyzer.report.bundle import join_modules
from tests.report.report_case import LOBBY

_ROOT = Path(__file__).parents[2]
_SCRIPTS = _ROOT / "analyzer/report/scripts"
_NODE = shutil.which("node")


@pytest.mark.slow
@pytest.mark.skipif(_NODE is None, reason="needs Node 18 or newer for the tests of scripts")
def test_modules_pass_their_unit_tests_in_node() -> None:
    tests = sorted(str(path.relative_to(_ROOT)) for path in _ROOT.glob("tests/js/*.test.js"))
    command = [str(_NODE), "--test", "--test-reporter=tap", *tests]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"^# pass (\d+)$", done.stdout, re.MULTILINE)
    assert passed and int(passed[1]) > len(tests)


def test_every_module_is_joined_once_after_those_that_it_imports() -> None:
    script = join_modules("main.js")
    names = re.findall(r"^const (module_\w+) = \(\(\) => \{$", script, re.MULTILINE)
    files = [path.relative_to(_SCRIPTS).as_posix() for path in _SCRIPTS.rglob("*.js")]
    wanted = {"module_" + re.sub(r"\W", "_", file.removesuffix(".js")) for file in files}
    assert sorted(names) == sorted(wanted - {"module_theme"})  # theme.js is a script of its own
    for use in re.finditer(r"\} = (module_\w+);$", script, re.MULTILINE):
        assert script.index(f"const {use[1]} = ") < use.start()
    assert not re.search(r"^(import|export)\b", script, re.MULTILINE)


def _write(folder: Path, **modules: str) -> Path:
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text)
    return folder


def test_what_is_not_exported_stays_inside_and_what_is_arrives(tmp_path: Path) -> None:
    folder = _write(
        tmp_path,
        main='import {\n  twice,\n} from "./low.js";\nglobalThis.told = twice(2) + typeof hidden;',
        low="const hidden = 2;\nexport function twice(n) {\n  return n * hidden;\n}\n",
    )
    script = join_modules("main.js", folder)
    assert "const {\n  twice,\n} = module_low;\n" in script
    if _NODE:
        command = [_NODE, "-e", f"{script}\nconsole.log(told)"]
        assert subprocess.check_output(command, text=True) == "4undefined\n"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('import low from "./low.js";\n', "is not one of the forms"),
        ("export default 1;\n", "is not one of the forms"),
        ("export let n = 1;\n", "is not one of the forms"),
        ('import { n } from "./main.js";\nexport const n = 1;\n', "imports itself"),
    ],
)
def test_modules_that_cannot_be_joined_are_refused(
    tmp_path: Path, text: str, complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        join_modules("main.js", _write(tmp_path, main=text, low="export const n = 1;\n"))


# A frame without a page shows what the browser itself defines: no second page has to be opened.
_NAMES_OF_THE_PAGE = """
const names = Object.getOwnPropertyNames(window);
const empty = document.body.appendChild(document.createElement("iframe"));
const own = new Set(Object.getOwnPropertyNames(empty.contentWindow));
empty.remove();
return names.filter((name) => !own.has(name));
"""


def test_pages_get_one_global_besides_that_of_the_charts(browser: Any, report_folder: Path) -> None:
    browser.get((report_folder / "index.html").as_uri())
    assert browser.execute_script(_NAMES_OF_THE_PAGE) == ["Report"]


def _declared(interface: str) -> tuple[set[str], set[str]]:
    text = (_SCRIPTS / "video/data.d.ts").read_text(encoding="utf-8")
    body = text.split(f"export interface {interface} {{\n")[1].split("\n}\n")[0]
    found = re.findall(r"^  (\w+)(\??):", body, re.MULTILINE)
    return {name for name, _ in found}, {name for name, optional in found if not optional}


def test_the_declared_types_name_what_the_report_writes(
    report_folder: Path, player_page: Path
) -> None:
    text = (report_folder / f"video-{LOBBY[:12]}.html").read_text(encoding="utf-8")
    data, player = (
        json.loads(re.findall(r'id="data">(.*?)</script>', page, re.DOTALL)[0])
        for page in (text, player_page.read_text(encoding="utf-8"))
    )
    track = next(track for track in data["tracks"] if track["candidate"])
    part = (report_folder / f"{track['part']}.js").read_text(encoding="utf-8")
    boxes = next(player_page.parent.glob("boxes/*.js")).read_text(encoding="utf-8")
    tracks, path = (json.loads(re.findall(r",(\{.*)\);", put)[0]) for put in (part, boxes))
    series = tracks[track["name"]]
    written = {
        "VideoData": data,
        "ActionLook": data["actions"][0],
        "Track": track,
        "Candidate": track["candidate"],
        "VideoEvent": data["events"][0],
        "Piece": player["pieces"][0],
        "Series": series,
        "Samples": series["smooth"],
        "TrackBoxes": next(iter(path.values())),
    }
    for name, values in written.items():
        known, always = _declared(name)
        assert always <= set(values) <= known, name
