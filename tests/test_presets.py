"""Presets and settings of cameras: what they change, what goes before what, what is refused."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from analyzer.config import Settings, load_settings, settings_from
from analyzer.config_camera import _ALLOWED, camera_sections
from analyzer.config_presets import PRESETS, PURPOSES, preset_sections
from analyzer.errors import ConfigError
from analyzer.video.cameras import Camera, read_cameras, settings_of
from tests.jobs import analyzer
from tests.test_config import DOCS


def test_every_value_of_a_preset_differs_from_the_default_and_may_be_set_for_a_camera() -> None:
    defaults = Settings().as_dict()
    for name, values in PRESETS.items():
        assert all(defaults[v.section][v.key] != v.value for v in values)
        assert camera_sections(preset_sections(name), name) == preset_sections(name)
    assert PURPOSES.keys() == PRESETS.keys()


def test_the_page_gives_every_value_of_a_preset_and_its_reason() -> None:
    defaults = Settings().as_dict()
    found = re.findall(
        r"^\| \| `(\w+)\.(\w+)` \| (\S+) \| (\S+) \| (.+) \|$", DOCS.read_text(), re.M
    )
    assert found == [
        (v.section, v.key, str(defaults[v.section][v.key]), str(v.value), v.why)
        for values in PRESETS.values()
        for v in values
    ]


def test_the_merged_settings_are_printed_with_reasons_and_read_back(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text("[tracking]\nlost_s = 3\nmin_hits = 4\n")
    printed = analyzer("settings", "--config", tmp_path / "own.toml", "--preset", "night").stdout
    (tmp_path / "all.toml").write_text(printed)
    settings = load_settings(tmp_path / "all.toml")
    # The option goes before the file, as others of the command line do.
    assert (settings.tracking.lost_s, settings.tracking.min_hits) == (2.0, 3)
    assert settings.preset.name == "night"
    assert settings == load_settings(tmp_path / "own.toml").with_preset("night", "a test")
    assert "# night: a faint person is missed in several pictures on end\n" in printed
    assert tomllib.loads(printed) == json.loads(json.dumps(settings.as_dict()))


def test_a_file_goes_before_the_preset_that_it_names(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text('[preset]\nname = "street"\n[people]\nwidth = 800\n')
    settings = load_settings(path)
    assert (settings.people.width, settings.faces.width) == (800, 1280)


def test_another_preset_leaves_nothing_of_the_one_before() -> None:
    for name in PRESETS:
        for other in PRESETS:
            both = Settings().with_preset(name, "a test").with_preset(other, "a test")
            assert both == Settings().with_preset(other, "a test")


def test_the_name_of_a_preset_alone_changes_no_hash() -> None:
    named = Settings().with_preset("night", "a test")
    unnamed = settings_from(named.as_dict() | {"preset": {"name": ""}}, "a test")
    assert named.raw_hash() == unnamed.raw_hash() != Settings().raw_hash()
    assert named.derived_hash() == unnamed.derived_hash() != Settings().derived_hash()


def camera(tmp_path: Path, text: str) -> Camera:
    """Return the camera of a file with ``text``."""
    path = tmp_path / "cameras.toml"
    path.write_text(f'[[camera]]\nname = "Yard"\npattern = "*yard*"\n{text}')
    return read_cameras(path)[0]


def test_what_is_said_of_a_camera_goes_before_what_is_said_of_the_run(tmp_path: Path) -> None:
    run = Settings().with_preset("indoor", "a test").with_values("faces", width=640)
    yard = camera(tmp_path, 'preset = "night"\n[camera.settings.tracking]\nmin_hits = 5\n')
    settings = settings_of(yard, run)
    assert (settings.tracking.min_hits, settings.tracking.high_score) == (5, 0.45)
    assert settings.events.loitering_s == Settings().events.loitering_s, "the run's preset is gone"
    assert settings.faces.width == 640, "what the run says otherwise stays"
    assert settings_of(None, run) is run
    plain = camera(tmp_path, 'location = "north"\n')
    assert settings_of(plain, run) == run


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('preset = "nigth"\n', "no preset 'nigth' (did you mean night?)"),
        (
            "[camera.settings.tracking]\nlostt_s = 3\n",
            "unknown setting tracking.lostt_s (did you mean tracking.lost_s?)",
        ),
        ("[camera.settings.trackin]\nlost_s = 3\n", "unknown section [trackin] (did you mean"),
        ('[camera.settings.tracking]\nlost_s = "3"\n', "tracking.lost_s = '3' is not a number"),
        (
            '[camera.settings.people]\nbackend = "yolox"\n',
            "people.backend cannot be set for one camera, since all cameras are looked at by the",
        ),
        ("[camera.settings.emotions]\nenabled = false\n", "decided for all cameras"),
        ("[camera.settings.limits]\nmax_side = 9\n", "since it concerns the whole run"),
        ("[camera.settings.appearance]\nlinks = 9\n", "compared across cameras"),
        ("settings = 3\n", "write a section [camera.settings.SECTION]"),
    ],
)  # fmt: skip
def test_what_a_camera_cannot_have_is_refused_in_a_line(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(ConfigError) as error:
        camera(tmp_path, text)
    assert said in str(error.value)
    assert "camera 'Yard'" in str(error.value) and "\n" not in str(error.value)


def test_every_setting_of_a_camera_exists() -> None:
    known = Settings().as_dict()
    assert all(keys <= known[section].keys() for section, keys in _ALLOWED.items())
