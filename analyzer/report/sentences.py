"""Sentences about the rows of a case: plain words that carry links to their evidence.

One function per kind of fact. Words stay neutral: a candidate is a suggestion, an expression is
an apparent one, an event is something worth a look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from analyzer.report import formatting
from analyzer.report.model import EventView, TrackView, VideoView
from analyzer.report.people import PersonRow
from analyzer.store.ids import short_id


@dataclass(frozen=True, slots=True)
class Target:
    """A place in the report: ``page``, empty for the first one, with ``place`` behind the hash.

    ``anchor`` is the id of the same thing in the print version, empty where that has none.
    """

    page: str = ""
    place: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Words of a sentence, and what they link to."""

    words: str
    target: Target | None = None


Sentence = tuple[Part, ...]


def sentence(*pieces: str | Part | Sentence) -> Sentence:
    """Return one sentence made of plain words, linked words and parts of sentences."""
    parts: list[Part] = []
    for piece in pieces:
        if isinstance(piece, str):
            parts += [Part(piece)] if piece else []
        elif isinstance(piece, Part):
            parts.append(piece)
        else:
            parts += piece
    return tuple(parts)


def plain(told: Sentence) -> str:
    """Return the words of a sentence without its links."""
    return "".join(part.words for part in told)


def count(number: int, noun: str, nouns: str | None = None) -> str:
    """Return a number with its noun: "1 recording", "2,000 recordings"."""
    return f"{number:,} {noun if number == 1 else nouns or noun + 's'}"


def listed(pieces: Sequence[str | Part | Sentence]) -> Sentence:
    """Return ``pieces`` as a list in words: "a, b and c"."""
    told: list[str | Part | Sentence] = []
    for place, piece in enumerate(pieces):
        if place:
            told.append(" and " if place == len(pieces) - 1 else ", ")
        told.append(piece)
    return sentence(*told)


def anchor_of(video: VideoView, name: str) -> str:
    """Return the id of a track or event in the print version."""
    return f"{short_id(video.sha256, 12)}-{name}"


def track_target(video: VideoView, track: TrackView, t: float | None = None) -> Target:
    """Return where ``track`` is shown, at ``t`` or at its best picture."""
    at = track.t_shown if t is None else t
    return Target(video.page, f"track={track.name}&t={at:.3f}", anchor_of(video, track.name))


def event_target(video: VideoView, event: EventView) -> Target:
    """Return where ``event`` begins in its video."""
    at = f"t={event.t_start:.3f}"
    place = f"track={event.track}&{at}" if event.track else at
    return Target(video.page, place, anchor_of(video, event.name))


def person_target(row: PersonRow) -> Target:
    """Return the page of a person, else its best appearance."""
    if not row.page:
        return track_target(*row.best)
    return Target(row.page, "", row.page.removesuffix(".html"))


def moment(video: VideoView, t: float) -> str:
    """Return date and time by the clock that counts, else the time from the first frame."""
    return formatting.wall_time(video.clock, t) or formatting.video_time(t)


def stretch(video: VideoView, start: float, end: float) -> str:
    """Return a stretch of time with the date once: "2026-02-27 03:12:11.480 to 03:12:15.000"."""
    first, last = moment(video, start), moment(video, end)
    if video.clock and first[:10] == last[:10]:
        last = last[11:]
    words = f"{first} to {last}"
    return words if video.clock else f"{words} from the first frame"


def clothes_words(track: TrackView) -> list[str]:
    """Return what is told of clothes, "the upper clothes look red", and of the height."""
    parts = (("upper", track.clothing.upper), ("lower", track.clothing.lower))
    told = [f"the {part} clothes look {colour}" for part, colour in parts if colour]
    return told if track.height is None else [*told, formatting.height(track.height)]


def people_of(video: VideoView, event: EventView) -> list[TrackView]:
    """Return the tracks of those who take part in ``event``."""
    return [track for track in map(video.track, event.tracks) if track is not None]


def subject(video: VideoView, track: TrackView) -> Sentence:
    """Return who a track is, as the subject of a sentence: "Anna (candidate, T1)", "T2"."""
    link = track_target(video, track)
    if track.known:
        return sentence(Part(track.who or "", link), f" ({track.status}, {track.name})")
    return (
        sentence(Part(track.who, link), f" ({track.name})")
        if track.who
        else (Part(track.name, link),)
    )


