"""Optional parts of the installation, and the command that installs what is missing."""

from __future__ import annotations

from pathlib import Path

MODULES = {
    "distributed": "dask",
    "face_recognition": "face-recognition",
    "keras": "train",
    "onnx": "train",
    "tensorflow": "train",
}
"""The extra of pyproject.toml that installs a module; all others come with every installation."""


def install_command(module: str) -> str:
    """Return the command that installs ``module``: a checkout sets itself up with everything."""
    if (Path(__file__).resolve().parents[1] / "Makefile").is_file():
        return "make setup"
    if module in MODULES:
        return f"pip install 'analyzer[{MODULES[module]}]'"
    return "pip install --force-reinstall analyzer"
