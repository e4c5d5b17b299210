"""View model of the first page: who was seen where and when, and what was not analysed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from analyzer.report import figures, formatting, svg
from analyzer.report.figures import at_ms
from analyzer.report.model import BodyShot, CaseView, TrackView, VideoView
from analyzer.report.pages import Context, wall_data
from analyzer.report.series import Span, as_drawn
from analyzer.store.records import StoredFile
from analyzer.types import Clothing

Appearance = tuple[VideoView, TrackView]

# Recordings further apart than this, and than their own length, get separate axes: on one axis over
# days every appearance would be too thin to see.
_APART_S = 1800.0
# Least width of a bar in percent of the axis, so that it can be seen and clicked.
_LEAST_WIDTH = 0.25
# Largest number of clocks that the title of an axis names.
_MOST_TOLD = 3
# Largest number of columns in the table of people by place.
_MOST_PLACES = 12


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One name: a candidate of the gallery or a cluster of unknown people."""

    name: str
    known: bool
    appearances: tuple[Appearance, ...]
    page: str

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
        """Confirmed if it is so in one track, else candidate or unknown."""
        if self.confirmed:
            return "confirmed"
        return "candidate" if self.known else "unknown"

    @property
    def standing(self) -> str:
        """The status in words."""
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


def people(case: CaseView) -> list[PersonRow]:
    """Return all names: candidates before unknown people, those with most appearances first."""
    seen: dict[tuple[str, bool], list[Appearance]] = {}
    for video in case.videos:
        for track in video.tracks:
            if track.who:
                seen.setdefault((track.who, track.known), []).append((video, track))
    ranked = sorted(seen.items(), key=_rank)
    return [
        PersonRow(name, known, tuple(found), f"person-{number}.html")
        for number, ((name, known), found) in enumerate(ranked, start=1)
    ]


