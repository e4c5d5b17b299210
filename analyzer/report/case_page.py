"""View model of the first page: who was seen where and when, and what was not analysed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from analyzer.report import formatting, palette, svg
from analyzer.report.camera_words import left_out_share, left_out_words
from analyzer.report.model import CaseView, TrackView, VideoView
from analyzer.report.pages import Context, wall_data
from analyzer.report.people import PersonRow
from analyzer.report.sentences import person_target
from analyzer.report.series import Span, as_drawn
from analyzer.report.summary import Chapter
from analyzer.report.timescale import at_ms
from analyzer.store.records import StoredFile

# Recordings further apart than this, and than their own length, get separate axes: on one axis over
# days every appearance would be too thin to see.
_APART_S = 1800.0
# Least width of a bar in percent of the axis, so that it can be seen and clicked.
_LEAST_WIDTH = 0.25
# Largest number of clocks that the title of an axis names.
_MOST_TOLD = 3
# Largest number of columns and rows in the table of people by place.
_MOST_PLACES = 12
_MOST_ROWS = 200
# Largest number of unknown persons and groups on the axes of the first page.
_MOST_LANES = 60
# More bars of one lane than this are joined where they would lie on each other.
_MOST_BARS = 100
# Largest number of events that come with the page; the others are a part loaded after it.
_MOST_EVENTS = 200
# Largest number of events on the wall, by level and time.
_MOST_ON_WALL = 20_000

REST = "events/list"
"""Key and address of the events of the first page that do not come with it."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch on an axis: left edge and width in percent, its address and its text."""

    left: float
    width: float
    href: str
    words: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One person in one place; ``alike`` says that similar appearance alone makes it one person."""

    name: str
    colour: str
    bars: tuple[Bar, ...]
    alike: bool = False


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


def blocks(context: Context, rows: Sequence[PersonRow] | None = None) -> list[Block]:
    """Return the recordings of a case on wall-clock axes; each of unknown time on its own.

    Lanes are of everybody with a name; of those of ``rows`` with a page, where it is given.
    """
    names = None if rows is None else frozenset(row.name for row in rows if row.page)
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
    found = [_block(context, group, names) for group in groups]
    untimed = [video for video in context.case.videos if video.clock_start is None]
    named = [v for v in untimed if any(t.who or t.look_group for t in v.tracks)]
    return found + [_block(context, [video], names) for video in named]


def foremost(found: Sequence[Block], rows: Sequence[PersonRow]) -> list[Block]:
    """Return blocks with the lanes of the gallery and of the unnamed people of most tracks."""
    unnamed = sorted((r for r in rows if not r.known), key=lambda row: -len(row.appearances))
    if len(unnamed) <= _MOST_LANES:
        return list(found)
    left_out = {row.name for row in unnamed[_MOST_LANES:]}
    return [
        replace(
            block,
            places=tuple(
                replace(p, lanes=tuple(lane for lane in p.lanes if lane.name not in left_out))
                for p in block.places
            ),
        )
        for block in found
    ]


def _block(context: Context, videos: Sequence[VideoView], names: frozenset[str] | None) -> Block:
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
            _place(context, name, group, (start, length), names) for name, group in by_place.items()
        ),
    )


def _place(
    context: Context,
    name: str,
    videos: Sequence[VideoView],
    axis: tuple[float, float],
    names: frozenset[str] | None,
) -> Place:
    start, length = axis

    def bar(video: VideoView, a: float, b: float, href: str, words: str) -> Bar:
        left = (at_ms(video, a) - start) / 1000 / length * 100
        return Bar(left, max(_LEAST_WIDTH, (b - a) / length * 100), href, words)

    lanes: dict[str, list[Bar]] = {}
    for video in videos:
        for track in video.tracks:
            for who, called in _names(track):
                if names is not None and who not in names:
                    continue
                for span in track.presence:
                    when = formatting.wall_time(video.clock, span.t_start)
                    words = f"{called} {track.name} {when or formatting.video_time(span.t_start)}"
                    href = context.at(video, track.name, span.t_start)
                    lanes.setdefault(who, []).append(
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
            Lane(who, palette.lane_colour(who), _drawn(found), who in context.case.look_groups)
            for who, found in sorted(lanes.items(), key=lambda item: formatting.natural(item[0]))
        ),
    )


def _drawn(bars: Sequence[Bar]) -> tuple[Bar, ...]:
    """Return the bars of a lane; where there are many, those that lie on each other are one."""
    if len(bars) <= _MOST_BARS:
        return tuple(bars)
    joined: list[list[Bar]] = []
    for bar in sorted(bars, key=lambda bar: bar.left):
        if joined and bar.left <= max(b.left + b.width for b in joined[-1][-1:]):
            joined[-1].append(bar)
        else:
            joined.append([bar])
    return tuple(
        replace(
            group[0],
            width=max(b.left + b.width for b in group) - group[0].left,
            words=group[0].words + (f" and {len(group) - 1} more" if len(group) > 1 else ""),
        )
        for group in joined
    )


def _names(track: TrackView) -> Iterator[tuple[str, str]]:
    """Return under whom a track is filed, and what a bar says of that."""
    if track.who is not None:
        yield track.who, f"{track.status} {track.who}" if track.known else track.who
    if track.look_group is not None:
        yield track.look_group, f"similar appearance {track.look_group}"


def matrix(rows: Sequence[PersonRow]) -> tuple[list[str], list[list[int]]]:
    """Return the places with most appearances and, for each person, the number in each."""
    seen = Counter(video.place for row in rows for video, _ in row.appearances)
    places = sorted(place for place, _ in seen.most_common(_MOST_PLACES))
    counts = []
    for row in rows:
        here = Counter(video.place for video, _ in row.appearances)
        counts.append([here[place] for place in places])
    return places, counts


def action_bars(case: CaseView) -> list[tuple[str, float, str]]:
    """Return the total time of each action over the whole case, longest first."""
    seconds: Counter[str] = Counter()
    for video in case.videos:
        for name, s in video.action_seconds.items():
            seconds[name] += s  # type: ignore[assignment]
    return [(name, float(s), formatting.duration(float(s))) for name, s in seconds.most_common()]


def length_bars(case: CaseView) -> list[tuple[str, float, str]]:
    """Return the number of videos per class of length."""
    edges = [(60, "to 1 min"), (600, "to 10 min"), (3600, "to 1 h"), (14_400, "to 4 h"),
             (43_200, "to 12 h"), (float("inf"), "longer")]  # fmt: skip
    counts = Counter(
        next(name for edge, name in edges if video.recorded_s <= edge) for video in case.videos
    )
    return [(name, float(counts[name]), str(counts[name])) for _, name in edges if counts[name]]


def left_out(case: CaseView) -> list[tuple[str, str, str]]:
    """Return what of pictures the camera file leaves out: (what, how much, where)."""
    places: dict[str, tuple[str, float]] = {}
    for video in case.videos:
        if words := left_out_words(video):
            share = left_out_share(video)
            where = f"{video.place}, by the camera file: {words.partition(': ')[2]}"
            places[where] = (f"{formatting.percent(share, 1)} of the picture", share)
    ranked = sorted(places.items(), key=lambda item: -item[1][1])
    return [("left out", share, where) for where, (share, _) in ranked]


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
    found += left_out(case)
    faces: Counter[str] = Counter()
    for video in case.videos:
        faces.update(video.face_reasons)
    quality: Counter[str] = Counter()
    for reason, count in faces.items():
        if reason:
            quality[formatting.kind_of_reason(reason)] += count
    total = faces.total()
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


def render_case(
    context: Context,
    rows: Sequence[PersonRow],
    found: Sequence[Block],
    summary: Sequence[Chapter] = (),
) -> str:
    """Return the case page with its ``blocks`` and the ``summary`` on top."""
    case = context.case
    files = [(file, case.video(file.sha256)) for file in case.files]
    by_place = rows[:_MOST_ROWS]
    places, counts = matrix(by_place)
    lanes = sum(not row.known for row in rows)
    return context.render(
        "case.html",
        summary=summary,
        rows=files,
        failed=[file for file, _ in files if file.status == "failed"],
        doubts=[video for video in context.case.videos if video.contradictions],
        pending=[file for file, _ in files if file.status == "pending"],
        people=rows,
        by_place=by_place,
        more_people=len(rows) - len(by_place),
        person_href=lambda row: context.goto(person_target(row)),
        blocks=foremost(found, rows),
        more_lanes=max(0, lanes - _MOST_LANES),
        places=places,
        counts=counts,
        totals=totals(case, files),
        reasons=reasons(case),
        actions=action_bars(case),
        lengths=length_bars(case),
        set_aside=[picture for picture in case.gallery if picture.status != "used"],
        wall=first_wall(context)[0],
    )


def first_wall(context: Context) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what the wall of the first page comes with, and the events that are loaded later."""
    case = context.case
    wall = wall_data(context, [(v, event) for v in case.videos for event in v.events])
    shown, rest = wall["events"][:_MOST_EVENTS], wall["events"][_MOST_EVENTS:_MOST_ON_WALL]
    return wall | {"events": shown, "rest": REST if rest else None}, rest
