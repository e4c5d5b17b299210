"""People of a report: named persons, unknown ones, and groups of similar appearance."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from analyzer.report import formatting
from analyzer.report.model import Appearance, BodyShot, CaseView, VideoView
from analyzer.report.timescale import at_ms
from analyzer.types import Clothing

SIMILAR = "similar appearance"
"""The status of a group that looks alone make: a weaker lead than a face, told apart from it."""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One name: a candidate of the gallery, an unknown person, or a group by appearance.

    ``alike`` says that similar appearance alone makes it one person, ``agreed`` that an examiner
    took it for one. ``page`` is empty where it has no page of its own (see ``MOST_PAGES``).
    """

    name: str
    known: bool
    appearances: tuple[Appearance, ...]
    page: str
    alike: bool = False
    agreed: bool = False

    @property
    def best(self) -> Appearance:
        """The appearance with the smallest distance, or with the best face."""
        return min(self.appearances, key=self._nearness)

    @property
    def best_body(self) -> BodyShot | None:
        """The best picture of the whole person."""
        bodies = (track.best_body for _, track in self.appearances)
        return max(filter(None, bodies), key=lambda shot: shot.quality, default=None)

    @property
    def clothes(self) -> list[Clothing]:
        """What is told of the clothes, each description once, those of most tracks first."""
        counts: Counter[tuple[str | None, str | None]] = Counter()
        told: dict[tuple[str | None, str | None], Clothing] = {}
        for _, track in self.appearances:
            key = (track.clothing.upper, track.clothing.lower)
            counts[key] += any(key)
            told.setdefault(key, track.clothing)
        ranked = [told[key] for key, _ in counts.most_common()]
        return [one for one in ranked if one.upper or one.lower] or ranked[:1]

    @property
    def confirmed(self) -> int:
        """Number of tracks in which reviewers confirmed the person."""
        return sum(track.confirmed == self.name for _, track in self.appearances)

    @property
    def status(self) -> str:
        """Confirmed if it is so in one track, else candidate, unknown or similar appearance."""
        if self.alike:
            return SIMILAR
        if self.confirmed:
            return "confirmed"
        return "candidate" if self.known else "unknown"

    @property
    def standing(self) -> str:
        """The status in words."""
        if self.alike:
            told = "an examiner took it for one person" if self.agreed else "needs confirmation"
            return f"{SIMILAR}, weaker than a face; {told}"
        if self.confirmed:
            return f"confirmed in {self.confirmed} of {formatting.tracks(len(self.appearances))}"
        return "candidate, needs human confirmation" if self.known else "unknown person"

    @property
    def videos(self) -> list[VideoView]:
        """The videos of the appearances, each once."""
        return list({video.sha256: video for video, _ in self.appearances}.values())

    @property
    def first(self) -> Appearance | None:
        """The earliest appearance; None without a common clock of the videos."""
        return min(self._ordered(), key=lambda pair: at_ms(pair[0], pair[1].t_start), default=None)

    @property
    def last(self) -> Appearance | None:
        """The latest appearance; None without a common clock of the videos."""
        return max(self._ordered(), key=lambda pair: at_ms(pair[0], pair[1].t_end), default=None)

    def _ordered(self) -> list[Appearance]:
        timed = [pair for pair in self.appearances if pair[0].clock_start is not None]
        return timed or (list(self.appearances) if len(self.videos) == 1 else [])

    def _nearness(self, pair: Appearance) -> tuple[float, float]:
        track = pair[1]
        near = track.compared(self.name)
        distance = near.distance if near else float("inf")
        return distance, -(track.best_face.quality if track.best_face else 0.0)


MOST_PAGES = 250
"""Largest number of unknown persons, and of groups by appearance, with a page of their own.

They are those of most tracks; persons of the gallery all have one. A case of 200,000 tracks has
tens of thousands of the others, most with one or two tracks, which the pages of the videos show.
"""


def people(case: CaseView) -> list[PersonRow]:
    """Return all names: candidates, unknown people, groups by appearance; most tracks first."""
    seen: dict[tuple[str, int], list[Appearance]] = {}
    for video in case.videos:
        for track in video.tracks:
            if track.who:
                kind = _CANDIDATE if track.known else _UNKNOWN
                seen.setdefault((track.who, kind), []).append((video, track))
            if track.look_group:
                seen.setdefault((track.look_group, _ALIKE), []).append((video, track))
    ranked = sorted(seen.items(), key=_rank)
    rows, pages = [], Counter[int]()
    for number, ((name, kind), found) in enumerate(ranked, start=1):
        pages[kind] += 1
        has_page = kind == _CANDIDATE or pages[kind] <= MOST_PAGES
        page = f"person-{number}.html" if has_page else ""
        agreed = kind == _ALIKE and case.look_groups.get(name, False)
        rows.append(PersonRow(name, kind == _CANDIDATE, tuple(found), page, kind == _ALIKE, agreed))
    return rows


_CANDIDATE, _UNKNOWN, _ALIKE = range(3)


def _rank(
    item: tuple[tuple[str, int], list[Appearance]],
) -> tuple[int, int, list[tuple[int, str]]]:
    (name, kind), found = item
    return kind, -len(found), formatting.natural(name)
