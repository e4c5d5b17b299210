"""The command line as a whole: quick to answer, one line for an error."""

import subprocess
import sys
from unittest import mock

import pytest

from analyzer.errors import CaseError
from tests.jobs import analyzer

HEAVY = ("tensorflow", "cv2", "dlib", "keras", "pandas", "plotly", "numpy", "face_recognition")


def python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_help_imports_nothing_heavy():
    code = f"""
import sys
from analyzer.cli.group import cli
cli.main(["--help"], standalone_mode=False)
print([name for name in {HEAVY!r} if name in sys.modules])
"""
    done = python(code)
    assert done.stdout.strip().endswith("[]")
    for command in (
        "run", "derive", "gallery", "report", "clip", "export", "pack", "search", "review",
        "cluster", "policy", "verify", "purge", "status", "models", "doctor", "train", "evaluate",
    ):  # fmt: skip
        assert f"\n  {command} " in done.stdout


def test_a_known_error_is_one_line_and_debug_shows_where(tmp_path):
    code = "from analyzer.cli.main import main; main()"
    done = python(code, "derive", str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "not a case" in done.stderr
    with pytest.raises(CaseError, match="not a case"):  # of which Python prints where it comes from
        analyzer("--debug", "derive", tmp_path)


def test_a_wrong_setting_is_bad_usage(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text("[faces]\nwide = 1\n")
    done = analyzer("run", "x.mp4", "--case", tmp_path / "c", "--config", path, code=2)
    assert "unknown setting faces.wide" in done.stderr


def test_a_package_that_is_in_an_extra_is_named_in_one_line(monkeypatch):
    missing = ModuleNotFoundError("No module named 'keras'", name="keras")
    monkeypatch.setattr("analyzer.commands.doctor.check_health", mock.Mock(side_effect=missing))
    monkeypatch.setattr("analyzer.extras.__file__", "/somewhere/site-packages/analyzer/extras.py")
    done = analyzer("doctor", code=1)
    mend = "pip install 'analyzer[train]'"
    assert done.stderr == f"analyzer: this needs keras, which is not installed: {mend}\n"


def test_an_output_that_is_full_is_one_line():
    code = """
import os
from analyzer.cli.main import main
os.dup2(os.open("/dev/full", os.O_WRONLY), 1)
main()
"""
    done = python(code, "models", "list")
    assert done.returncode == 1
    assert done.stderr == "analyzer: standard output cannot be written (No space left on device)\n"


def test_ctrl_c_during_the_imports_is_one_line():
    code = """
import sys
from analyzer.cli.main import main
class Stop:
    def find_spec(self, name, *_):
        if name == "analyzer.cli.group":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Stop())
main()
"""
    done = python(code)
    assert done.returncode == 130
    assert done.stderr == "analyzer: stopped; run the same command again to resume\n"
