"""`analyzer train`: train models, calibrate them, export them."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from analyzer.cli.options import output_to_stderr, tell, tell_count

_PATH = click.Path(path_type=Path)
_config = click.option(
    "--config", "path", type=_PATH, required=True, help="TOML file of the training."
)
_run_folder = click.option(
    "--out", type=_PATH, required=True, help="Run folder; resumes a run in it."
)
_BASELINES = ("cnn3d", "cnn_gru")
_TASKS = ("fighting", "people", "people_by_camera")


@click.group()
def train() -> None:
    """Train models and export what was trained."""


@train.command("emotion")
@_config
@_run_folder
def train_emotion(path: Path, out: Path) -> None:
    """Train an emotion network; stop at any time, the same command resumes after the last epoch."""
    _train("emotion", path, out, "export")


def _train(part: str, path: Path, out: Path, following: str) -> None:
    """Train the network of a ``part`` of the lab, and say which command makes a model of it."""
    with output_to_stderr():
        import_module(f"analyzer.lab.{part}.commands").train(path, out, _tell_row)
    click.echo(f"weights in {out}; make a model of them with: analyzer train {following}")


def _export(part: str, given: tuple[Path, Path, Path, str], told: tuple[str, ...]) -> None:
    """Make a model of trained weights: configuration, run, folder and name are ``given``."""
    with output_to_stderr():
        about = import_module(f"analyzer.lab.{part}.commands").export(*given)
    click.echo(json.dumps({key: about[key] for key in told}))


def _tell_row(row: dict[str, Any]) -> None:
    values = (f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in row.items())
    tell("  ".join(values))


@train.command("export")
@_config
@click.option("--run", type=_PATH, required=True, help="Run folder of `train emotion`.")
@click.option("--out", type=_PATH, required=True, help="Model folder, e.g. models/emotion/NAME.")
@click.option("--name", default="emotion", show_default=True, help="Name in results.")
@click.option("--no-keras", is_flag=True, help="Keep only the file that is served.")
def train_export(path: Path, run: Path, out: Path, name: str, no_keras: bool) -> None:
    """Calibrate trained weights on the held-back faces and write a servable model folder."""
    with output_to_stderr():
        from analyzer.lab.emotion.commands import export

        about = export(path, run, out, name, keep_keras=not no_keras)
    click.echo(json.dumps({key: about[key] for key in ("name", "temperature", "floors", "files")}))


@train.command("action")
@click.option("--data", type=_PATH, required=True, help="LABELS.csv of clips; docs/actions.md.")
@click.option("--out", type=_PATH, required=True, help="Model folder, e.g. models/action/NAME.")
@click.option("--none", "others", type=_PATH, multiple=True, help="Video without fights; repeat.")
@click.option("--samples", type=_PATH, help=".npz of what was measured: read, or written.")
@click.option("--name", default="action", show_default=True, help="Name in results.")
@click.option("--config", type=_PATH, help="TOML file of settings of the run to imitate.")
@click.option("--no-check", is_flag=True, help="Leave out the cross-validation (most of the time).")
def train_action(no_check: bool, **options: Any) -> None:
    """Train the action model on labelled clips, each seen as a run would see it."""
    with output_to_stderr():
        from analyzer.lab.action.commands import TrainRequest, train

        about = train(TrainRequest(**options, check=not no_check), tell)
    click.echo(json.dumps({key: about[key] for key in ("name", "training", "held_back")}))


@train.command("action-baseline")
@click.option("--network", type=click.Choice(_BASELINES), required=True, help="Which of them.")
@click.option("--data", type=_PATH, required=True, help="LABELS.csv of clips; docs/actions.md.")
@click.option("--out", type=_PATH, required=True, help="Run folder; resumes a run in it.")
@click.option("--epochs", type=click.IntRange(1), default=16, show_default=True)
@click.option("--folds", type=click.IntRange(2), default=3, show_default=True, help="Of a split.")
@click.option("--parts", type=click.IntRange(1), help="Hold back this many of the folds; else all.")
@click.option("--only", type=click.Choice(_TASKS), multiple=True, help="A task; repeat.")
@click.option("--frames", type=_PATH, help=".npz of decoded frames: read, or written; else in OUT.")
def train_action_baseline(
    network: str, data: Path, out: Path, folds: int, frames: Path | None, **extent: Any
) -> None:
    """Train the 3D CNN or the CNN with GRU on whole frames (Sharma 2023), as a baseline.

    It is judged on scenes, subjects and cameras that it did not learn from; no run can serve it.
    Stop at any time; the same command resumes after the last epoch.
    """
    with output_to_stderr():
        from analyzer.lab.action.labels import read_clips
        from analyzer.lab.action.train_baseline import Extent, Recipe, train

        recipe = Recipe(network, folds)
        figures = train(read_clips(data), recipe, Extent(**extent), out, tell, frames)
    click.echo(json.dumps(figures))


@train.command("detector")
@_config
@_run_folder
def train_detector(path: Path, out: Path) -> None:
    """Train the person detector from YOLOX-nano on labelled pictures and teachers' answers.

    Stop at any time; the same command resumes after the last saved state.
    """
    _train("detection", path, out, "detector-export")


@train.command("detector-export")
@_config
@click.option("--run", type=_PATH, required=True, help="Run folder of `train detector`.")
@click.option("--out", type=_PATH, required=True, help="Model folder, e.g. models/detector/NAME.")
@click.option("--name", default="cctv", show_default=True, help="Name in results.")
def train_detector_export(path: Path, run: Path, out: Path, name: str) -> None:
    """Calibrate the scores of a trained detector and write a servable model folder."""
    _export("detection", (path, run, out, name), ("name", "scores", "files", "training"))


@train.command("looks")
@_config
@_run_folder
def train_looks(path: Path, out: Path) -> None:
    """Train the look network (re-identification) on people who are seen by two cameras.

    Stop at any time; the same command resumes after the last saved state.
    """
    _train("looks", path, out, "looks-export")


@train.command("looks-export")
@_config
@click.option("--run", type=_PATH, required=True, help="Run folder of `train looks`.")
@click.option("--out", type=_PATH, required=True, help="Model folder, e.g. models/look/NAME.")
@click.option("--name", default="lite0", show_default=True, help="Name in results.")
def train_looks_export(path: Path, run: Path, out: Path, name: str) -> None:
    """Calibrate a trained look network on the watched people and write a servable model folder."""
    _export("looks", (path, run, out, name), ("name", "calibration", "training"))


@train.command("joints-labels")
@click.option("--boxes", type=_PATH, required=True, help="CSV of people; docs/joints.md.")
@click.option("--teacher", type=_PATH, required=True, help="MoveNet as a .tflite file.")
@click.option("--out", type=_PATH, required=True, help="LABELS.csv, in the folder of the boxes.")
def train_joints_labels(boxes: Path, teacher: Path, out: Path) -> None:
    """Write the joints that a teacher (MoveNet) finds on people whose boxes are known."""
    with output_to_stderr():
        from analyzer.lab.joints.commands import label

        told, total = label(boxes, teacher, out, tell_count)
    click.echo(f"{out}: {told} of {total} people")


@train.command("joints")
@_config
@_run_folder
def train_joints(path: Path, out: Path) -> None:
    """Train the joint network (human pose) on labelled people.

    Stop at any time; the same command resumes after the last saved state.
    """
    _train("joints", path, out, "joints-export")


@train.command("joints-export")
@_config
@click.option("--run", type=_PATH, required=True, help="Run folder of `train joints`.")
@click.option("--out", type=_PATH, required=True, help="Model folder, e.g. models/joints/NAME.")
@click.option("--name", default="lite0", show_default=True, help="Name in results.")
def train_joints_export(path: Path, run: Path, out: Path, name: str) -> None:
    """Calibrate a trained joint network on the watched people; write a servable model folder."""
    _export("joints", (path, run, out, name), ("name", "calibration", "training"))


@train.command("identity")
@click.option(
    "--data", type=_PATH, required=True, help="Folder of pictures, one folder per person."
)
@click.option("--pairs", type=_PATH, required=True, help="CSV of pairs: a,b,same.")
@click.option("--embedder", default="face_recognition", show_default=True, help="Whose distances.")
@click.option("--out", type=_PATH, required=True, help="Calibration folder, e.g. models/identity.")
def train_identity(data: Path, pairs: Path, embedder: str, out: Path) -> None:
    """Measure what the distances of an embedder mean, and write its calibration."""
    with output_to_stderr():
        from analyzer.lab.identity.commands import train

        path, values = train(data, pairs, embedder, out, tell_count)
    click.echo(f"{path}: equal error at {values['verification']}, {values['cross_validated']}")
