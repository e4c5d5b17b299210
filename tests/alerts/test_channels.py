"""Channels: what reaches commands, services and the loudspeaker, and what stays secret."""

from __future__ import annotations

import sys
import time
import wave
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult

from analyzer.alerts.channels import ChannelError, channels_of
from analyzer.alerts.message import Message
from analyzer.alerts.secrets import scrubbed, secrets_of
from analyzer.config_alerts import AlertSettings
from analyzer.errors import ConfigError
from tests.alerts.watched import Hook, Mailbox, smtp_server

MESSAGE = Message(
    "abc.door", "Alarm: apparent fall, gate", "Alarm\nWhat: T1 moves", b"\xff\xd8jpeg",
    {"id": "abc.door", "camera": "gate; rm -rf /"},
)  # fmt: skip


def channel(told: Any, environment: dict[str, str] | None = None, **rules: Any) -> Any:
    settings = AlertSettings(channels={"one": told}, **rules)
    return channels_of(settings, environment or {})["one"]


def test_a_command_gets_text_facts_and_picture_and_no_shell(tmp_path: Path) -> None:
    out = tmp_path / "out"
    script = (
        "import os, pathlib, sys; e = os.environ; pathlib.Path(sys.argv[1]).write_text('|'.join(["
        "sys.stdin.read(), sys.argv[2], e['ANALYZER_ALERT_CAMERA'], "
        "pathlib.Path(e['ANALYZER_ALERT_STILL']).read_bytes().decode('latin-1')]))"
    )
    channel((sys.executable, "-c", script, str(out), "$(id) ; *")).send(MESSAGE)
    assert out.read_text().split("|") == [
        MESSAGE.text, "$(id) ; *", "gate; rm -rf /", "\xff\xd8jpeg",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("/no/such/program", "--token=hunter2"), "cannot be started (No such file"),
        (("/bin/sh", "-c", "exit 7 # hunter2"), "the command ended with 7"),
        (("/bin/sh", "-c", "sleep 60 & sleep 60 # hunter2"), "took longer than 0.2 s"),
    ],
)
def test_why_a_command_failed_is_told_without_its_arguments(
    command: tuple[str, ...], said: str
) -> None:
    begun = time.monotonic()
    with pytest.raises(ChannelError) as failed:
        channel(command, timeout_s=0.2).send(MESSAGE)
    assert said in str(failed.value) and "hunter2" not in str(failed.value)
    assert time.monotonic() - begun < 30


def test_a_mail_carries_the_still_and_passwords_reach_no_error() -> None:
    seen: list[str] = []

    def authenticate(server: Any, session: Any, envelope: Any, how: str, data: Any) -> AuthResult:
        seen.append(data.password.decode())
        return AuthResult(success=data.password == b"s3cret/?@", handled=False)

    options = {"authenticator": authenticate, "auth_require_tls": False, "auth_required": True}
    address = "mailto://guard:${PASS}@127.0.0.1:{port}?from=a@example.org&to=b@example.org"
    with smtp_server(Mailbox(), **options) as box:
        address = address.replace("{port}", str(box.port))
        channel(address, {"PASS": "s3cret%2F%3F%40"}).send(MESSAGE)
        with pytest.raises(ChannelError) as failed:
            channel(address, {"PASS": "wr0ng-pass"}).send(MESSAGE)
    (mail,) = box.mails
    assert mail.get_all("Message-ID") == ["<abc.door@analyzer.invalid>"]
    pictures = [part for part in mail.walk() if part.get_content_type() == "image/jpeg"]
    assert [part.get_payload(decode=True) for part in pictures] == [b"\xff\xd8jpeg"]
    assert seen[0] == "s3cret/?@" and "wr0ng-pass" in seen
    assert "wr0ng-pass" not in str(failed.value) and "127.0.0.1" in str(failed.value)


def test_a_service_that_refuses_is_told_without_the_token(hook: Hook) -> None:
    hook.status = 503
    address = f"json://127.0.0.1:{hook.port}/hooks/T0KEN-abcdef?+X-Key=An0ther"
    with pytest.raises(ChannelError) as failed:
        channel(address).send(MESSAGE)
    assert "503" in str(failed.value)
    assert not any(word in str(failed.value) for word in ("T0KEN", "An0ther"))


@pytest.mark.parametrize(
    ("name", "told", "said"),
    [
        ("one", "mailto://u:${NOPE}@h?to=b@example.org", "the environment has no NOPE"),
        ("one", "nosuch://hunter2@example.org", "not an address of apprise"),
        ("a b", "sound", "is no name of a channel"),
    ],
)
def test_a_wrong_channel_is_refused_before_anything_is_sent(
    name: str, told: str, said: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        channels_of(AlertSettings(channels={name: told}), {})
    assert said in str(refused.value) and "hunter2" not in str(refused.value)
    with pytest.raises(ConfigError, match="no channel 'other'; known: "):
        channels_of(AlertSettings(channels={name: told}), {}, ["other"])


def test_every_form_of_a_secret_is_starred() -> None:
    address = "slack://tok-AAAA/tok-BBBB/%23room?pass=p%40ss&x=ab"
    said = f"failed: {address} and tok-AAAA, p@ss, p%40ss, my key, my+key at slack.example.org"
    told = scrubbed(said, secrets_of(address, ["my key"]))
    assert told == "failed: *** and ***, ***, ***, ***, *** at slack.example.org"


def player(folder: Path, name: str, code: int, copy: Path) -> None:
    path = folder / name
    path.write_text(f'#!/bin/sh\nfor last; do :; done\ncp "$last" {copy}\nexit {code}\n')
    path.chmod(0o755)


def test_a_sound_is_played_by_the_first_program_that_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    player(tools, "paplay", 1, tmp_path / "refused.wav")
    player(tools, "aplay", 0, tmp_path / "played.wav")
    monkeypatch.setenv("PATH", f"{tools}:/bin:/usr/bin")
    monkeypatch.setattr("analyzer.alerts.sound_channel.PLAYERS", (("paplay",), ("aplay", "-q")))
    channel("sound").send(MESSAGE)
    assert (tmp_path / "refused.wav").is_file()
    with wave.open(str(tmp_path / "played.wav")) as sound:
        seconds = sound.getnframes() / sound.getframerate()
        loudest = max(abs(s) for s in memoryview(sound.readframes(9999)).cast("h"))
    assert 1 < seconds < 3 and loudest > 10_000


def test_without_a_player_the_terminal_rings_and_without_one_it_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = tmp_path / "tty"
    terminal.touch()
    monkeypatch.setattr("analyzer.alerts.sound_channel.PLAYERS", ())
    monkeypatch.setattr("analyzer.alerts.sound_channel._TERMINAL", terminal)
    channel("sound").send(MESSAGE)
    assert terminal.read_text() == "\a"
    monkeypatch.setattr("analyzer.alerts.sound_channel._TERMINAL", tmp_path / "none" / "tty")
    with pytest.raises(ChannelError, match="no sound could be played"):
        channel("sound").send(replace(MESSAGE, still=None))
