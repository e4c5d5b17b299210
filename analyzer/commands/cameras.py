"""Draft of a camera file, from the recordings of a case and the clocks found in them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final

from analyzer.clock.names import without_times
from analyzer.clock.words import shown
from analyzer.errors import UsageError
from analyzer.store import report_queries as queries
from analyzer.store.reader import CaseReader
from analyzer.types import Clock, JudgedClock, used_clock
from analyzer.video.cameras import Camera

_LISTED: Final = 6
_LEAST_PREFIX: Final = 2
"""Letters that the names of a camera's recordings must have in common to tell them by."""

_HEAD: Final = """\
# Draft of a camera file, made from the clocks of the recordings in {case}.
# Check every line against the cameras. offset_s is the true time minus the camera's: compare the
# clock in a picture with one that is right, and write when you did it in checked_at.
# Use it: analyzer derive {case} --cameras THIS_FILE
"""


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording of a case: the path of its file, and its clocks."""

    path: str
    clocks: tuple[JudgedClock, ...]

    @property
    def clock(self) -> Clock | None:
        """The clock that counts."""
        return used_clock(self.clocks)

    @property
    def burnt_in_name(self) -> str | None:
        """The name of the camera as it stands beside a clock in the picture."""
        return next((c.clock.camera for c in self.clocks if c.clock.camera), None)

    @property
    def called(self) -> str:
        """What its camera is called: in the picture, else in the name, else in the folder."""
        stem = without_times(PurePath(self.path).stem)
        folder = PurePath(self.path).parent.name
        own = stem if sum(letter.isalpha() for letter in stem) >= _LEAST_PREFIX else folder
        return self.burnt_in_name or own or "camera"


def draft_cameras(case: Path) -> str:
    """Return a camera file, as TOML, for the recordings in ``case`` whose camera is not known yet.

    Cameras that the case knows stand in it as they are; that there are no recordings yet is said
    in a comment. Raises CaseError for no case.
    """
    with CaseReader(case) as reader:
        known = queries.cameras(reader)
        paths = reader.known_videos()
        recordings = [
            Recording(own[0], reader.clocks(sha256)) for sha256, own in paths.items() if own
        ]
    return drafted(str(case), known, recordings)


def drafted(case: str, known: Sequence[Camera], recordings: Sequence[Recording]) -> str:
    """Return the camera file of ``known`` cameras, and of one per group of other recordings."""
    groups: dict[str, list[Recording]] = {}
    for recording in sorted(recordings, key=lambda r: r.path):
        if not any(camera.recorded(recording.path) for camera in known):
            groups.setdefault(recording.called, []).append(recording)
    parts = [_HEAD.format(case=_harmless(case)), *map(_known, known)]
    taken = {camera.name for camera in known}
    for name, group in groups.items():
        others = [r.path for other in groups.values() if other is not group for r in other]
        for pattern, own in _patterns(group, others):
            parts.append(_drafted(_unused(name, taken), pattern, own))
    if not recordings:
        parts.append("# The case holds no recordings yet; run `analyzer run` first.")
    return "\n".join(parts)


def _patterns(
    group: Sequence[Recording], others: Sequence[str]
) -> list[tuple[str, Sequence[Recording]]]:
    """Return a pattern that fits all of a group and nothing else, else one per recording."""
    names = [PurePath(recording.path).name for recording in group]
    start = without_times(PurePath(names[0]).stem) if len(names) == 1 else _shared(names)
    start = start.rstrip("0123456789_-. ")
    tries = [f"{_plain(start)}*"] if len(start) >= _LEAST_PREFIX else []
    tries.append(f"*/{_plain(PurePath(group[0].path).parent.name)}/*")
    for pattern in tries:
        camera = Camera("", pattern)
        fits = all(camera.recorded(recording.path) for recording in group)
        if fits and not any(camera.recorded(path) for path in others):
            return [(pattern, group)]
    return [(_plain(name), [one]) for name, one in zip(names, group, strict=True)]


def _unused(name: str, taken: set[str]) -> str:
    """Return ``name``, numbered where another camera is called so, and take it."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    taken.add(free)
    return free


def _known(camera: Camera) -> str:
    lines = ["[[camera]]", f"name = {_text(camera.name)}", f"pattern = {_text(camera.pattern)}"]
    for key in ("location", "timezone", "note"):
        value = getattr(camera, key)
        lines += [] if value is None else [f"{key} = {_text(value)}"]
    for key in ("start", "checked_at"):
        value = getattr(camera, key)
        lines += [] if value is None else [f"{key} = {value}"]
    lines.append(f"offset_s = {camera.offset_s!r}")
    if camera.drift_s_per_day:
        lines.append(f"drift_s_per_day = {camera.drift_s_per_day!r}")
    return "\n".join(lines) + "\n"


def _drafted(name: str, pattern: str, group: Sequence[Recording]) -> str:
    lines = [
        "[[camera]]",
        f"name = {_text(name)}",
        f"pattern = {_text(pattern)}",
        '# location = ""',
        '# timezone = "Europe/Berlin"     # of its clock: times then follow daylight saving',
        "offset_s = 0.0                  # true time minus the camera's",
        "# checked_at = 2024-03-12T08:00:00",
        f"# {len(group)} recording{'s' if len(group) != 1 else ''}:",
    ]
    for recording in group[:_LISTED]:
        lines += [f"#   {_harmless(words)}" for words in _told(recording)]
    if len(group) > _LISTED:
        lines.append(f"#   and {len(group) - _LISTED} more")
    return "\n".join(lines) + "\n"


def _told(recording: Recording) -> Iterator[str]:
    """Yield what is known of the clocks of a recording, a line each."""
    name = PurePath(recording.path).name
    clock = recording.clock
    if clock is None:
        yield f"{name}: no clock; give `start`, the true time of its first picture"
    else:
        yield f"{name}: {shown(clock)} by {clock.told}"
    for judged in recording.clocks:
        if judged.contradiction:
            yield f"  {judged.contradiction}"
        if judged.used:
            yield from (f"  {note}" for note in judged.clock.notes)


def _shared(names: Iterable[str]) -> str:
    """Return what all ``names`` begin with."""
    first, *others = names
    length = len(first)
    for other in others:
        length = min(length, len(other))
        while first[:length] != other[:length]:
            length -= 1
    return first[:length]


def _plain(name: str) -> str:
    """Return a pattern that fits ``name`` alone: brackets are signs of patterns."""
    return name.replace("[", "?").replace("]", "?").replace("*", "?")


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _harmless(words: str) -> str:
    """Return ``words`` on one line: names may hold anything."""
    return " ".join(words.split())


def write_new(path: Path, text: str) -> None:
    """Write ``text`` to a file that does not exist yet; raises UsageError where it does."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise UsageError(f"{path}: exists already; give another name") from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror})") from error
