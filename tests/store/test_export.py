"""Exports: the same rows in every format, equal for equal cases, harmless in a spreadsheet."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from analyzer.cli.export import export
from analyzer.errors import CaseError, UsageError
from analyzer.store.tables import ORDER, VIEWS
from tests.store.cases import PATH, make_case

ABOUT_RUNS = {"runs", "files", "audit", "seals"}


def run_export(case: Path, *arguments: str) -> dict[str, int]:
    """Run the command and return the rows by table."""
    result = CliRunner().invoke(
        export, [str(case), "--json", *arguments], catch_exceptions=False, standalone_mode=False
    )
    files = json.loads(result.stdout)["files"]
    assert len(result.stderr.splitlines()) == len(files), "one line a file on standard error"
    return {entry["table"]: entry["rows"] for entry in files}


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return make_case(tmp_path / "case")


def test_equal_cases_export_equal_files(case: Path, tmp_path: Path) -> None:
    other = make_case(tmp_path / "other", run_id="run-9", order=(1, 0))
    tables = [f"--table={name}" for name in ORDER if name not in ABOUT_RUNS]
    for form in ("csv", "jsonl", "parquet"):
        one, two = tmp_path / "one", tmp_path / "two"
        counts = run_export(case, "--format", form, "--out", str(one), *tables)
        assert counts == run_export(other, "--format", form, "--out", str(two), *tables)
        assert (counts["observations"], counts["faces"], counts["appearances"]) == (32, 8, 1)
        for name in counts:
            assert (one / f"{name}.{form}").read_bytes() == (two / f"{name}.{form}").read_bytes()


def test_the_formats_hold_the_same_values(case: Path, tmp_path: Path) -> None:
    for form in ("csv", "jsonl", "parquet"):
        assert run_export(case, "--format", form, "--out", str(tmp_path)) == {
            "emotion_timeline": 8,
            "emotion_differences": 8,
            "action_timeline": 3,
            "appearances": 1,
            "recorded_stretches": 3,
        }
    for view in VIEWS:
        parquet = pd.read_parquet(tmp_path / f"{view}.parquet")
        lines = pd.read_json(tmp_path / f"{view}.jsonl", lines=True, convert_dates=False)
        table = pd.read_csv(tmp_path / f"{view}.csv", float_precision="round_trip")
        numbers = parquet.select_dtypes("number").columns
        pd.testing.assert_frame_equal(parquet[numbers], table[numbers], check_dtype=False)
        pd.testing.assert_frame_equal(
            parquet[numbers], lines[numbers], check_dtype=False, rtol=1e-15
        )
        assert list(parquet["video_path"]) == list(table["video_path"]) == [PATH] * len(parquet)


def test_differences_are_to_the_usual_of_the_same_track(case: Path, tmp_path: Path) -> None:
    run_export(case, "--out", str(tmp_path))
    seen, differs = (
        pd.read_csv(tmp_path / f"emotion_{name}.csv") for name in ("timeline", "differences")
    )
    told = seen["assessed"] == 1
    assert 0 < told.sum() < len(seen)
    assert differs["sad"][told].to_numpy() == pytest.approx(seen["sad"][told] - 1 / 7, abs=1e-6)
    assert differs["sad"][~told].isna().all()
    assert (differs["reason"].dropna() == seen["reason"].dropna()).all()


def test_names_are_no_formulas_in_csv_alone(case: Path, tmp_path: Path) -> None:
    for form in ("csv", "jsonl"):
        run_export(case, "--format", form, "--out", str(tmp_path), "--table", "people")
    with (tmp_path / "people.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.DictReader(file)) == [{"name": "'=Ann", "source": "ann"}]
    assert json.loads((tmp_path / "people.jsonl").read_text())["name"] == "=Ann"


def test_numbers_below_zero_stay_numbers(case: Path, tmp_path: Path) -> None:
    run_export(case, "--out", str(tmp_path), "--table", "candidates", "--table", "gallery_faces")
    row = pd.read_csv(tmp_path / "candidates.csv").iloc[0]
    assert row["distance"] == 0.41 and pd.isna(row["margin"])
    embedding = pd.read_csv(tmp_path / "gallery_faces.csv")["embedding"].iloc[0]
    assert embedding.startswith("000000000000803f"), "0.0 and 1.0, float32 little endian"


def test_an_empty_view_has_its_columns(case: Path, tmp_path: Path) -> None:
    run_export(case, "--out", str(tmp_path), "--table", "reviews", "--format", "parquet")
    found = pd.read_parquet(tmp_path / "reviews.parquet")
    assert len(found) == 0 and found.dtypes["seq"] == "int64"


def test_wrong_requests_write_nothing(case: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(UsageError, match=r"no table 'faecs'.*known: "):
        run_export(case, "--out", str(out), "--table", "people", "--table", "faecs")
    with pytest.raises(CaseError, match="not a case"):
        run_export(tmp_path, "--out", str(out))
    assert not out.exists()
    out.mkdir()
    (out / "people.csv").mkdir()
    with pytest.raises(UsageError, match="choose another --out"):
        run_export(case, "--out", str(out), "--table", "people")
