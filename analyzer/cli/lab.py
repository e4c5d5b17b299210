"""`analyzer train` and `analyzer evaluate`: make and judge models."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from analyzer.cli.options import json_option
from analyzer.errors import AnalyzerError

_PATH = click.Path(path_type=Path)
_BASELINES = ("cnn3d", "cnn_gru")
_QUESTIONS = ("fighting", "people", "people_by_camera")


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
@click.option("--out", type=_PATH, required=True, help="Run folder; resumes a run in it.")
def train_emotion(path: Path, out: Path) -> None:
    """Train an emotion network; stop at any time, the same command resumes after the last epoch."""
    from analyzer.lab.emotion.config import read_config

    config = read_config(path)
    with _output_to_stderr():
        from analyzer.lab.emotion.train import Training

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
    from analyzer.lab.emotion.config import read_config

    config = read_config(path)
    with _output_to_stderr():
        from analyzer.lab.emotion.export import export

        about = export(config, run, out, name, keep_keras=not no_keras)
    click.echo(json.dumps({key: about[key] for key in ("name", "temperature", "floors", "files")}))


@train.command("action")
@click.option("--data", type=_PATH, required=True, help="LABELS.csv of clips; docs/actions.md.")
@click.option("--out", type=_PATH, required=True, help="Model folder, e.g. models/action/NAME.")
@click.option("--none", "others", type=_PATH, multiple=True, help="Video without fights; repeat.")
@click.option("--samples", type=_PATH, help=".npz of what was measured: read, or written.")
@click.option("--name", default="action", show_default=True, help="Name in results.")
@click.option("--config", type=_PATH, help="TOML file of settings of the run to imitate.")
@click.option("--no-check", is_flag=True, help="Leave out the cross-validation (most of the time).")
def train_action(
    data: Path,
    out: Path,
    others: tuple[Path, ...],
    samples: Path | None,
    name: str,
    config: Path | None,
    no_check: bool,
) -> None:
    """Train the action model on labelled clips, each seen as a run would see it."""
    from analyzer.config import load_settings

    settings = load_settings(config)
    with _output_to_stderr():
        from analyzer.lab.action import held_back, labels
        from analyzer.lab.action import samples as action_samples
        from analyzer.lab.action import train as training
        from analyzer.lab.simulation.windows import simulated_windows

        def tell(line: str) -> None:
            click.echo(line, err=True)

        if samples is not None and samples.is_file():
            known = action_samples.Samples.load(samples)
        else:
            clips = labels.read_clips(data)
            known = action_samples.collect(clips, others, settings, tell)
            if samples is not None:
                known.save(samples)
        simulated = simulated_windows(training.SIMULATED, training.SEED, settings.actions)
        figures = {} if no_check else held_back.cross_validate(known, simulated, tell)
        about = training.write(out, name, training.fit(known, simulated, tell), known, figures)
    click.echo(json.dumps({key: about[key] for key in ("name", "training", "held_back")}))


@train.command("action-baseline")
@click.option("--network", type=click.Choice(_BASELINES), required=True, help="Which of them.")
@click.option("--data", type=_PATH, required=True, help="LABELS.csv of clips; docs/actions.md.")
@click.option("--out", type=_PATH, required=True, help="Run folder; resumes a run in it.")
@click.option("--epochs", type=click.IntRange(1), default=16, show_default=True)
@click.option("--folds", type=click.IntRange(2), default=3, show_default=True, help="Of a split.")
@click.option("--parts", type=click.IntRange(1), help="Hold back this many of the folds; else all.")
@click.option("--only", type=click.Choice(_QUESTIONS), multiple=True, help="A question; repeat.")
@click.option("--frames", type=_PATH, help=".npz of decoded frames: read, or written; else in OUT.")
def train_action_baseline(
    network: str,
    data: Path,
    out: Path,
    epochs: int,
    folds: int,
    parts: int | None,
    only: tuple[str, ...],
    frames: Path | None,
) -> None:
    """Train the 3D CNN or the CNN with GRU on whole frames (Sharma 2023), as a baseline.

    It is judged on scenes, subjects and cameras that it did not learn from; no run can serve it.
    Stop at any time; the same command resumes after the last epoch.
    """
    with _output_to_stderr():
        from analyzer.lab.action.labels import read_clips
        from analyzer.lab.action.train_baseline import Extent, Recipe, train

        def tell(line: str) -> None:
            click.echo(line, err=True)

        recipe, extent = Recipe(network, folds), Extent(epochs, only, parts)
        figures = train(read_clips(data), recipe, extent, out, tell, frames)
    click.echo(json.dumps(figures))


@train.command("detector")
@click.option("--config", "path", type=_PATH, required=True, help="TOML file of the training.")
@click.option("--out", type=_PATH, required=True, help="Run folder; resumes a run in it.")
def train_detector(path: Path, out: Path) -> None:
    """Train a detector of people and faces from what YuNet and YOLOX agree on.

    Stop at any time; the same command resumes after the last saved state.
    """
    from analyzer.lab.detection.config import read_config

    config = read_config(path)
    with _output_to_stderr():
        from analyzer.lab.detection.train import Training

        Training(config, out).run(lambda row: click.echo(_line(row), err=True))
    click.echo(f"weights in {out}; make a model of them with: analyzer train detector-export")


@train.command("detector-export")
@click.option("--config", "path", type=_PATH, required=True, help="TOML file of the training.")
@click.option("--run", type=_PATH, required=True, help="Run folder of `train detector`.")
@click.option("--out", type=_PATH, required=True, help="Model folder, e.g. models/detector/NAME.")
@click.option("--name", default="joint", show_default=True, help="Name in results.")
def train_detector_export(path: Path, run: Path, out: Path, name: str) -> None:
    """Quantise a trained detector, calibrate its scores, and write a servable model folder."""
    from analyzer.lab.detection.config import read_config

    config = read_config(path)
    with _output_to_stderr():
        from analyzer.lab.detection.export import export

        about = export(config, run, out, name)
    click.echo(json.dumps({key: about[key] for key in ("name", "scores", "files", "training")}))


@train.command("identity")
@click.option(
    "--data", type=_PATH, required=True, help="Folder of pictures, one folder per person."
)
@click.option("--pairs", type=_PATH, required=True, help="CSV of pairs: a,b,same.")
@click.option("--embedder", default="face_recognition", show_default=True, help="Whose distances.")
@click.option("--out", type=_PATH, required=True, help="Calibration folder, e.g. models/identity.")
def train_identity(data: Path, pairs: Path, embedder: str, out: Path) -> None:
    """Measure what the distances of an embedder mean, and write its calibration."""
    with _output_to_stderr():
        from analyzer.lab.identity.calibrate import calibrate
        from analyzer.lab.identity.faces import make_instruments, measure
        from analyzer.lab.identity.pairs import read_pairs

        labelled, tools = read_pairs(data, pairs), make_instruments(embedder)
        faces = measure(labelled.pictures, (), tools, _counter(len(labelled.pictures)))[0]
        values = calibrate(labelled, faces, tools.embedder.name)
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{tools.embedder.name}.json"
    path.write_text(json.dumps(values | {"detector": tools.detector.name}, indent=1) + "\n")
    click.echo(f"{path}: equal error at {values['verification']}, {values['cross_validated']}")


@evaluate.command("identity")
@click.option(
    "--data", type=_PATH, required=True, help="Folder of pictures, one folder per person."
)
@click.option("--pairs", type=_PATH, required=True, help="CSV of pairs: a,b,same.")
@click.option("--embedder", default="auto", show_default=True, help="face_recognition, …")
@click.option("--detector", default="auto", show_default=True, help="What finds the faces.")
@click.option("--html", "--page", "page", type=_PATH, help="Also write a page of curves.")
@json_option
def evaluate_identity(
    data: Path, pairs: Path, embedder: str, detector: str, page: Path | None, as_json: bool
) -> None:
    """Score an embedder: accuracy, true and false matches, small faces, with intervals."""
    with _output_to_stderr():
        from analyzer.faces.calibration import calibration_of
        from analyzer.lab.identity.evaluate import evaluate as judge
        from analyzer.lab.identity.faces import make_instruments
        from analyzer.lab.identity.pairs import read_pairs

        labelled, tools = read_pairs(data, pairs), make_instruments(embedder, detector)
        calibration = calibration_of(tools.embedder.name)
        result = judge(labelled, tools, calibration, _counter(len(labelled.pictures)))
        if page:
            from analyzer.lab.identity.page import write

            write(result, page)
    click.echo(json.dumps(result) if as_json else _identity_text(result))


def _counter(total: int) -> Callable[[int], None]:
    """Return what tells on a terminal how many pictures are done."""

    def tell(done: int) -> None:
        if sys.stderr.isatty() and (done % 10 == 0 or done == total):
            click.echo(f"\r{done} of {total} pictures", nl=done == total, err=True)

    return tell


def _identity_text(result: dict[str, Any]) -> str:
    low, high = result["ci95"]
    naming = result["naming"]
    lines = [
        f"{result['embedder']} on faces of {result['detector']}: {result['n']} pairs, "
        f"{result['people']} people",
        f"accuracy {result['accuracy']:.4f} ({low:.4f} to {high:.4f}) at {result['threshold']}; "
        f"{result['not_assessed']} pairs not assessed count as errors",
        f"names are shown up to {naming['threshold']:.3f}: {naming['true_match_rate']:.3f} of one "
        f"person pass, {naming['false_match_rate']:.5f} of two",
        *(f"true-match rate at {k}: {v}" for k, v in result["tmr_at_fmr"].items()),
        *(f"face {px} px wide: accuracy {acc:.3f}" for px, acc in result["by_size"].items()),
    ]
    return "\n".join(lines)


@evaluate.command("detector")
@click.option("--data", type=_PATH, required=True, help="Folder that holds action/ and footage/.")
@click.option("--labels", type=_PATH, help="CSV of boxes drawn by eye; else the shipped one.")
@click.option("--model", default="default", show_default=True, help="Name or folder of a model.")
@click.option("--rivals", type=_PATH, help="Folder of YuNet and YOLOX; else DATA/models.")
@click.option("--width", default=640, show_default=True, help="Width in px of what is shown.")
@click.option("--threads", default=2, show_default=True, help="Cores for the times.")
@click.option("--html", "page", type=_PATH, help="Also write a page of misses and false boxes.")
@json_option
def evaluate_detector(
    data: Path,
    labels: Path | None,
    model: str,
    rivals: Path | None,
    width: int,
    threads: int,
    page: Path | None,
    as_json: bool,
) -> None:
    """Score the detector beside others: precision and recall of people and faces, sizes, speed."""
    with _output_to_stderr():
        from analyzer.detection.joint_network import PART, JointNetwork
        from analyzer.lab.detection import evaluate as judge
        from analyzer.lab.detection.eye_labels import read_labels
        from analyzer.models.locations import shipped_dir

        folder = _model_folder(model, PART)
        known = rivals or data / "models"
        models = known if known.is_dir() else None
        table = labels or shipped_dir() / PART / "eye_labels.csv"
        frames = read_labels(table, data)
        network = JointNetwork.load(folder)
        seen = judge.look(frames, network, models, width, _counter(len(frames)))
        result = {"model": network.fingerprint, "width": width, **judge.figures_of(seen)}
        result["ms_per_frame"] = judge.milliseconds(seen, folder, models, threads)
        if page:
            from analyzer.lab.detection.page import write

            write(result, seen, page)
    click.echo(json.dumps(result) if as_json else _detector_text(result))


def _detector_text(result: dict[str, Any]) -> str:
    lines = [f"{result['model']}: {result['frames']} frames of {result['scenes']} unseen scenes"]
    for by in ("eye", "teachers"):
        for kind, table in (result[by] or {}).items():
            for name, row in table.items():
                low, high = row["ap_ci95"]
                recalls = ", ".join(
                    f"{value['found']} found at precision 0.{key[-2:]}"
                    for key, value in row.items()
                    if key.startswith("recall_at_p")
                )
                lines.append(
                    f"{kind}, boxes by {by}: {name} AP {row['ap']:.3f} ({low:.3f} to {high:.3f}), "
                    f"of {row['boxes']} boxes {recalls}"
                )
    lines += [f"{width} px: ms {json.dumps(row)}" for width, row in result["ms_per_frame"].items()]
    return "\n".join(lines)


@evaluate.command("emotion")
@click.option("--data", type=_PATH, required=True, help=".npz, FER2013 .csv or folder of classes.")
@click.option("--model", default="default", show_default=True, help="Name or folder of a model.")
@click.option("--detector", type=_PATH, help="YuNet .onnx: align faces by it first, as a run does.")
@click.option("--html", "page", type=_PATH, help="Also write a page of curves and confusion.")
@click.option("--run", type=_PATH, help="Run folder whose training curves go on the page.")
@json_option
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
        from analyzer.emotions.classifier import EmotionClassifier
        from analyzer.lab.emotion import datasets
        from analyzer.lab.emotion.evaluate import evaluate as judge

        faces = datasets.test_part(datasets.load(data))
        if detector:
            from analyzer.lab.emotion.landmarks import find_landmarks

            landmarks = find_landmarks(faces.faces, detector)
            faces = datasets.aligned(datasets.with_landmarks(faces, landmarks))
        result = judge(EmotionClassifier.load(_model_folder(model, "emotion")), faces)
        if page:
            from analyzer.lab import checkpoint, pages

            history = checkpoint.load_progress(run / "progress.json").history if run else []
            pages.write(result, history, page)
    click.echo(json.dumps(result) if as_json else _text(result))


@evaluate.command("action")
@click.option("--data", type=_PATH, required=True, help="LABELS.csv of clips; docs/actions.md.")
@click.option("--model", default="default", show_default=True, help="Name or folder of a model.")
@click.option("--config", type=_PATH, help="TOML file of settings, as for a run.")
@click.option("--html", "page", type=_PATH, help="Also write a page of figures and confusion.")
@json_option
def evaluate_action(
    data: Path, model: str, config: Path | None, page: Path | None, as_json: bool
) -> None:
    """Score an action model on labelled clips, through the stages of a run."""
    from analyzer.config import load_settings

    settings = load_settings(config)
    settings = settings.with_values("emotions", enabled=False)
    settings = settings.with_values("embedding", enabled=False)
    with _output_to_stderr():
        from dataclasses import replace

        from analyzer.actions.model import ActionModel
        from analyzer.lab.action.evaluate import evaluate as judge
        from analyzer.lab.action.labels import read_clips
        from analyzer.pipeline.inference import inference_for

        clips = read_clips(data)
        engines = inference_for(settings.with_values("actions", enabled=False))
        engines = replace(engines, actions=ActionModel.load(_model_folder(model, "action")))
        result = judge(clips, engines, settings, lambda line: click.echo(line, err=True))
        if page:
            from analyzer.lab.action import page as action_page

            action_page.write(result, page)
    click.echo(json.dumps(result) if as_json else _action_text(result))


def _action_text(result: dict[str, Any]) -> str:
    lines = [f"model {result['model']}, people found by {result['people_detector']}"]
    for key, what in (("windows", "windows of people"), ("fighting", "clips of fights or none")):
        part = result[key]
        if part:
            low, high = part["ci95"]
            lines.append(
                f"{part['n']} {what}: accuracy {part['accuracy']:.3f} ({low:.3f} to {high:.3f})"
            )
    if result["windows"]:
        lines.append(f"windows in which nobody was followed: {result['windows']['not_tracked']}")
        for key, what in (("strict", "every window"), ("rules", "the rules on boxes")):
            lines.append(f"accuracy of {what}: {result[key]['accuracy']:.3f}")
    tables = ("per_source", "falls", "left_out", "ms_per_window")
    return "\n".join([*lines, *(f"{key}: {json.dumps(result[key])}" for key in tables)])


def _model_folder(model: str, part: str) -> Path:
    from analyzer.models.locations import shipped_dir

    folder = Path(model)
    if not (folder / "model.json").is_file():
        folder = shipped_dir() / part / model
    if not (folder / "model.json").is_file():
        raise AnalyzerError(f"no {part} model {model!r}; give a folder that holds model.json")
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
