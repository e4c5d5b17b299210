"""Delivery of messages: each incident once, late rather than lost, few in a storm."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from analyzer.alerts.channels import ChannelError, channels_of
from analyzer.alerts.delivery import DeliveryReport, deliver_due
from analyzer.alerts.message import Message
from analyzer.config_alerts import AlertSettings
from analyzer.custody.verify import verify_case
from analyzer.store import audit
from analyzer.store.case import Case
from analyzer.store.deliveries import channel_states, deliveries_in, incidents_in
from analyzer.store.reader import CaseReader
from tests.alerts.watched import GATE, NIGHT, YARD, Hook, Mailbox, Watched, event, smtp_server

NOON = datetime(2026, 2, 27, 12, 0).astimezone()
"""By the clock of this machine, whatever its zone."""


class Kept:
    """A channel that keeps what it is given, unless it is broken."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.broken = ""
        self.tries = 0

    def send(self, message: Message) -> None:
        self.tries += 1
        if self.broken:
            raise ChannelError(self.broken)
        self.messages.append(message)

    @property
    def titles(self) -> list[str]:
        return [message.title for message in self.messages]


def deliver(
    case: Watched, settings: AlertSettings, channels: Any, moment: datetime = NOON
) -> DeliveryReport:
    with Case.open(case.folder, create=False) as opened:
        return deliver_due(opened, settings, channels, lambda: moment)


RULES = AlertSettings(levels=("alarm", "to check"), still="none")


def test_an_incident_is_told_once_through_every_kind_of_channel(
    watched: Watched, mailbox: Mailbox, hook: Hook, tmp_path: Path
) -> None:
    told = tmp_path / "told.txt"
    command = ("/bin/sh", "-c", f'printf "%s\\n" "$ANALYZER_ALERT_ID" >> {told}; cat >> {told}')
    settings = replace(
        RULES,
        channels={
            "mail": f"mailto://127.0.0.1:{mailbox.port}?from=a@example.org&to=b@example.org",
            "hook": f"json://127.0.0.1:{hook.port}/in",
            "door": command,
        },
    )
    channels = channels_of(settings, {})
    watched.add(1, "/nas/yard_1.mp4", [event(tracks=["T1"])])
    report = deliver(watched, settings, channels)
    assert (report.found, report.sent, report.failed) == (1, 3, 0)
    again = deliver(watched, settings, channels)
    assert (again.found, again.sent) == (0, 0) and not again.did_something

    (mail,) = mailbox.mails
    ((headers, post),) = hook.posts
    with CaseReader(watched.folder) as reader:
        (incident,) = incidents_in(reader)
    assert mail.get_all("Message-ID") == [f"<{incident.id}.mail@analyzer.invalid>"]
    assert headers["Idempotency-Key"] == f"{incident.id}.hook"
    assert told.read_text().splitlines()[0] == f"{incident.id}.door"
    assert post["title"] == "Alarm: apparent fall, yard"
    for line in (
        "What: T1 moves as in a fall, for 4.0 s so far",
        "Camera: yard",
        "Place: Yard",
        "Time: 2026-02-27 03:26:10.000 to 03:26:14.000 (corrected)",
        "Time as stored: 2026-02-27 03:12:10.000 (file name)",
        "How sure: alarm, score 0.93: of events with such a score nine in ten were right",
        f"Page: {(watched.folder / 'report').resolve().as_uri()}/video-{'01' * 6}.html#track=T1&t=",
    ):
        assert line in post["message"]
        assert line in told.read_text()


def test_a_new_derivation_tells_nothing_again(watched: Watched) -> None:
    channel, both = Kept(), [event("running", 2, 5), event(start=10, end=14, tracks=["T1"])]
    key = watched.add(1, "gate_1.mp4", both)
    assert deliver(watched, RULES, {"kept": channel}).sent == 2
    # Other ids, other ends, a person that a new gallery names.
    watched.derive(key, [event(start=10.4, end=15, tracks=["T2"])], [None, "Anna"])
    assert deliver(watched, RULES, {"kept": channel}).found == 0
    watched.derive(key, [*both, event("fighting", 10, 14)])
    assert deliver(watched, RULES, {"kept": channel}).sent == 1
    assert channel.titles[-1] == "Alarm: apparent fight, gate"


def test_what_goes_on_in_the_next_segment_is_one_incident(watched: Watched) -> None:
    channel = Kept()
    watched.add(1, "gate_1.mp4", [event("fighting", 20, 30)])
    assert deliver(watched, RULES, {"kept": channel}).sent == 1
    follows = NIGHT + timedelta(seconds=31)
    watched.add(2, "gate_2.mp4", [event("fighting", 0, 30)], follows)
    watched.add(3, "yard_1.mp4", [event("fighting", 20, 30)])
    assert deliver(watched, RULES, {"kept": channel}).sent == 1, "at another camera alone"
    # Longer than incident_s after the end of its second part it is another one.
    watched.add(4, "gate_3.mp4", [event("fighting", 5, 9)], follows + timedelta(seconds=100))
    assert deliver(watched, RULES, {"kept": channel}).sent == 1
    assert channel.titles == [
        f"Alarm: apparent fight, {camera}" for camera in ("gate", "yard", "gate")
    ]


