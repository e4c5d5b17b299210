"""Settings: what is documented, what is refused, and what a hash depends on."""

import dataclasses
import json
import re

import pytest

from analyzer.config import Settings, load_settings, settings_from
from analyzer.errors import ConfigError
from tests.places import ROOT

DOCS = ROOT / "docs" / "settings.md"


def documented() -> dict[tuple[str, str], str]:
    """Return (section, key) -> default as written in docs/settings.md."""
    found, section = {}, ""
    for line in DOCS.read_text().splitlines():
        if match := re.match(r"\| \*\*`\[(\w+)\]`", line):
            section = match[1]
        elif match := re.match(r"\| `(\w+)` \| ([^|]+) \|", line):
            found[section, match[1]] = match[2]
    return found


def tomlish(value: object) -> str:
    """Return ``value`` as it stands in a settings file."""
    return str(value).lower() if isinstance(value, bool) else json_like(value)


def json_like(value: object) -> str:
    """Return a text in quotes, a list in brackets and a number as it is."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str | tuple) else str(value)


def test_every_setting_is_documented_with_its_default():
    live = {
        (section, key): tomlish(value)
        for section, values in Settings().as_dict().items()
        for key, value in values.items()
    }
    assert documented() == live


def test_a_file_overlays_the_defaults(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text('[faces]\nbackend = "haar"\nmin_score = 1\n')
    settings = load_settings(path)
    assert settings.faces.backend == "haar"
    assert settings.faces.min_score == 1.0
    assert settings.faces.width == Settings().faces.width


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[fases]\n", "unknown section [fases] (did you mean [faces]?)"),
        (
            "[faces]\nwdth = 3\n",
            "unknown setting faces.wdth (did you mean faces.width?); known: b",
        ),
        ("[faces]\nzzz = 3\n", "unknown setting faces.zzz; known: backend"),
        ("[events]\npeople = [1]\n", "events.people = [1] is not a list of texts"),
        ('[events]\nexpressions = ["bored"]\n', "'bored' is none of angry"),
        ('[faces]\nwidth = "wide"\n', "faces.width = 'wide' is not a whole number"),
        ('[sampling]\nfps = "x"\n', "'x' is not a number"),
        ("[sampling]\nfps = 0\n", "out of range"),
        ("[sampling]\nfps = nan\n", "out of range"),
        ("[motion]\nenabled = 1\n", "is not true or false"),
        ("[events]\nfighting = 1.5\n", "events.fighting = 1.5 is out of range"),
        ("fps = 3\n", "fps = 3 stands outside any section"),
        ("faces = 3\n", "faces = 3 stands outside any section"),
        ('[events]\nexpressions = "bored"\n', "'bored' is none of angry"),
        ("not toml", "not valid TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_what_is_wrong(tmp_path, text, said):
    path = tmp_path / "s.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=re.escape(said)):
        load_settings(path)


@pytest.mark.parametrize(
    "name",
    [
        "faces.min_score",
        "people.min_score",
        "tracking.high_score",
        "identity.false_match_rate",
        "smoothing.stitch_iou",
        "events.expression",
        "events.fighting",
        "events.falling",
        "events.running",
    ],
)
def test_shares_and_scores_end_at_one_but_stored_ones_are_read(name):
    section, key = name.split(".")
    assert Settings().with_values(section, **{key: 1.0})
    with pytest.raises(ConfigError, match=f"^settings: {name} = 1.01 is out of range"):
        Settings().with_values(section, **{key: 1.01})
    assert settings_from({section: {key: 1.01}}, "a run")


def test_a_list_is_read_from_the_text_with_commas_of_older_files_and_runs(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text('[events]\nexpressions = "sad, angry"\npeople = ["Ann, the judge"]\n')
    settings = load_settings(path)
    assert settings.events.expression_names() == ("angry", "sad")
    assert settings.events.wants("Ann, the judge") and not settings.events.wants("Ann")
    stored = {"events": {"expressions": "", "people": "Ann,Bob"}, "case": {"forbid": ""}}
    old = settings_from(stored, "a run of an older version")
    assert (old.events.expressions, old.events.people) == ((), ("Ann", "Bob"))
    assert old.case.forbid == ()


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="check --config"):
        load_settings(tmp_path / "none.toml")


def test_raw_hash_ignores_derived_settings_and_the_other_way_round():
    base = Settings()
    derived = base.with_values("identity", threshold=0.5)
    raw = base.with_values("sampling", fps=2.0)
    assert derived.raw_hash() == base.raw_hash() != raw.raw_hash()
    assert raw.derived_hash() == base.derived_hash() != derived.derived_hash()


def test_settings_survive_json_sections():
    settings = Settings().with_values("report", title="Ü")
    assert settings_from(settings.as_dict(), "test") == settings
    assert settings_from(json.loads(json.dumps(settings.as_dict())), "test") == settings
    assert all(
        dataclasses.is_dataclass(getattr(settings, f.name)) for f in dataclasses.fields(settings)
    )


SECRET = "mailto://user:hunter2@mail.example.org"


def test_channels_are_read_but_never_kept_in_a_case(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text(f'[alerts.channels]\nguard = "{SECRET}"\ndoor = ["/bin/lamp", "--red"]\n')
    settings = load_settings(path)
    assert settings.alerts.channels == {"guard": SECRET, "door": ("/bin/lamp", "--red")}
    assert "hunter2" not in json.dumps(settings.stored())
    assert settings_from(settings.stored(), "the case").alerts.channels == {}
    assert settings.raw_hash() == Settings().raw_hash()
    assert settings.derived_hash() == Settings().derived_hash()


@pytest.mark.parametrize(
    "text",
    [
        f'[alerts]\nchannels = "{SECRET}"\n',
        f'[alerts.channels]\nguard = ["{SECRET}", 3]\n',
        f'[alerts.channels]\nguard = {{ url = "{SECRET}" }}\n',
    ],
)
def test_a_wrong_channel_is_refused_without_its_address(tmp_path, text):
    path = tmp_path / "s.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"alerts\.channels") as refused:
        load_settings(path)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "text", ['levels = ["alarms"]', 'kinds = ["fall"]', 'still = "blurred"', 'quiet = ["night"]']
)
def test_a_word_that_no_rule_of_alerts_knows_is_refused(tmp_path, text):
    path = tmp_path / "s.toml"
    path.write_text(f"[alerts]\n{text}\n")
    with pytest.raises(ConfigError, match=rf"alerts\.{text.split()[0]}"):
        load_settings(path)
