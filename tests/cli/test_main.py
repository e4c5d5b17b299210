"""The command line as a whole: quick to answer, one line for an error."""

import subprocess
import sys

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
from analyzer.cli.main import cli
cli.main(["--help"], standalone_mode=False)
print([name for name in {HEAVY!r} if name in sys.modules])
"""
    done = python(code)
    assert done.stdout.strip().endswith("[]")
    for command in (
        "run", "derive", "gallery", "report", "clip", "export", "search", "review", "cluster",
        "policy", "verify", "purge", "status", "models", "doctor", "train", "evaluate",
    ):  # fmt: skip
        assert f"\n  {command} " in done.stdout


def test_a_known_error_is_one_line_and_debug_shows_where(tmp_path):
    code = "from analyzer.cli.main import main; main()"
    done = python(code, "derive", str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "not a case" in done.stderr
    assert "Traceback" in python(code, "--debug", "derive", str(tmp_path)).stderr


def test_a_wrong_setting_is_bad_usage(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text("[faces]\nwide = 1\n")
    code = "from analyzer.cli.main import main; main()"
    done = python(code, "run", "x.mp4", "--case", str(tmp_path / "c"), "--config", str(path))
    assert done.returncode == 2
    assert "unknown setting faces.wide" in done.stderr
