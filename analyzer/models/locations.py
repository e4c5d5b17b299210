"""Folders of weights: shipped with the project, pulled by a person, put there by the set-up."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import analyzer
from analyzer.errors import ModelError

ENVIRONMENT = "ANALYZER_MODELS"
"""Environment variable that names another folder for pulled models."""


def shipped_dir() -> Path:
    """Return the folder of weights that this project trained, and of ``registry.toml``.

    A checkout (and an editable install, which points into one) has it at ``models/`` beside the
    package; a wheel carries it inside the package. Raises ModelError where neither exists.
    """
    package = Path(analyzer.__file__).resolve().parent
    for folder in (package / "models" / "shipped", package.parent / "models"):
        if (folder / "registry.toml").is_file():
            return folder
    raise ModelError(f"{package}: no models folder beside it; install analyzer again")


def pulled_dir() -> Path:
    """Return the folder of pulled models; it need not exist."""
    override = os.environ.get(ENVIRONMENT)
    if override:
        return Path(override).expanduser()
    from platformdirs import user_data_path

    return user_data_path("analyzer") / "models"


def environment_dir() -> Path:
    """Return the folder of models that came with the Python environment; it need not exist.

    ``make`` pulls what is used by default into it, so that an environment is complete and gone as
    a whole. What a person pulls counts before it.
    """
    return Path(sys.prefix) / "share" / "analyzer" / "models"


def model_folder(model: str, part: str) -> Path:
    """Return the folder ``model``, or of the shipped model of that name for ``part``.

    Raises ModelError where neither holds a model.json.
    """
    for folder in (Path(model), shipped_dir() / part / model):
        if (folder / "model.json").is_file():
            return folder
    raise ModelError(f"no {part} model {model!r}; give a folder that holds model.json")
