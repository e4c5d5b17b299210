"""`analyzer settings`, `completion`, `man` and `open`: what they print holds."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
import webbrowser
from pathlib import Path

import click
import pytest

from analyzer.cli.group import cli
from analyzer.commands.settings import examples, meanings, settings_file
from analyzer.config import Settings, load_settings
from tests.cli.test_main import python
from tests.custody.conftest import make_sealed
from tests.jobs import analyzer
from tests.places import ROOT
from tests.test_config import DOCS


def test_the_file_holds_every_default_and_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(analyzer("settings").stdout)
    assert tomllib.loads(path.read_text()) == json.loads(json.dumps(Settings().as_dict()))
    assert load_settings(path) == Settings()
    assert path.read_text() == (ROOT / "analyzer" / "settings.toml").read_text()


def test_the_file_shows_the_values_of_another(tmp_path: Path) -> None:
    path = tmp_path / "old.toml"
    path.write_text('[events]\npeople = "Ann, Bob"\n[report]\ntitle = "Küche \\"17\\""\n')
    again = tmp_path / "new.toml"
    again.write_text(analyzer("settings", "--config", path).stdout)
    assert 'people = ["Ann", "Bob"]\n' in again.read_text()
    assert load_settings(again) == load_settings(path) != Settings()


def test_every_setting_has_the_meaning_of_the_page_and_numbers_have_a_unit() -> None:
    page, section = {}, ""
    for line in DOCS.read_text().splitlines():
        if match := re.match(r"\| \*\*`\[(\w+)\]`", line):
            section = match[1]
        elif match := re.match(r"\| `(\w+)` \| [^|]+ \| (.*) \|", line):
            page[section, match[1]] = plain(match[2])
    found = list(meanings(Settings()))
    assert {(one.section, one.key): one.meaning for one in found} == page
    without = [one.key for one in found if type(one.value) in (int, float) and not one.unit]
    assert without == []
    told = json.loads(analyzer("settings", "--json").stdout)["settings"]
    assert told[1] | {"value": 5.0} == told[1] and len(told) == len(found)


def plain(markdown: str) -> str:
    """Return the words of ``markdown`` without links, code marks and emphasis."""
    text = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", markdown).replace("`", "")
    return re.sub(r"(?<![\w*])\*(\w[\w-]*)\*(?!\w)", r"\1", text)


@pytest.mark.parametrize("name", examples())
def test_every_example_is_printed_and_can_be_used(name: str, tmp_path: Path) -> None:
    path = tmp_path / "example.toml"
    path.write_text(analyzer("settings", "--example", name).stdout)
    assert load_settings(path) != Settings()
    assert max(map(len, path.read_text().splitlines())) <= 80
    assert name in analyzer("settings", "--help").stdout


def test_an_unknown_example_names_those_there_are() -> None:
    said = analyzer("settings", "--example", "nothing", code=2).stderr
    assert "no example 'nothing'; known: expressions, night" in said


def test_channels_are_kept_by_a_file_that_is_written_anew(tmp_path: Path) -> None:
    path, again = tmp_path / "old.toml", tmp_path / "new.toml"
    path.write_text('[alerts.channels]\ndesk = "sound"\n"door-1" = ["/bin/lamp", "--red"]\n')
    again.write_text(analyzer("settings", "--config", path).stdout)
    assert load_settings(again) == load_settings(path)


def test_the_template_is_not_wider_than_a_terminal() -> None:
    assert [line for line in settings_file(Settings()).splitlines() if len(line) > 80] == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_is_told_how_to_complete(shell: str) -> None:
    assert "_ANALYZER_COMPLETE" in analyzer("completion", shell).stdout


def test_the_shell_completes_commands_and_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_ANALYZER_COMPLETE", "bash_complete")
    code = "from analyzer.cli.main import main; main()"
    for words, found in (("analyzer sta", "status"), ("analyzer run --gal", "--gallery")):
        monkeypatch.setenv("COMP_WORDS", words)
        monkeypatch.setenv("COMP_CWORD", str(words.count(" ")))
        assert python(code).stdout.split() == [f"plain,{found}"]


def test_the_manual_names_every_command_and_option() -> None:
    page = analyzer("man").stdout
    shown = page.replace(r"\-", "-").replace(r"\&", "")

    def require(command: click.Command, context: click.Context) -> None:
        if isinstance(command, click.Group):
            for name, one in command.commands.items():
                require(one, click.Context(one, info_name=name, parent=context))
            return
        section = shown[shown.index(f".SS {context.command_path}") :].split("\n.SS ")[0]
        names = [name for option in command.params for name in option.opts if name[:2] == "--"]
        assert [name for name in names if name not in section] == [], context.command_path

    require(cli, click.Context(cli, info_name="analyzer"))
    if shutil.which("groff"):
        done = subprocess.run(
            ["groff", "-k", "-man", "-Tutf8", "-ww", "-z"],
            input=page, capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stderr == ""


def test_open_shows_the_report_of_a_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda page: not shown.append(page))
    source = tmp_path / "camera 3.mp4"
    source.write_bytes(b"as the recorder wrote it")
    case = make_sealed(tmp_path / "case", source)
    page = case / "report" / "index.html"
    assert analyzer("open", case).stdout.strip() == str(page)
    assert json.loads(analyzer("open", case, "--json").stdout)["opened"]
    analyzer("report", case, "--open")
    assert shown == [page.as_uri()] * 3
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    assert f"open this page yourself: {page}" in analyzer("open", case, code=1).stderr
    shutil.rmtree(case / "report")
    assert "has no report yet" in analyzer("open", case, code=1).stderr