def event_sentence(video: VideoView, event: EventView, here: bool = False) -> Sentence:
    """Return the level of ``event``, when and where it is, what it says, how long, how strongly.

    ``here`` leaves out the video and all links: the sentence stands on its page.
    """
    who = listed([subject(video, track) for track in people_of(video, event)])
    what = what_happens(event, who)
    lasts = formatting.duration(event.t_end - event.t_start)
    level, when = event.level.capitalize(), stretch(video, event.t_start, event.t_end)
    how = f", {lasts}, score {formatting.likely(event.score)})."
    link = Part(event.name, event_target(video, event))
    if here:
        return (Part(plain(sentence(f"{level}, {when}: ", what, " (", link, how))),)
    where = Part(video.place, Target(video.page, "", short_id(video.sha256, 12)))
    return sentence(f"{level}, {when}, ", where, ": ", what, " (", link, how)


def what_happens(event: EventView, who: Sentence) -> Sentence:
    """Return what ``event`` says of ``who``, in neutral words: "T2 moves as in a fall"."""
    return _EVENTS.get(event.kind, _other)(event, who)


def _in_view(event: EventView, who: Sentence) -> Sentence:
    if not who:
        return (Part(event.label),)
    return sentence(who, " is in view")


def _expression(event: EventView, who: Sentence) -> Sentence:
    shown = event.label.removeprefix("apparent expression ")
    return sentence(who or "a face", f" shows the apparent expression {shown}")


def _fighting(event: EventView, who: Sentence) -> Sentence:
    moves = "moves" if len(event.tracks) == 1 else "move"
    return sentence(who or "people", f" {moves} as in a fight")


def _falling(_: EventView, who: Sentence) -> Sentence:
    return sentence(who or "somebody", " moves as in a fall")


def _running(_: EventView, who: Sentence) -> Sentence:
    return sentence(who or "somebody", " moves as fast as somebody who runs")


def _loitering(_: EventView, who: Sentence) -> Sentence:
    return sentence(who or "somebody", " stays in view")


def _other(event: EventView, who: Sentence) -> Sentence:
    return sentence(event.label, ": " if who else "", who)


_EVENTS: dict[str, Callable[[EventView, Sentence], Sentence]] = {
    "person": _in_view,
    "expression": _expression,
    "fighting": _fighting,
    "falling": _falling,
    "running": _running,
    "loitering": _loitering,
}


def person_sentence(row: PersonRow) -> Sentence:
    """Return who a person of the gallery is in this case, where, how sure that is, and looks."""
    name = Part(row.name, person_target(row))
    tracks = formatting.tracks(len(row.appearances))
    if row.confirmed:
        head = sentence(name, f" was confirmed by reviewers in {row.confirmed} of {tracks}: ")
    else:
        head = sentence(name, f" is a candidate in {tracks}, which a person has to confirm: ")
    return sentence(head, _seen(row), ".", _nearness(row), _appearance(row))


_MOST_SEEN = 4
"""Largest number of appearances that a sentence lists."""


def _seen(row: PersonRow) -> Sentence:
    """Return the appearances of a person in order of time: track, where, and when."""
    found: list[str | Part | Sentence] = [
        sentence(
            Part(f"{video.place} {track.name}", track_target(video, track)),
            f" at {stretch(video, track.t_start, track.t_end)}",
        )
        for video, track in row.appearances[:_MOST_SEEN]
    ]
    more = len(row.appearances) - _MOST_SEEN
    return listed([*found, count(more, "more")]) if more > 0 else listed(found)


def _nearness(row: PersonRow) -> Sentence:
    video, track = row.best
    near = track.compared(row.name)
    if near is None:
        return ()
    link = Part(track.name, track_target(video, track, near.face.t if near.face else None))
    words = f", lies at distance {near.distance:.3f}; the threshold is {near.threshold:.3f}"
    if near.false_match_rate is not None:
        rate = formatting.percent(near.false_match_rate, 2)
        words += f", within which {rate} of pairs of two people lie"
    return sentence(" The nearest face, in ", link, f"{words}.")


def _appearance(row: PersonRow) -> Sentence:
    """Return the clothes and the apparent expression of the nearest appearance."""
    _, track = row.best
    told: list[str] = clothes_words(track)
    if track.dominant_emotion and track.assessed_share is not None:
        share = formatting.percent(track.assessed_share)
        told.append(
            f"the apparent expression is mostly {track.dominant_emotion}, where it could be told "
            f"({share} of the faces)"
        )
    return sentence(" There ", listed(told), ".") if told else ()


def some(names: Iterable[Part], most: int) -> Sentence:
    """Return the first ``most`` of ``names`` as a list in words, and how many more there are."""
    known = list(names)
    more = len(known) - most
    shown: list[str | Part | Sentence] = [*known[:most]]
    return listed([*shown, f"{more:,} more"]) if more > 0 else listed(shown)
