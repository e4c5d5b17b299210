"""Written summary of a case: sentences that rules make from its rows, with links to evidence.

It tells who, when, what, how sure and what was not seen. It stands on top of the report, in the
print version and in ``summary.md``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from analyzer.report import formatting
from analyzer.report.camera_words import left_out_share, regions_of
from analyzer.report.model import CaseView, EventView, VideoView
from analyzer.report.pages import Context, ordered
from analyzer.report.people import PersonRow
from analyzer.report.sentences import (
    Part,
    Sentence,
    Target,
    count,
    event_sentence,
    listed,
    moment,
    person_sentence,
    person_target,
    sentence,
    some,
    subject,
)
from analyzer.report.timescale import at_ms
from analyzer.types import Level

_MOST_NAMED = 10
"""Largest number of named people, files and so on that the summary tells one by one."""

_MOST_UNKNOWN = 5
_MOST_EVENTS = 12

FILES, COVERAGE, PEOPLE, EVENTS = (
    Target("", name, name) for name in ("files", "coverage", "people", "events")
)
"""Sections of the first page."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """Sentences that answer one question."""

    title: str
    sentences: tuple[Sentence, ...]


def summary_of(context: Context, rows: Sequence[PersonRow]) -> tuple[Chapter, ...]:
    """Return the summary of the case of ``context``; ``rows`` are all its people."""
    case = context.case
    chapters = (
        ("Looked at", _recordings(case)),
        ("Who", _people(context, rows)),
        ("What happened", _events(case)),
        ("How sure", _certainty(context, rows)),
        ("Not seen", _missing(context)),
    )
    return tuple(Chapter(title, tuple(told)) for title, told in chapters)


def _recordings(case: CaseView) -> Iterator[Sentence]:
    seconds = sum(video.recorded_s for video in case.videos)
    gaps = sum(video.gaps_s for video in case.videos)
    link = Part(count(len(case.videos), "recording"), FILES)
    covered = formatting.percent(1 - gaps / seconds if seconds else None, 1)
    was = "was" if len(case.videos) == 1 else "were"
    yield sentence(
        link, f" with {formatting.duration(seconds)} of video {was} analysed, {covered} of what "
        "was recorded."
    )  # fmt: skip
    yield from _when(case)
    for status, words in (("failed", "could not be analysed"), ("pending", "not finished")):
        files = [file for file in case.files if file.status == status]
        if files:
            names = some([Part(formatting.basename(f.path)) for f in files], _MOST_NAMED)
            verb = "" if status == "failed" else "is " if len(files) == 1 else "are "
            yield sentence(Part(count(len(files), "file"), FILES), f" {verb}{words}: ", names, ".")


def _when(case: CaseView) -> Iterator[Sentence]:
    """Return how many recordings have a clock, and between which times these lie."""
    timed = [video for video in case.videos if video.clock_start is not None]
    unknown = len(case.videos) - len(timed)
    if timed:
        first = min(timed, key=lambda video: at_ms(video, 0))
        last = max(timed, key=lambda video: at_ms(video, video.duration_s))
        yield sentence(
            Part(f"{len(timed)} of {count(len(case.videos), 'recording')}", FILES),
            f" {'has' if len(timed) == 1 else 'have'} a known clock, from ", _edge(first, 0.0),
            " to ", _edge(last, last.duration_s),
            "; the times of the others count from the first frame." if unknown else ".",
        )  # fmt: skip
    elif unknown:
        yield sentence("No recording has a known clock: times count from the first frame.")
    doubts = sum(bool(video.contradictions) for video in case.videos)
    if doubts:
        yield sentence(
            "The clocks of ", Part(count(doubts, "recording"), FILES), " contradict each other."
        )


def _edge(video: VideoView, t: float) -> Sentence:
    words = f"{moment(video, t)[:19]} ({formatting.clock_words(video)})"
    return (Part(words, Target(video.page, f"t={t:.3f}")),)


def _people(context: Context, rows: Sequence[PersonRow]) -> Iterator[Sentence]:
    known = [row for row in rows if row.known]
    for row in known[:_MOST_NAMED]:
        yield person_sentence(row)
    if len(known) > _MOST_NAMED:
        more = count(len(known) - _MOST_NAMED, "more person", "more persons")
        yield sentence(Part(more, PEOPLE), " of the gallery are candidates or confirmed.")
    if not known:
        yield sentence(nobody(context))
    yield from _rejected(context.case)
    yield from _unnamed(rows)
    yield from _faceless(context.case)


def nobody(context: Context) -> str:
    """Return why nobody of a gallery is a candidate."""
    if "identify" in context.switched_off:
        return f"Nobody was compared with known persons: {context.switched_off['identify']}."
    if not context.case.gallery:
        return "No gallery was given, so nobody was compared with known persons."
    return "Nobody of the gallery is a candidate for any track."


def _rejected(case: CaseView) -> Iterator[Sentence]:
    found = [(v, t) for v in case.videos for t in v.tracks if t.status == "rejected"]
    if found:
        words = [sentence(t.person or "", " in ", subject(v, t)) for v, t in found[:_MOST_NAMED]]
        yield sentence("Reviewers rejected ", listed(words), ".")


def _unnamed(rows: Sequence[PersonRow]) -> Iterator[Sentence]:
    unknown = [row for row in rows if not row.known and not row.alike]
    if unknown:
        names = some([Part(row.name, person_target(row)) for row in unknown], _MOST_UNKNOWN)
        noun = count(len(unknown), "person", "people")
        verb = "is" if len(unknown) == 1 else "are"
        yield sentence(f"{noun} with a face {verb} unknown: ", names, ".")
    alike = [row for row in rows if row.alike and len(row.appearances) > 1]
    if alike:
        groups = Part(
            count(len(alike), "group"), Target("", "people&kind=similar appearance", "people")
        )
        tracks = sum(len(row.appearances) for row in alike)
        yield sentence(
            groups, f" of similar appearance join {tracks} tracks by clothes and build alone, "
            "which is a weaker lead than a face."
        )  # fmt: skip


def _faceless(case: CaseView) -> Iterator[Sentence]:
    tracks = [track for video in case.videos for track in video.tracks]
    faceless = sum(track.identity == "not assessed" for track in tracks)
    if not tracks:
        yield sentence("Nobody was followed in any recording.")
    elif faceless:
        where = Target("", "people&kind=not assessed", "people")
        yield sentence(
            "In ", Part(f"{faceless:,} of {count(len(tracks), 'track')}", where),
            " no face was good enough to compare, so that nobody can be named there.",
        )  # fmt: skip


def _events(case: CaseView) -> Iterator[Sentence]:
    """Return the events by level, then by time, but for candidates, who are told under *Who*."""
    found = sorted(((v, e) for v in case.videos for e in v.events), key=lambda pair: ordered(*pair))
    if found:
        yield _levels(event for _, event in found)
    else:
        yield sentence("No rule for fights, falls and other events held in any recording.")
    told = [pair for pair in found if pair[1].kind != "person"]
    for video, event in told[:_MOST_EVENTS]:
        yield event_sentence(video, event)
    if len(told) > _MOST_EVENTS:
        more = count(len(told) - _MOST_EVENTS, "more event")
        yield sentence(Part(more, EVENTS), " follow in the list of events.")
    below = sum(len(video.below) for video in case.videos)
    if below:
        yield sentence(
            count(below, "weaker sign"),
            f" of an event {'stands' if below == 1 else 'stand'} in the timelines and in "
            "tables/events.csv alone.",
        )


def _levels(events: Iterable[EventView]) -> Sentence:
    """Return how many events of each level there are, and what the levels mean."""
    found = list(events)
    levels = Counter(event.level for event in found)
    told = [
        Part(count(levels[level], noun, nouns), EVENTS)
        for level, noun, nouns in _LEVELS
        if levels[level]
    ]
    people = sum(event.kind == "person" for event in found)
    which = f", {people:,} of them candidates in view" if people else ""
    # The level of a candidate is its probability: nothing was measured of these as events.
    measured = {event.level for event in found if event.kind != "person"}
    right = " and ".join(words for level, words in _RIGHT.items() if level in measured)
    means = f" Where this was measured, {right} were right." if right else ""
    return sentence(listed(told), f"{which}.{means}")


_LEVELS: tuple[tuple[Level, str, str], ...] = (
    ("alarm", "alarm", "alarms"),
    ("to check", "event to check", "events to check"),
)
_RIGHT: dict[Level, str] = {
    "alarm": "nine in ten alarms",
    "to check": "one in two events to check",
}


def _certainty(context: Context, rows: Sequence[PersonRow]) -> Iterator[Sentence]:
    method = Target("method.html", "", "method")
    known = [row for row in rows if row.known]
    if known:
        confirmed = sum(bool(row.confirmed) for row in known)
        told = f"{confirmed} of {count(len(known), 'named person', 'named persons')}"
        yield sentence(
            Part(told, PEOPLE), f" {'was' if confirmed == 1 else 'were'} confirmed by a reviewer; "
            "a candidate alone is no identification."
        )  # fmt: skip
    faces: Counter[str] = Counter()
    for video in context.case.videos:
        faces.update(video.face_reasons)
    if faces:
        share = formatting.percent(faces[""] / faces.total())
        yield sentence(
            f"An expression could be told for {share} of {faces.total():,} seen faces; the others "
            "are of insufficient quality. Expressions are apparent expressions, not feelings."
        )
    yield sentence("Measured errors stand on the page ", Part("Method", method), ".")


def _missing(context: Context) -> Iterator[Sentence]:
    case = context.case
    gaps: Counter[str] = Counter()
    for video in case.videos:
        for gap in video.gaps:
            gaps[gap.label] += gap.t_end - gap.t_start  # type: ignore[assignment]
    if gaps:
        whole = formatting.duration(float(gaps.total()))
        why = [f"{formatting.duration(float(s))} {label}" for label, s in gaps.most_common(4)]
        yield sentence(Part(whole, COVERAGE), " could not be analysed: ", listed(why), ".")
    paused = sum(video.duration_s - video.recorded_s for video in case.videos)
    if paused > 0:
        yield sentence(f"For {formatting.duration(paused)} the recorders wrote no picture.")
    keyframes = sum(video.keyframes_only_s for video in case.videos)
    if keyframes:
        words = f"Of {formatting.duration(keyframes)} only keyframes were looked at."
        yield sentence(words)
    yield from _left_out(case)
    for words in context.switched_off.values():
        yield sentence(f"{words[:1].upper()}{words[1:]}.")
    passed = sum(each.files for each in case.passed_over)
    if passed:
        link = Part(count(passed, "file"), Target("", "passed-over", "passed-over"))
        yield sentence(link, " in the given folders were not taken as footage.")
    yield from _smallest_faces(case)
    yield sentence("Absence of a track does not show absence of a person.")


def _left_out(case: CaseView) -> Iterator[Sentence]:
    """Return of which recordings the camera file leaves out a part of the picture."""
    found = [(left_out_share(video), video) for video in case.videos if regions_of(video)]
    if not found:
        return
    share, largest = max(found, key=lambda pair: pair[0])
    link = Part(count(len(found), "recording"), COVERAGE)
    yield sentence(
        "In ", link, " a part of the picture is left out by the camera file, so that nobody is "
        f"followed there: up to {formatting.percent(share, 1)}, at ",
        Part(largest.place, Target(largest.page, "left-out", "coverage")), ".",
    )  # fmt: skip


def _smallest_faces(case: CaseView) -> Iterator[Sentence]:
    sizes = sorted(video.smallest_face_px for video in case.videos)
    if not sizes:
        return
    span = f"{sizes[0]}" if sizes[0] == sizes[-1] else f"{sizes[0]} to {sizes[-1]}"
    yield sentence(
        f"Faces narrower than about {span} px, hidden or turned away, could not be seen."
    )
