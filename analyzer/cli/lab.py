"""`analyzer train` and `analyzer evaluate`: make and judge models."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from analyzer.errors import AnalyzerError

_PATH = click.Path(path_type=Path)


@click.group()
def train() -> None:
    """Train models and export what was trained."""


@click.group()
def evaluate() -> None:
    """Measure models on labelled data."""


@contextlib.contextmanager
def _output_to_stderr() -> Iterator[None]:
    """Keep standard output for our own lines: native libraries write there as they please."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


@train.command("emotion")
@click.option("--config", "path", type=_PATH, required=True, help="TOML file of the training.")
@click.option("--out", type=_PATH, required=True, help="Run folder; an earlier run there goes on.")
def train_emotion(path: Path, out: Path) -> None:
    """Train an emotion network; stop at any time, the same command goes on after the last epoch."""
    from analyzer.lab.config import read_config

    config = read_config(path)
    with _output_to_stderr():
        from analyzer.lab.train_emotion import Training

        Training(config, out).run(lambda row: click.echo(_line(row), err=True))
    click.echo(f"weights in {out}; make a model of them with: analyzer train export")


def _line(row: dict[str, Any]) -> str:
    return "  ".join(
        f"{key} {value:.4g}" if isinstance(value, float) else f"{key} {value}"
        for key, value in row.items()
    )


@train.command("export")
@click.option("--config", "path", type=_PATH, required=True, help="TOML file of the training.")
@click.option("--run", type=_PATH, required=True, help="Run folder of `train emotion`.")
@click.option("--out", type=_PATH, required=True, help="Model folder, e.g. models/emotion/NAME.")
@click.option("--name", default="emotion", show_default=True, help="Name in results.")
@click.option("--no-keras", is_flag=True, help="Keep only the file that is served.")
def train_export(path: Path, run: Path, out: Path, name: str, no_keras: bool) -> None:
    """Calibrate trained weights on the held-back faces and write a servable model folder."""
    from analyzer.lab.config import read_config

    config = read_config(path)
    with _output_to_stderr():
        from analyzer.lab.export import export

        about = export(config, run, out, name, keep_keras=not no_keras)
    click.echo(json.dumps({key: about[key] for key in ("name", "temperature", "floors", "files")}))


@evaluate.command("emotion")
@click.option("--data", type=_PATH, required=True, help=".npz, FER2013 .csv or folder of classes.")
@click.option("--model", default="default", show_default=True, help="Name or folder of a model.")
@click.option("--detector", type=_PATH, help="YuNet .onnx: align faces by it first, as a run does.")
@click.option("--html", "page", type=_PATH, help="Also write a page of curves and confusion.")
@click.option("--run", type=_PATH, help="Run folder whose training curves go on the page.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def evaluate_emotion(
    data: Path,
    model: str,
    detector: Path | None,
    page: Path | None,
    run: Path | None,
    as_json: bool,
) -> None:
    """Score an emotion model: accuracy, F1, confusion, calibration, face sizes, JPEG, speed."""
    with _output_to_stderr():
        from analyzer.emotions.infer import EmotionClassifier
        from analyzer.lab import datasets
        from analyzer.lab.evaluate_emotion import evaluate as judge

        faces = datasets.test_part(datasets.load(data))
        if detector:
            from analyzer.lab.landmarks import find_landmarks

            landmarks = find_landmarks(faces.faces, detector)
            faces = datasets.aligned(datasets.with_landmarks(faces, landmarks))
        result = judge(EmotionClassifier.load(_model_folder(model)), faces)
        if page:
            from analyzer.lab import checkpoint, pages

            history = checkpoint.load_progress(run / "progress.json").history if run else []
            pages.write(result, history, page)
    click.echo(json.dumps(result) if as_json else _text(result))


def _model_folder(model: str) -> Path:
    from analyzer.models.locations import shipped_dir

    folder = Path(model)
    if not (folder / "model.json").is_file():
        folder = shipped_dir() / "emotion" / model
    if not (folder / "model.json").is_file():
        raise AnalyzerError(f"no emotion model {model!r}; give a folder that holds model.json")
    return folder


def _text(result: dict[str, Any]) -> str:
    lines = [f"model {result['model']}"]
    for name in ("ferplus", "fer2013", "labels"):
        part = result[name]
        if part:
            low, high = part["ci95"]
            lines.append(
                f"{name}: {part['n']} faces, accuracy {part['accuracy']:.3f} "
                f"({low:.3f} to {high:.3f}), macro F1 {part['macro_f1']:.3f}, ECE {part['ece']:.3f}"
            )
    tables = ("by_size", "by_jpeg", "ms_per_face")
    return "\n".join([*lines, *(f"{key}: {json.dumps(result[key])}" for key in tables)])
