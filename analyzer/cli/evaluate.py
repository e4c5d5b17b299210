"""`analyzer evaluate`: measure models on labelled data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from analyzer.cli.options import json_option, output_to_stderr, tell, tell_count

_PATH = click.Path(path_type=Path)


@click.group()
def evaluate() -> None:
    """Measure models on labelled data."""


@evaluate.command("identity")
@click.option(
    "--data", type=_PATH, required=True, help="Folder of pictures, one folder per person."
)
@click.option("--pairs", type=_PATH, required=True, help="CSV of pairs: a,b,same.")
@click.option("--embedder", default="auto", show_default=True, help="face_recognition, …")
@click.option("--detector", default="auto", show_default=True, help="What finds the faces.")
@click.option("--html", "--page", "page", type=_PATH, help="Also write a page of curves.")
@json_option
def evaluate_identity(as_json: bool, **options: Any) -> None:
    """Score an embedder: accuracy, true and false matches, small faces, with intervals."""
    with output_to_stderr():
        from analyzer.lab.identity.commands import evaluate

        result = evaluate(**options, count=tell_count)
    click.echo(json.dumps(result) if as_json else _identity_text(result))


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
@click.option("--yolo", type=_PATH, help="Judge by this folder of images/ and labels/ instead.")
@click.option("--model", default="default", show_default=True, help="Name or folder of a model.")
@click.option("--rivals", type=_PATH, help="Folder of YuNet and YOLOX; else DATA/models.")
@click.option("--width", type=int, help="Width in px of what is shown; else as in a run.")
@click.option("--threads", default=2, show_default=True, help="Cores for the times.")
@click.option("--html", "page", type=_PATH, help="Also write a page of misses and false boxes.")
@json_option
def evaluate_detector(rivals: Path | None, as_json: bool, **options: Any) -> None:
    """Score the detector beside others: precision and recall of people and faces, sizes, speed."""
    with output_to_stderr():
        from analyzer.lab.detection.commands import EvaluateRequest, evaluate

        result = evaluate(EvaluateRequest(**options, baselines=rivals), tell_count)
    click.echo(json.dumps(result) if as_json else _detector_text(result))


def _detector_text(result: dict[str, Any]) -> str:
    lines = [f"{result['model']}: {result['frames']} frames of {result['scenes']} unseen scenes"]
    chosen = ", ".join(f"{kind} by {name}" for kind, name in result["default"].items())
    lines.append(f"a run on this machine finds: {chosen}")
    for name, kinds in result["detectors"].items():
        for kind, row in kinds.items():
            low, high = row["ci95"]
            lines.append(
                f"{kind}: {name} AP {row['ap']:.3f} ({low:.3f} to {high:.3f}), of {row['n']} boxes "
                f"{row['found_at_p85']} found at precision 0.85, {row['found_at_p90']} at 0.90"
            )
    lines += [f"{width} px: ms {json.dumps(row)}" for width, row in result["ms"].items()]
    return "\n".join(lines)


@evaluate.command("tracking")
@click.option("--data", type=_PATH, required=True, help="Folder of videos with MOT truth.")
@click.option("--config", type=_PATH, help="TOML file of settings, as for a run.")
@click.option("--scale", default=1.0, show_default=True, help="Pixels of the video per label px.")
@click.option("--html", "page", type=_PATH, help="Also write a page of switches and misses.")
@json_option
def evaluate_tracking(
    data: Path, config: Path | None, scale: float, page: Path | None, as_json: bool
) -> None:
    """Score the tracker beside SORT, ByteTrack and OC-SORT: MOTA, IDF1, HOTA; docs/tracking.md."""
    with output_to_stderr():
        from analyzer.lab.tracking.commands import evaluate

        result = evaluate(data, config, scale, page, tell)
    click.echo(json.dumps(result) if as_json else _tracking_text(result))


def _tracking_text(result: dict[str, Any]) -> str:
    lines = [f"people found by {result['detector']}, {result['fps']:g} pictures per second"]
    for source, trackers in result["trackers"].items():
        for name, part in trackers.items():
            for sequence, row in [*part["sequences"].items(), ("all", part["all"])]:
                lines.append(
                    f"{source}, {sequence}, {name}: MOTA {row['mota']:.3f}, IDF1 {row['idf1']:.3f},"
                    f" HOTA {row['hota']:.3f}, {row['switches']} switches, {row['tracks']} tracks"
                    f" of {row['people']} people"
                )
    return "\n".join(lines)


@evaluate.command("emotion")
@click.option("--data", type=_PATH, required=True, help=".npz, FER2013 .csv or folder of classes.")
@click.option("--model", default="default", show_default=True, help="Name or folder of a model.")
@click.option("--detector", type=_PATH, help="YuNet .onnx: align faces by it first, as a run does.")
@click.option("--html", "page", type=_PATH, help="Also write a page of curves and confusion.")
@click.option("--run", type=_PATH, help="Run folder whose training curves go on the page.")
@json_option
def evaluate_emotion(as_json: bool, **options: Any) -> None:
    """Score an emotion model: accuracy, F1, confusion, calibration, face sizes, JPEG, speed."""
    with output_to_stderr():
        from analyzer.lab.emotion.commands import evaluate

        result = evaluate(**options)
    click.echo(json.dumps(result) if as_json else _emotion_text(result))


@evaluate.command("looks")
@click.option("--data", type=_PATH, required=True, help="Folder of crops, ID/CAMERA_*.jpg.")
@click.option("--model", default="default", show_default=True, help="Name or folder of a model.")
@click.option("--html", "page", type=_PATH, help="Also write a page of curves.")
@json_option
def evaluate_looks(as_json: bool, **options: Any) -> None:
    """Score a look model: rank-1, mAP, true and false matches across cameras, by height."""
    with output_to_stderr():
        from analyzer.lab.looks.commands import evaluate

        result = evaluate(**options, count=tell_count)
    click.echo(json.dumps(result) if as_json else _looks_text(result))


def _looks_text(result: dict[str, Any]) -> str:
    lines = [
        f"{result['model']}: {result['n']} questions, {result['people']} people on "
        f"{result['cameras']} cameras"
    ]
    parts = {"as they are": result} | {f"{px} px": v for px, v in result["by_height"].items()}
    for name, part in parts.items():
        lines.append(
            f"{name}: rank-1 {part['rank1']:.3f}{_between(part['rank1_ci95'])}, "
            f"mAP {part['map']:.3f}{_between(part['map_ci95'])}, true-match rates "
            f"{json.dumps(part['tmr_at_fmr'])}, calibration error {part['ece']:.3f}"
        )
    return "\n".join([*lines, f"{result['ms_per_crop']:.1f} ms per crop"])


@evaluate.command("joints")
@click.option("--data", type=_PATH, required=True, help="LABELS.csv of people; docs/joints.md.")
@click.option("--model", default="default", show_default=True, help="Name or folder of a model.")
@json_option
def evaluate_joints(as_json: bool, **options: Any) -> None:
    """Score a joint model: joints within 0.2 torsos of the labels (PCK), by height and source."""
    with output_to_stderr():
        from analyzer.lab.joints.commands import evaluate

        result = evaluate(**options, count=tell_count)
    click.echo(json.dumps(result) if as_json else _joints_text(result))


def _joints_text(result: dict[str, Any]) -> str:
    lines = [f"{result['model']}: {result['people']} people, {result['n']} joints"]
    parts = {"as they are": result} | {f"{px} px": v for px, v in result["by_height"].items()}
    for name, part in (parts | result["by_source"]).items():
        told = part["told"]
        lines.append(
            f"{name}: PCK {part['pck']:.3f}{_between(part['pck_ci95'])}; told "
            f"{told['share']:.3f} of them, right {told['right'] or 0:.3f}"
        )
    lines.append(f"by part {json.dumps(result['by_part'])}")
    return "\n".join([*lines, f"{result['ms_per_person']:.1f} ms per person"])


@evaluate.command("action")
@click.option("--data", type=_PATH, required=True, help="LABELS.csv of clips; docs/actions.md.")
@click.option("--model", default="default", show_default=True, help="Name or folder of a model.")
@click.option("--config", type=_PATH, help="TOML file of settings, as for a run.")
@click.option("--html", "page", type=_PATH, help="Also write a page of figures and confusion.")
@json_option
def evaluate_action(as_json: bool, **options: Any) -> None:
    """Score an action model on labelled clips, through the stages of a run."""
    with output_to_stderr():
        from analyzer.lab.action.commands import evaluate

        result = evaluate(**options, log=tell)
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


@evaluate.command("events")
@click.option("--data", type=_PATH, required=True, help="LABELS.csv of clips; docs/actions.md.")
@click.option("--normal", type=_PATH, help="Folder of videos in which nothing should be told.")
@click.option("--config", type=_PATH, help="TOML file of settings, as for a run.")
@click.option("--seen", type=_PATH, help="Table of events looked at in clips of other labels.")
@click.option("--levels", type=_PATH, help="Write the measured levels to this file.")
@json_option
def evaluate_events(as_json: bool, **options: Any) -> None:
    """Score events as a run tells them: recall, false alarms an hour, precision of each level."""
    with output_to_stderr():
        from analyzer.lab.events.commands import evaluate

        result = evaluate(**options, tell=tell)
    click.echo(json.dumps(result) if as_json else _events_text(result))


def _events_text(result: dict[str, Any]) -> str:
    hours = result["hours_normal"]
    lines = [
        f"{result['recordings']} recordings of {result['places']} places, {hours:.2f} h ordinary"
    ]
    for kind, row in result["kinds"].items():
        told = f"{row['found']} of {row['incidents']} told{_between(row['recall_ci95'])}"
        levels = ", ".join(
            f"{row[count]} {level}" + ("" if right is None else f" ({right:.0%} right)")
            for count, level, right in (
                ("alarms", "alarms", row["precision_alarm"]),
                ("to_check", "to check", row["precision_to_check"]),
            )
        )
        rate = row["false_alarms_per_hour"]
        false = "" if rate is None else f"; {rate:.1f} false alarms an hour"
        lines.append(
            f"{kind}: {told}; {levels}{false}{_between(row['false_alarms_per_hour_ci95'])}"
        )
    return "\n".join([*lines, *(f"wrong: {json.dumps(row)}" for row in result["wrong"])])


@evaluate.command("clothes")
@click.option("--data", type=_PATH, required=True, help="LABELS.csv of boxes; docs/clothing.md.")
@click.option("--footage", type=_PATH, help="Folder of the videos; else that of LABELS.csv.")
@json_option
def evaluate_clothes(as_json: bool, **options: Any) -> None:
    """Score the colours of clothes on boxes labelled by eye: share told, share right."""
    with output_to_stderr():
        from analyzer.lab.clothing.commands import evaluate

        result = evaluate(**options, tell=tell)
    click.echo(json.dumps(result) if as_json else _clothes_text(result))


def _clothes_text(result: dict[str, Any]) -> str:
    lines = [f"{result['videos']} videos"]
    for name, row in result.items():
        if name == "videos" or not row["n"]:
            continue
        right = f"{row['right']} right{_between(row['share_right_ci95'])}"
        told = f"{row['told']} of {row['n']} told{_between(row['share_told_ci95'])}"
        lines.append(f"{name}: {told}, {right}; {row['told_though_unknown']} more not labelled")
    return "\n".join(lines)


def _between(interval: tuple[float, float] | None) -> str:
    return f" ({interval[0]:.2f} to {interval[1]:.2f})" if interval else ""


def _emotion_text(result: dict[str, Any]) -> str:
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
