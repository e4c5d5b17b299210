"""Settings of cameras in a run: each recording by its own, and only what they touch once more."""

from __future__ import annotations

import json
from pathlib import Path

from analyzer.commands.derive import DeriveRequest, derive_case
from analyzer.commands.dry_run import preview_run
from analyzer.commands.replay import replay_case
from analyzer.commands.run import RunRequest, run_batch
from analyzer.config import Settings
from analyzer.custody.verify import verify_case
from analyzer.pipeline.progress import SilentListener
from tests.clips import MakeClip
from tests.pipeline.test_main_job import rows

BRIEF = ("-f", "lavfi", "-i", "testsrc2=s=160x120:r=10:d=2", "-c:v", "mpeg4")


def cheap() -> Settings:
    """Return settings of a run that loads no network."""
    settings = Settings().with_values("faces", backend="haar")
    settings = settings.with_values("people", backend="motion").with_values("report", player=False)
    for part in ("embedding", "emotions", "actions", "looks", "clothing"):
        settings = settings.with_values(part, enabled=False)
    return settings


def cameras(folder: Path, yard: str) -> Path:
    """Return a camera file of a hall and of a yard, of which ``yard`` says more."""
    path = folder / "cameras.toml"
    path.write_text(
        '[[camera]]\nname = "Hall"\npattern = "hall*"\n'
        f'[[camera]]\nname = "Yard"\npattern = "yard*"\n{yard}'
    )
    return path


def measured(case: Path) -> dict[str, str]:
    """Return what the parts of each recording were measured with, by camera."""
    sql = "SELECT m.camera, s.raw_hash FROM segments s JOIN measured_with m USING (video_sha256)"
    return dict(rows(case, sql))


def test_a_camera_has_settings_of_its_own_and_a_change_touches_its_recordings_alone(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    clips = [
        make_clip("hall_1.avi", *BRIEF),
        make_clip("yard_1.avi", *BRIEF, "-vf", "negate"),
    ]
    case = tmp_path / "case"

    def request(yard: str) -> RunRequest:
        return RunRequest(
            inputs=tuple(map(str, clips)), case=case, gallery=None, settings=cheap(), workers=1,
            fresh=False, command="test", cameras=cameras(tmp_path, yard),
        )  # fmt: skip

    run_batch(request(""), SilentListener())
    first = measured(case)
    assert first["Hall"] == first["Yard"]

    night = 'preset = "night"\n[camera.settings.sampling]\nfps = 2\n'
    preview = preview_run(request(night))
    assert [v.status for v in preview.videos] == ["in the case", "to analyse"]
    assert run_batch(request(night), SilentListener()).processed_s < 3.0
    second = measured(case)
    assert second["Hall"] == first["Hall"]
    assert second["Yard"] != first["Yard"]
    assert rows(case, "SELECT frames_sampled FROM segments ORDER BY frames_sampled") == [
        (4,),
        (10,),
    ]
    told = "SELECT preset, settings FROM measured_with WHERE camera = ?"
    assert rows(case, told, "Hall") == [("", "{}")]
    ((preset, text),) = rows(case, told, "Yard")
    assert preset == "night"
    assert json.loads(text) == {
        "motion": {"recheck_most_s": 10.0},
        "sampling": {"fps": 2.0},
        "tracking": {"high_score": 0.45, "lost_s": 2.0, "min_hits": 3},
    }
    assert verify_case(case).problems == []
    assert replay_case(case, 2, 1).equal

    # Deriving measures nothing: it says what the cameras ask for otherwise.
    again = derive_case(DeriveRequest(case, cameras=cameras(tmp_path, "")))
    assert any(
        "yard_1.avi" in note and "measured with other settings" in note for note in again.notes
    )
    assert not any("hall_1.avi" in note for note in again.notes)
    assert measured(case) == second