def test_two_people_are_two_incidents_and_nobody_known_is_either(watched: Watched) -> None:
    channel = Kept()
    seen = [
        event("person", 0, 9, tracks=["T1"], label="candidate Anna in view"),
        event("person", 0, 9, tracks=["T2"], label="candidate Ben in view"),
        event("running", 1, 4, tracks=["T1"]),
        event("running", 1, 4, tracks=["T3"]),
    ]
    watched.add(1, "gate_1.mp4", seen, people=["Anna", "Ben", None])
    deliver(watched, RULES, {"kept": channel})
    assert sorted(channel.titles) == [
        "Alarm: apparent running, gate",
        "Alarm: candidate Anna in view, gate",
        "Alarm: candidate Ben in view, gate",
    ]
    (anna,) = (m for m in channel.messages if "Anna in view" in m.title)
    assert "What: Anna (candidate, T1) is in view" in anna.text
    assert "calibrated probability 0.93: a candidate, to be confirmed" in anna.text


def test_a_server_that_was_dead_gets_every_message_once(watched: Watched, free_port: int) -> None:
    address = f"mailto://127.0.0.1:{free_port}?from=a@example.org&to=b@example.org"
    settings = replace(RULES, channels={"mail": address}, timeout_s=2.0)
    channels = channels_of(settings, {})
    watched.add(1, "gate_1.mp4", [event(), event("running")])
    first = deliver(watched, settings, channels)
    assert (first.sent, first.failed, first.waiting) == (0, 1, 2), "the second is not even tried"
    with CaseReader(watched.folder) as reader:
        state = channel_states(reader)["mail"]
    assert state.failures == 1 and "127.0.0.1" in (state.reason or "")
    assert deliver(watched, settings, channels).failed == 0, "not tried again at once"
    with smtp_server(Mailbox(free_port)) as box:
        later = NOON + timedelta(seconds=16)
        assert deliver(watched, settings, channels, later).sent == 2
        assert deliver(watched, settings, channels, later + timedelta(hours=1)).sent == 0
    assert len({mail["Message-ID"] for mail in box.mails}) == len(box.mails) == 2
    with CaseReader(watched.folder) as reader:
        assert channel_states(reader)["mail"].failures == 0


@pytest.fixture
def free_port() -> int:
    with smtp_server(Mailbox()) as box:
        return box.port


def test_a_message_that_is_refused_delays_no_other(watched: Watched) -> None:
    channel, poisoned = Kept(), Kept()

    class Picky:
        def send(self, message: Message) -> None:
            (poisoned if "fall" in message.title else channel).send(message)

    poisoned.broken = "too large"
    watched.add(1, "gate_1.mp4", [event(), event("running")])
    first = deliver(watched, RULES, {"picky": Picky()})
    assert (first.sent, first.failed) == (0, 1), "it may be that nothing goes through"
    second = deliver(watched, RULES, {"picky": Picky()}, NOON + timedelta(minutes=1))
    assert (second.sent, second.failed) == (1, 1)
    watched.add(2, "gate_2.mp4", [event("fighting")])
    third = deliver(watched, RULES, {"picky": Picky()}, NOON + timedelta(seconds=61))
    assert third.sent == 1, "the channel works, so that it is not waited for"
    last = deliver(watched, RULES, {"picky": Picky()}, NOON + timedelta(hours=80))
    with CaseReader(watched.folder) as reader:
        (given_up,) = deliveries_in(reader, ("failed",))
    assert given_up.reason == "too large" and "picky: given up: too large" in last.notes


def test_messages_of_one_moment_go_out_by_the_time_of_their_events(watched: Watched) -> None:
    channel = Kept()
    watched.add(1, "gate_1.mp4", [event("running", 50, 55), event("fighting", 5, 9)])
    watched.add(2, "yard_1.mp4", [event()], NIGHT - timedelta(hours=1))
    deliver(watched, RULES, {"kept": channel})
    told = ["apparent fall, yard", "apparent fight, gate", "apparent running, gate"]
    assert channel.titles == [f"Alarm: {words}" for words in told]


def test_a_full_disk_delays_a_message_and_names_no_path(watched: Watched) -> None:
    class Full:
        def send(self, message: Message) -> None:
            raise OSError(28, "No space left on device", "/tmp/hunter2")

    watched.add(1, "gate_1.mp4", [event()])
    report = deliver(watched, RULES, {"full": Full()})
    assert (report.failed, report.waiting) == (1, 1)
    assert report.notes == ["full: No space left on device"]


