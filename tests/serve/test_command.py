"""`analyzer serve` as a person starts and ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from analyzer.errors import CaseError, UsageError
from analyzer.serve.server import serve_case
from tests.places import ROOT

_SERVE = "from analyzer.cli.main import main; main()"


def test_each_name_gets_a_link_and_ctrl_c_leaves_nothing_behind(case: Path, tmp_path: Path) -> None:
    words = ["serve", str(case), "--port", "0", "--by", "A. Meyer", "--by", "B. Cole"]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", _SERVE, *words], stdout=pipe, stderr=pipe, text=True, cwd=ROOT,
        env=os.environ | {"TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:  # fmt: skip
        assert process.stdout is not None
        links = dict(process.stdout.readline().strip().split(": ", 1) for _ in range(2))
        assert list(links) == ["A. Meyer", "B. Cole"]
        assert all(link.startswith("http://127.0.0.1:") for link in links.values())
        with urllib.request.urlopen(links["B. Cole"], timeout=30) as answer:
            assert answer.status == 200
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors
    assert not list(tmp_path.glob("analyzer-serve-*")), "pictures of the case are gone"
    assert "token" not in errors, "no log holds a link"


def test_what_cannot_be_served_is_told_before_anything_listens(case: Path, tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="not a case"):
        serve_case(tmp_path / "nothing", "127.0.0.1", 0, [], print)
    with pytest.raises(UsageError, match="--by"):
        serve_case(case, "127.0.0.1", 0, [" "], print)
    with pytest.raises(UsageError, match="--host"):
        serve_case(case, "no.such.host.invalid", 0, [], print)
