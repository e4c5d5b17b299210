"""The documentation: every command runs as written, every option, link and path exists."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest

from analyzer.cli.group import cli
from analyzer.exit_codes import MEANINGS
from analyzer.report.pdf import BROWSERS
from tests.jobs import analyzer
from tests.places import ROOT

PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "models").rglob("*.md"),
        ROOT / "samples" / "README.md",
        ROOT / "reports" / "example" / "README.md",
    ]
)
PROGRAM = ".venv/bin/analyzer"

NOT_RUN = {
    r"make ": "the targets are compared with the Makefile",
    r"\.venv/bin/pytest": "these tests are among those that it runs",
    r"git |gh ": "changes a repository",
    r"pip install |uv ": "needs the package index",
    r"dask |.* dask://": "needs a cluster; tests/pipeline/test_executors.py runs on one",
    r".*analyzer (train|evaluate) ": "needs labelled data; tests under tests/lab run the commands",
    r".*python (benchmarks|samples)/": "takes minutes",
    r".*analyzer watch (rtsp|--cameras)|.*analyzer cameras check": "needs cameras; see tests/live",
}
"""Commands that no test runs as written, by how they begin, and the reason."""

if not any(map(shutil.which, BROWSERS)):
    NOT_RUN[r".* --pdf"] = "needs a browser on this machine"

PLACES = {
    "/media/evidence": "samples/footage",
    "/cases/17/gallery": "samples/gallery",
    "/cases/17/case": "reports/mycase",
}
"""What stands on the pages for folders of the reader."""


def of(page: Path) -> str:
    """Return a page's path as a test's name."""
    return page.relative_to(ROOT).as_posix()


def commands(page: Path) -> list[str]:
    """Return the lines of the page's shell blocks; comments dropped, continued lines joined."""
    blocks = re.findall(r"```sh\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    return [" ".join(text.split()) for line in lines if (text := line.split(" #")[0].strip())]


def is_run(line: str) -> bool:
    """Say whether a command is run here as it is written."""
    return not any(re.match(pattern, line) for pattern in NOT_RUN)


README = commands(ROOT / "README.md")
RUNS = {
    page: [
        line
        for line in commands(page)
        if is_run(line) and (page.name == "README.md" or line not in README)
    ]
    for page in PAGES
}
"""What is run of each page; what the read-me has already proven is not run again."""


@pytest.mark.parametrize("page", [page for page, lines in RUNS.items() if lines], ids=of)
def test_the_commands_of_a_page_run_in_its_order(
    page: Path, samples_case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``reports/`` is a temporary folder, and ``reports/mycase`` in it an analysed case already."""
    monkeypatch.chdir(ROOT)
    shutil.copytree(samples_case[0], tmp_path / "mycase")
    for block in re.findall(r"```toml\n(.*?)```", page.read_text("utf-8"), re.DOTALL)[:1]:
        (tmp_path / f"{page.stem}.toml").write_text(block)
    for line in RUNS[page]:
        assert line.startswith(PROGRAM), f"{line}: run it here or name it in NOT_RUN"
        for name, place in PLACES.items():
            line = line.replace(name, place)
        analyzer(*shlex.split(line.replace("reports/", f"{tmp_path}/"))[1:])
    if page.name == "README.md":
        assert (tmp_path / "mycase" / "report" / "index.html").is_file()
        assert list((tmp_path / "mycase-export").glob("*.csv"))


def test_the_commands_of_make_are_targets() -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    asked = {line.split()[1] for page in PAGES for line in commands(page) if line[:5] == "make "}
    assert {"demo", "test"} <= asked <= targets


def mentions(page: Path) -> Iterator[list[str]]:
    """Yield the words after ``analyzer`` of every command that a page names, run or not."""
    text = page.read_text("utf-8")
    inline = re.findall(r"(?<!`)`analyzer ([^`]+)`", text)
    shell = re.findall(r"(?:^|[\s/])analyzer ([^&;\n]+)", "\n".join(commands(page)), re.MULTILINE)
    for words in [*inline, *shell]:
        yield words.split()


def problem_of(words: list[str]) -> str | None:
    """Return what is wrong with the words of a command, None where nothing is.

    ``a|b`` are alternatives; words that are neither commands nor options are arguments.
    """
    command: click.Command = cli
    for word in words:
        if isinstance(command, click.Group) and not word.startswith("-"):
            known = [command.commands.get(name) for name in word.split("|")]
            if None not in known:
                command = next(one for one in known if one)
            elif not any(isinstance(one, click.Argument) for one in command.params):
                return f"{command.name} has no command {word}"
        elif word.startswith("--"):
            options = {name for one in [*command.params, *cli.params] for name in one.opts}
            if word.split("=")[0].strip(",.)]") not in options | {"--help", "--version"}:
                return f"{command.name} has no option {word}"
    return None


@pytest.mark.parametrize("page", PAGES, ids=of)
def test_every_command_that_is_named_exists_with_its_options(page: Path) -> None:
    problems = [(" ".join(words), problem_of(words)) for words in mentions(page)]
    assert [problem for problem in problems if problem[1]] == []


@pytest.mark.parametrize("page", PAGES, ids=of)
def test_every_link_and_path_of_a_page_exists(page: Path) -> None:
    text = page.read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    named = re.findall(
        r"`((?:analyzer|benchmarks|docs|models|samples)/[\w./-]+|tests/[\w./-]+\.py)`", text
    )
    targets = [page.parent / link.split("#")[0] for link in links if link[0] != "#"]
    targets += [ROOT / path for path in named]
    assert [of(path.resolve()) for path in targets if not path.exists()] == []
    for link in links:
        place, _, anchor = link.partition("#")
        assert not anchor or anchor in anchors((page.parent / place) if place else page), link


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text("utf-8")
    pages = [page for page in folder.glob("*.md") if page.name != "README.md"]
    assert pages
    assert [page.name for page in pages if f"({page.name})" not in index] == []


def test_the_python_of_contributing_is_true(tmp_path: Path) -> None:
    """A block that begins with the name of a file is quoted from it; the others are run."""
    from analyzer.detection.protocol import DetectorOptions
    from analyzer.types import Box

    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    found: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        source, _, quoted = block.partition("\n")
        if source.startswith("# "):
            assert quoted in (ROOT / source[2:]).read_text("utf-8"), source
        else:
            exec(compile(block, "CONTRIBUTING.md", "exec"), found)
    options = DetectorOptions(min_score={"face": 0.5}, min_px=20)
    seen = found["CENTRE"].make(options).detect(np.zeros((40, 80, 3), np.uint8), ())
    assert [detection.box for detection in seen] == [Box(20, 10, 40, 20)]
    rows = iter([{"a": 1, "b": None}])
    assert found["TSV"].write(tmp_path / "x.tsv", {"a": "INTEGER", "b": "TEXT"}, rows) == 1
    assert (tmp_path / "x.tsv").read_text() == "1\t\n"


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in headings}


def test_the_exit_codes_are_those_of_the_program() -> None:
    text = (ROOT / "docs" / "exit-codes.md").read_text("utf-8")
    table = re.findall(r"^\| (\d+) \| (.+) \|$", text, re.MULTILINE)
    assert {int(code): meaning for code, meaning in table} == MEANINGS
    shown = " ".join(cli.get_help(click.Context(cli)).split())
    assert all(f"{code} {meaning}" in shown for code, meaning in table)