def test_quiet_hours_over_midnight_are_told_together_at_their_end(watched: Watched) -> None:
    channel, rules = Kept(), replace(RULES, quiet=("22:00-06:00",))
    watched.add(1, "gate_1.mp4", [event(), event("running")])
    for hour in (23, 26):
        night = NOON.replace(hour=0) + timedelta(hours=hour)
        assert deliver(watched, rules, {"kept": channel}, night).sent == 0
    watched.add(2, "yard_2.mp4", [event("fighting")])
    assert deliver(watched, rules, {"kept": channel}, night).held == 1
    morning = NOON.replace(hour=6) + timedelta(days=1)
    assert deliver(watched, rules, {"kept": channel}, morning).sent == 1
    (summary,) = channel.messages
    assert summary.title == "3 incidents held back at 2 cameras"
    assert "Held back: quiet hours" in summary.text
    for told in ("apparent fall", "apparent running", "apparent fight", "03:26:10"):
        assert told in summary.text
    assert deliver(watched, rules, {"kept": channel}, morning).sent == 0
    with CaseReader(watched.folder) as reader:
        together = deliveries_in(reader, ("told together",))
    assert {row.summary_id for row in together} == {summary.id} and len(together) == 3


def test_one_incident_of_quiet_hours_is_told_as_itself(watched: Watched) -> None:
    channel, rules = Kept(), replace(RULES, quiet=("22:00-06:00",))
    watched.add(1, "gate_1.mp4", [event()])
    assert deliver(watched, rules, {"kept": channel}, NOON.replace(hour=23)).held == 1
    deliver(watched, rules, {"kept": channel}, NOON + timedelta(days=1))
    assert channel.titles == ["Alarm: apparent fall, gate"]


def test_a_storm_is_limited_and_the_rest_is_told_together(watched: Watched) -> None:
    channel, rules = Kept(), replace(RULES, per_hour=3)
    storm = [event(start=100.0 * n, end=100.0 * n + 4) for n in range(9)]
    key = watched.add(1, "gate_1.mp4", storm[:5])
    report = deliver(watched, rules, {"kept": channel})
    assert (report.found, report.sent, report.held) == (5, 3, 2)
    assert "The limit per hour is reached" in channel.messages[-1].text
    assert not any("The limit" in message.text for message in channel.messages[:-1])
    watched.derive(key, storm)
    assert deliver(watched, rules, {"kept": channel}, NOON + timedelta(minutes=30)).held == 4
    assert deliver(watched, rules, {"kept": channel}, NOON + timedelta(minutes=61)).sent == 1
    assert channel.titles[3] == "6 incidents held back at 1 camera"
    assert "more than 3 messages per hour" in channel.messages[3].text
    assert channel.messages[3].text.count("apparent fall") == 6


@pytest.mark.parametrize(
    ("rules", "camera", "told"),
    [
        ({}, {}, 3),
        ({"levels": ("alarm",)}, {}, 2),
        ({"levels": ("below",)}, {}, 0),
        ({"kinds": ("falling", "fighting")}, {}, 1),
        ({"cameras": ("yard",)}, {}, 0),
        ({"people": ("Ben",)}, {}, 2),
        ({"people": ("Anna",)}, {}, 3),
        ({"schedule": ("mon-fri 22:00-06:00",)}, {}, 3),
        ({"schedule": ("sat,sun",)}, {}, 0),
        ({}, {"schedule": '["08:00-20:00"]'}, 0),
        ({}, {"schedule": '["00:00-04:00"]'}, 3),
        ({}, {"notify": "kept"}, 3),
        ({}, {"notify": "other, nobody"}, 0),
    ],
)
def test_rules_say_which_events_are_told(
    tmp_path: Path, rules: dict[str, Any], camera: dict[str, str], told: int
) -> None:
    case = Watched(tmp_path / "case").begin([replace(GATE, **camera), YARD])
    person = event("person", 0, 9, tracks=["T1"], label="candidate Anna in view")
    events = [event(), event("running", level="to check"), person]
    case.add(1, "gate_1.mp4", events, people=["Anna", None])
    channel = Kept()
    report = deliver(case, replace(RULES, **rules), {"kept": channel, "other": Kept()})
    assert len(channel.messages) == told
    unknown = "camera gate: notify names no channel 'nobody'"
    assert report.notes == ([unknown] if "nobody" in camera.get("notify", "") else [])


def test_without_a_clock_it_is_told_whatever_the_schedule(watched: Watched) -> None:
    channel, rules = Kept(), replace(RULES, schedule=("sun 10:00-10:01",))
    watched.add(1, "gate_1.mp4", [event()], start=None)
    assert deliver(watched, rules, {"kept": channel}).sent == 1
    assert "Time: clock unknown" in channel.messages[0].text


def row_problems(folder: Path) -> list[str]:
    return [str(one) for one in verify_case(folder).problems if one.part in ("rows", "audit")]


def test_every_step_stands_in_the_audit_log_and_under_a_seal(watched: Watched) -> None:
    watched.add(1, "gate_1.mp4", [event()])
    deliver(watched, RULES, {"kept": Kept()})
    with CaseReader(watched.folder) as reader:
        actions = [entry["action"] for entry in audit.entries(reader.db)]
    assert actions[-3:] == ["incidents found", "message claimed", "message sent"]
    assert row_problems(watched.folder) == []
    with Case.open(watched.folder, create=False) as case:
        case.db.execute("UPDATE deliveries SET state = 'pending'")
        case.db.conn.commit()
    assert any("deliveries: row" in line for line in row_problems(watched.folder))