def _rank(
    item: tuple[tuple[str, bool], list[Appearance]],
) -> tuple[bool, int, list[tuple[int, str]]]:
    (name, known), found = item
    return not known, -len(found), formatting.natural(name)


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch on an axis: left edge and width in percent, its address and its text."""

    left: float
    width: float
    href: str
    words: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One person in one place."""

    name: str
    colour: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """One camera, or one file without a known camera; ``recordings`` are stretches of videos."""

    name: str
    location: str | None
    recordings: tuple[tuple[Bar, VideoView, Span], ...]
    lanes: tuple[Lane, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Recordings near in time, on one axis; ``ticks`` are (percent, text)."""

    title: str
    clock: str
    ticks: tuple[tuple[float, str], ...]
    places: tuple[Place, ...]


def blocks(context: Context) -> list[Block]:
    """Return the recordings of a case on wall-clock axes; each of unknown time on its own."""
    timed = sorted(
        (video for video in context.case.videos if video.clock_start is not None),
        key=lambda video: at_ms(video, 0),
    )
    groups: list[list[VideoView]] = []
    for video in timed:
        last = groups[-1] if groups else []
        end = max((at_ms(v, v.duration_s) for v in last), default=0.0)
        begun = at_ms(last[0], 0) if last else 0.0
        apart = at_ms(video, 0) - end
        if last and apart <= max(_APART_S * 1000, end - begun):
            last.append(video)
        else:
            groups.append([video])
    found = [_block(context, group) for group in groups]
    untimed = [video for video in context.case.videos if video.clock_start is None]
    named = [video for video in untimed if any(track.who for track in video.tracks)]
    return found + [_block(context, [video]) for video in named]


def _block(context: Context, videos: Sequence[VideoView]) -> Block:
    start = min(at_ms(video, 0) for video in videos)
    end = max(at_ms(video, video.duration_s) for video in videos)
    known = videos[0].clock_start is not None
    length = max((end - start) / 1000, 0.001)
    marks = svg.ticks(start / 1000, end / 1000)
    clock = "clock unknown: from the first frame"
    if known:
        told = sorted({formatting.clock_words(video) for video in videos})
        clock = "by " + (", ".join(told) if len(told) <= _MOST_TOLD else "several clocks")
    by_place: dict[str, list[VideoView]] = {}
    for video in videos:
        by_place.setdefault(video.place, []).append(video)
    return Block(
        title=formatting.span_of_days(videos[0].clock_start, length) if known else videos[0].name,
        clock=clock,
        ticks=tuple((share * 100, svg.clock_label(t, length)) for t, share in marks),
        places=tuple(
            _place(context, name, group, start, length) for name, group in by_place.items()
        ),
    )


def _place(
    context: Context, name: str, videos: Sequence[VideoView], start: float, length: float
) -> Place:
    def bar(video: VideoView, a: float, b: float, href: str, words: str) -> Bar:
        left = (at_ms(video, a) - start) / 1000 / length * 100
        return Bar(left, max(_LEAST_WIDTH, (b - a) / length * 100), href, words)

    lanes: dict[str, list[Bar]] = {}
    for video in videos:
        for track in video.tracks:
            if track.who is None:
                continue
            called = f"{track.status} {track.who}" if track.known else track.who
            for span in track.presence:
                when = formatting.wall_time(video.clock, span.t_start)
                words = f"{called} {track.name} {when or formatting.video_time(span.t_start)}"
                href = context.at(video, track.name, span.t_start)
                lanes.setdefault(track.who, []).append(
                    bar(video, span.t_start, span.t_end, href, words)
                )
    return Place(
        name=name,
        location=videos[0].camera.location if videos[0].camera else None,
        recordings=tuple(
            (bar(v, span.t_start, span.t_end, context.link(v.page), v.name), v, span)
            for v in videos
            for span in as_drawn(v.recorded, length * _LEAST_WIDTH / 100)
        ),
        lanes=tuple(
            Lane(who, figures.lane_colour(who), tuple(found))
            for who, found in sorted(lanes.items(), key=lambda item: formatting.natural(item[0]))
        ),
    )


def matrix(rows: Sequence[PersonRow]) -> tuple[list[str], list[list[int]]]:
    """Return the places with most appearances and, for each person, the number in each."""
    seen = Counter(video.place for row in rows for video, _ in row.appearances)
    places = sorted(place for place, _ in seen.most_common(_MOST_PLACES))
    counts = [
        [sum(video.place == place for video, _ in row.appearances) for place in places]
        for row in rows
    ]
    return places, counts


def action_bars(case: CaseView) -> list[tuple[str, float, str]]:
    """Return the total time of each action over the whole case, longest first."""
    seconds: Counter[str] = Counter()
    for video in case.videos:
        for track in video.tracks:
            for span in track.actions:
                seconds[span.label] += span.t_end - span.t_start  # type: ignore[assignment]
    return [(name, float(s), formatting.duration(float(s))) for name, s in seconds.most_common()]


def length_bars(case: CaseView) -> list[tuple[str, float, str]]:
    """Return the number of videos per class of length."""
    edges = [(60, "to 1 min"), (600, "to 10 min"), (3600, "to 1 h"), (14_400, "to 4 h"),
             (43_200, "to 12 h"), (float("inf"), "longer")]  # fmt: skip
    counts = Counter(
        next(name for edge, name in edges if video.recorded_s <= edge) for video in case.videos
    )
    return [(name, float(counts[name]), str(counts[name])) for _, name in edges if counts[name]]


def reasons(case: CaseView) -> list[tuple[str, str, str]]:
    """Return what was not assessed: (what, how much, why)."""
    found: list[tuple[str, str, str]] = []
    gaps: Counter[str] = Counter()
    for video in case.videos:
        for gap in video.gaps:
            gaps[gap.label] += gap.t_end - gap.t_start  # type: ignore[assignment]
    found += [("not analysed", formatting.duration(float(s)), why) for why, s in gaps.most_common()]
    paused = sum(video.duration_s - video.recorded_s for video in case.videos)
    if paused:
        found.append(("pause", formatting.duration(paused), formatting.PAUSE))
    passed = sum(video.keyframes_only_s for video in case.videos)
    if passed:
        found.append(("keyframes only", formatting.duration(passed), formatting.KEYFRAMES_ONLY))
    quality: Counter[str] = Counter()
    for video in case.videos:
        for track in video.tracks:
            quality.update(
                formatting.kind_of_reason(reason) for reason in track.emotions.reasons if reason
            )
    total = sum(len(t.emotions.reasons) for v in case.videos for t in v.tracks)
    found += [
        ("expression not told", f"{count:,} of {total:,} faces", why)
        for why, count in quality.most_common(8)
    ]
    bad = sum(video.bad_frames for video in case.videos)
    if bad:
        found.append(("damaged frames", f"{bad:,}", "reported by the decoder"))
    return found


def totals(
    case: CaseView, rows: Sequence[tuple[StoredFile, VideoView | None]]
) -> dict[str, object]:
    """Return the totals in the header of the page."""
    duration = sum(video.recorded_s for video in case.videos)
    gaps = sum(video.gaps_s for video in case.videos)
    return {
        "files": len(rows),
        "done": sum(file.status == "done" for file, _ in rows),
        "duration": duration,
        "coverage": 1 - gaps / duration if duration else None,
        "tracks": sum(len(video.tracks) for video in case.videos),
        "events": sum(len(video.events) for video in case.videos),
        "sampled": sum(video.frames_sampled for video in case.videos),
        "examined": sum(video.frames_examined for video in case.videos),
    }


def render_case(context: Context, rows: Sequence[PersonRow], found: Sequence[Block]) -> str:
    """Return the case page with its ``blocks``."""
    case = context.case
    files = [(file, case.video(file.sha256)) for file in case.files]
    places, counts = matrix(rows)
    return context.render(
        "case.html",
        rows=files,
        failed=[file for file, _ in files if file.status == "failed"],
        doubts=[video for video in context.case.videos if video.contradictions],
        pending=[file for file, _ in files if file.status == "pending"],
        people=rows,
        blocks=found,
        places=places,
        counts=counts,
        totals=totals(case, files),
        reasons=reasons(case),
        actions=action_bars(case),
        lengths=length_bars(case),
        set_aside=[picture for picture in case.gallery if picture.status != "used"],
        wall=wall_data(context, [(v, event) for v in case.videos for event in v.events]),
    )


_MOST_FACES = 60
_TELLING_QUALITY = 0.1
"""Least quality of a shown face: below it a person cannot recognise anybody either."""


def render_person(context: Context, row: PersonRow, found: Sequence[Block]) -> str:
    """Return the page of one person: every appearance, evidence and expressions in order.

    ``found`` are the ``blocks`` of the whole case.
    """
    ordered = sorted(row.appearances, key=lambda pair: at_ms(pair[0], pair[1].t_start))
    faces = sorted(
        ((video, track, shot) for video, track in ordered for shot in track.faces),
        key=lambda item: -item[2].quality,
    )
    telling = [item for item in faces if item[2].quality >= _TELLING_QUALITY] or faces[:1]
    return context.render(
        "person.html",
        person=row,
        appearances=[
            (video, track, Span(track.t_start, max(track.t_end, track.t_start + 0.2)))
            for video, track in ordered
        ],
        faces=telling[:_MOST_FACES],
        more_faces=len(faces) - len(telling[:_MOST_FACES]),
        blocks=[_only(block, row.name) for block in found if _holds(block, row.name)],
        gap=context.max_gap_s,
        events=wall_data(
            context,
            [
                (video, event)
                for video, track in ordered
                for event in video.events
                if event.track == track.name
            ],
        ),
    )


def _holds(block: Block, name: str) -> bool:
    return any(lane.name == name for place in block.places for lane in place.lanes)


def _only(block: Block, name: str) -> Block:
    """Return ``block`` with the lanes of one person."""
    places = tuple(
        replace(p, lanes=tuple(lane for lane in p.lanes if lane.name == name))
        for p in block.places
        if any(lane.name == name for lane in p.lanes)
    )
    return replace(block, places=places)
