"""`analyzer notify` as a person types it: crashes, previews, tests, pictures."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from analyzer.alerts.delivery import DeliveryReport
from analyzer.commands.notify import follow
from analyzer.config_alerts import AlertSettings
from analyzer.custody.manifest import write_manifest
from analyzer.store.case import Case
from analyzer.store.deliveries import deliveries_in
from analyzer.store.policy import add_rules
from analyzer.store.reader import CaseReader
from analyzer.video.probe import probe
from tests.alerts.watched import Hook, Watched, event
from tests.jobs import PATIENCE_S, analyzer, started
from tests.manifests import differences
from tests.places import LOBBY

PASSWORD = "pa55-w0rd"


def settings_file(folder: Path, *channels: str, rules: str = 'still = "none"') -> Path:
    path = folder / "alerts.toml"
    path.write_text("\n".join(["[alerts]", rules, "[alerts.channels]", *channels, ""]))
    return path


def killer(folder: Path) -> str:
    """Return a channel that notes the id of a message; the first time it kills who sends it."""
    script = folder / "killer.py"
    script.write_text(
        "import os, pathlib, signal, sys\n"
        "told = pathlib.Path(sys.argv[1])\n"
        "first = not told.exists()\n"
        "with told.open('a') as file:\n"
        "    print(os.environ['ANALYZER_ALERT_ID'], file=file)\n"
        "if first:\n"
        "    os.kill(os.getppid(), signal.SIGKILL)\n"
    )
    return f'door = [{json.dumps(sys.executable)}, {json.dumps(str(script))}, "{folder}/told"]'


def test_kill_9_between_claim_and_mark_sends_again_with_the_same_id(
    watched: Watched, tmp_path: Path
) -> None:
    config = settings_file(tmp_path, killer(tmp_path))
    watched.add(1, "gate_1.mp4", [event(), event("running")])
    process = started("notify", watched.folder, "--config", config)
    process.communicate(timeout=PATIENCE_S)
    assert process.returncode == -signal.SIGKILL
    with CaseReader(watched.folder) as reader:
        assert [row.state for row in deliveries_in(reader)].count("sending") == 1
    done = json.loads(analyzer("notify", watched.folder, "--config", config, "--json").stdout)
    assert (done["found"], done["sent"], done["waiting"]) == (0, 2, 0)
    told = (tmp_path / "told").read_text().split()
    assert len(told) == 3 and len(set(told)) == 2, "the second copy has the id of the first"
    with CaseReader(watched.folder) as reader:
        assert {row.state for row in deliveries_in(reader)} == {"sent"}
        assert {row.id for row in deliveries_in(reader)} == set(told)


def test_what_would_be_sent_is_shown_and_nothing_is_written(
    watched: Watched, tmp_path: Path, hook: Hook
) -> None:
    config = settings_file(tmp_path, 'hook = "json://u:${UNSET}@127.0.0.1:1/in"')
    watched.add(1, "gate_1.mp4", [event(), event("running", level="to check")])
    before = (watched.folder / "case.db").read_bytes()
    shown = analyzer("notify", watched.folder, "--config", config, "--dry-run")
    assert "--- hook\nAlarm: apparent fall, gate\nWhat: somebody" in shown.stdout.replace(
        "Somebody", "somebody"
    )
    assert "1 messages would be sent" in shown.stderr
    told = json.loads(
        analyzer("notify", watched.folder, "--config", config, "--dry-run", "--json").stdout
    )
    assert [one["title"] for one in told["messages"]] == ["Alarm: apparent fall, gate"]
    assert (watched.folder / "case.db").read_bytes() == before


def test_a_test_message_goes_through_the_channels_that_are_asked(
    tmp_path: Path, hook: Hook
) -> None:
    config = settings_file(
        tmp_path, f'hook = "json://127.0.0.1:{hook.port}/in"', 'broken = ["/bin/false"]'
    )
    asked = ("notify", "test", "--config", config)
    assert analyzer(*asked, "--channel", "hook").stdout == "hook: sent\n"
    ((_, post),) = hook.posts
    assert post["title"] == "Test message of analyzer"
    both = analyzer(*asked, code=3)
    assert both.stdout.splitlines() == [
        "hook: sent", "broken: not sent: the command ended with 1",
    ]  # fmt: skip
    assert (
        "no channel 'door'; known: hook, broken"
        in analyzer(*asked, "--channel", "door", code=2).stderr
    )
    assert "no channels: a case keeps none" in analyzer("notify", "test", code=2).stderr


def test_a_failure_is_shown_and_no_password_reaches_the_case(
    watched: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK_PASSWORD", PASSWORD)
    config = settings_file(tmp_path, 'hook = "json://guard:${HOOK_PASSWORD}@127.0.0.1:1/in"')
    watched.add(1, "gate_1.mp4", [event()])
    with Case.open(watched.folder, create=False) as case:
        write_manifest(case)
    failed = analyzer("notify", watched.folder, "--config", config, code=3)
    assert "hook: A Connection error occurred" in failed.stderr and PASSWORD not in failed.stderr
    assert differences(watched.folder) == [], "the manifest is renewed"
    shown = analyzer("status", watched.folder).stdout
    assert "messages: 1 pending\n" in shown
    assert "channel hook: 1 attempts failed (A Connection error" in shown
    told = json.loads(analyzer("status", watched.folder, "--json").stdout)
    assert told["messages"] == {"pending": 1} and told["channels"][0]["channel"] == "hook"
    for path in watched.folder.rglob("*"):
        assert path.is_dir() or PASSWORD.encode() not in path.read_bytes(), path


def test_a_case_that_is_worked_on_is_told_in_a_line(watched: Watched, tmp_path: Path) -> None:
    config = settings_file(tmp_path, 'door = ["/bin/true"]')
    with Case.open(watched.folder, create=False):
        said = analyzer("notify", watched.folder, "--config", config, code=1).stderr
    assert "another analyzer is writing this case" in said and said.count("\n") == 1
    assert "not a case" in analyzer("notify", tmp_path, "--config", config, code=1).stderr


def test_who_follows_a_case_sends_what_comes(watched: Watched, tmp_path: Path) -> None:
    told = tmp_path / "told"
    command = ("/bin/sh", "-c", f'echo "$ANALYZER_ALERT_TITLE" >> {told}')
    settings = AlertSettings(channels={"door": command}, still="none")
    worker: list[Case] = []
    steps = iter(range(3))

    def wait(_: float) -> bool:
        match next(steps):
            case 0:
                watched.add(1, "gate_1.mp4", [event()])
            case 1:
                watched.add(2, "yard_1.mp4", [event()])
                worker.append(Case.open(watched.folder, create=False))
            case _:
                return True
        return False

    first, *others = follow(watched.folder, settings, wait)
    worker[0].close()
    assert isinstance(first, DeliveryReport) and first.sent == 1 and len(others) == 1
    assert "another analyzer is writing this case" in str(others[0])
    assert told.read_text() == "Alarm: apparent fall, gate\n", "the second waits for the worker"


@pytest.mark.slow
@pytest.mark.parametrize("forbidden", [False, True])
def test_the_still_is_cut_from_the_recording_and_follows_the_policy(
    watched: Watched, tmp_path: Path, forbidden: bool
) -> None:
    got = tmp_path / "still.jpg"
    copy = f'kept = ["/bin/sh", "-c", "cp $ANALYZER_ALERT_STILL {got}; cat > {tmp_path}/text"]'
    config = settings_file(tmp_path, copy, rules="")
    info = probe(LOBBY)
    watched.add(1, str(LOBBY), [event(start=1, end=3)], info=info)
    if forbidden:
        with Case.open(watched.folder, create=False) as case:
            add_rules(case, ["crops"], "forbid", "A", None)
    analyzer("notify", watched.folder, "--config", config)
    picture = cv2.imdecode(np.fromfile(got, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None and picture.shape[1] == min(info.width, 960)
    assert ("faces that were found are hidden" in (tmp_path / "text").read_text()) is forbidden
