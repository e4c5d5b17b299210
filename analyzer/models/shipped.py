"""Models made by this project: a folder with model.json and the files that it names by hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analyzer.errors import ModelError
from analyzer.models.native_output import loading_quietly
from analyzer.models.weights import ModelRecord


def read_about(folder: Path, version: int, classes: Sequence[str]) -> dict[str, Any]:
    """Return model.json of ``folder``.

    Raises ModelError when it is missing, of another format than ``version``, or tells other
    ``classes``.
    """
    path = folder / "model.json"
    try:
        about: dict[str, Any] = json.loads(path.read_text())
    except (OSError, json.JSONDecodeError) as error:
        raise ModelError(f"{path}: no readable model description; restore the folder") from error
    if about.get("format") != version or tuple(about.get("classes", ())) != tuple(classes):
        raise ModelError(f"{path}: format {about.get('format')}, this version reads {version}")
    return about


def read_file(folder: Path, about: dict[str, Any], key: str) -> bytes:
    """Return the file that ``about`` names ``key``; ModelError when missing or of another hash."""
    path = folder / about["files"][key]["path"]
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read; restore the model folder") from error
    if hashlib.sha256(data).hexdigest() != about["files"][key]["sha256"]:
        raise ModelError(f"{path}: not the file that model.json names; restore both")
    return data


def model_record(part: str, about: dict[str, Any], key: str) -> ModelRecord:
    """Return what a run records of a model that does ``part``; its weights are the file ``key``."""
    file = about["files"][key]
    files = [{"file": file["path"], "sha256": file["sha256"]}]
    return {"part": part, "backend": about["name"], "sha256": file["sha256"], "files": files}


def name_of(about: dict[str, Any], key: str) -> str:
    """Return the name of a model with the first digits of the hash of its file ``key``."""
    return f"{about['name']}-{about['files'][key]['sha256'][:12]}"


def interpreter_of(network: bytes, what: str, threads: int = 1) -> Any:
    """Return an interpreter of a LiteRT file; ModelError when ``what`` is none.

    It is TensorFlow's runtime, which its own package carries without the rest of TensorFlow: the
    same answers bit for bit, in 0.4 s and 60 MB instead of 9 s and 650 MB a process.
    """
    with loading_quietly():
        from ai_edge_litert.interpreter import Interpreter

        try:
            interpreter = Interpreter(model_content=network, num_threads=threads)
        except ValueError as error:
            raise ModelError(f"{what} is not a LiteRT file; restore it") from error
        interpreter.allocate_tensors()
        return interpreter
