"""Every command of the read-me works as written."""

import re
import shlex
import subprocess
import sys

from tests.places import ROOT

CASE = "reports/mycase"


def commands() -> list[str]:
    """Return the lines of the read-me's shell blocks, comments dropped."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    lines = (line.split("#")[0].strip() for block in blocks for line in block.splitlines())
    return [line for line in lines if line]


def test_the_commands_of_make_are_targets():
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    wanted = [line.split()[1] for line in commands() if line.startswith("make")]
    assert wanted == ["demo", "test"]
    assert set(wanted) <= set(targets)


def test_the_commands_of_analyzer_run_in_the_order_of_the_page(tmp_path):
    ran = 0
    for line in commands():
        if not line.startswith(".venv/bin/analyzer"):
            continue
        arguments = shlex.split(line.replace(CASE, str(tmp_path / "mycase")))[1:]
        done = subprocess.run(
            [sys.executable, "-c", "from analyzer.cli.main import main; main()", *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stderr[-2000:]}"
        ran += 1
    assert ran >= 5
    assert (tmp_path / "mycase" / "report" / "index.html").is_file()
    assert list((tmp_path / "mycase-export").glob("*.csv"))
