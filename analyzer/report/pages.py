"""Turns views into HTML text through Jinja2 templates; touches no file but the templates."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jinja2
from markupsafe import Markup

from analyzer import __version__
from analyzer.config import ReportSettings, SmoothingSettings
from analyzer.report import figures, text
from analyzer.report.model import CaseView, FaceShot, FileView, TrackView, VideoView
from analyzer.report.series import Span, head_count
from analyzer.types import EMOTIONS

_STRIP_BINS = 160


@dataclass(frozen=True, slots=True)
class Context:
    """What every page needs: the case, the addresses of its pictures, settings, time of making."""

    case: CaseView
    images: Mapping[str, str]
    settings: ReportSettings
    made_at: str

    @property
    def title(self) -> str:
        """The title a user gave, else the name of the case."""
        return self.settings.title or self.case.title

    @property
    def max_gap_s(self) -> float:
        """The largest gap a line may cross, from the settings of the last run."""
        runs = self.case.runs
        section = runs[-1].settings.get("smoothing", {}) if runs else {}
        return float(section.get("max_gap_s", SmoothingSettings().max_gap_s))


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person of the gallery as the case page tells of them."""

    name: str
    appearances: tuple[tuple[VideoView, TrackView], ...]

    @property
    def best(self) -> tuple[VideoView, TrackView]:
        """The appearance with the smallest distance."""
        return min(self.appearances, key=lambda pair: pair[1].candidates[0].distance)

    @property
    def confirmed(self) -> int:
        """In how many of the tracks reviewers confirmed the person."""
        return sum(track.confirmed == self.name for _, track in self.appearances)

    @property
    def videos(self) -> list[VideoView]:
        """The videos of the appearances, each once."""
        return list({video.sha256: video for video, _ in self.appearances}.values())

    @property
    def first(self) -> tuple[VideoView, TrackView] | None:
        """The earliest appearance; None where no common clock orders the videos."""
        return min(self._ordered(), key=lambda pair: _stored(pair, pair[1].t_start), default=None)

    @property
    def last(self) -> tuple[VideoView, TrackView] | None:
        """The latest appearance; None where no common clock orders the videos."""
        return max(self._ordered(), key=lambda pair: _stored(pair, pair[1].t_end), default=None)

    def _ordered(self) -> list[tuple[VideoView, TrackView]]:
        timed = [pair for pair in self.appearances if pair[0].wall_start is not None]
        return timed or (list(self.appearances) if len(self.videos) == 1 else [])


def _stored(pair: tuple[VideoView, TrackView], t: float) -> float:
    return figures.epoch_ms(pair[0].wall_start) + t * 1000


def render_case(context: Context) -> str:
    """Return the case page."""
    case = context.case
    rows = [(file, case.video(file.sha256)) for file in case.files]
    return (
        _environment(context)
        .get_template("case.html")
        .render(
            rows=rows,
            failed=[file for file in case.files if file.status == "failed"],
            pending=[file for file in case.files if file.status == "pending"],
            people=people(case),
            totals=_totals(case, rows),
            identities=_identities(case),
            set_aside=[picture for picture in case.gallery if picture.status != "used"],
        )
    )


def render_video(context: Context, video: VideoView) -> str:
    """Return the page of one video."""
    files = [file for file in context.case.files if file.sha256 == video.sha256]
    data = video_data(context, video)
    return (
        _environment(context)
        .get_template("video.html")
        .render(
            video=video,
            files=files,
            data=data,
            no_derived=not video.tracks and video.tracklets > 0,
        )
    )


def video_data(context: Context, video: VideoView) -> dict[str, Any]:
    """Return what the script of a video page draws: figures, series and labels, as plain values."""
    points = context.settings.max_points
    mix = figures.scene_mix_figure(video)
    return {
        "origin": figures.epoch_ms(video.wall_start),
        "clock": video.wall_start is not None,
        "duration": video.duration_s,
        "off": list(context.case.switched_off),
        "gaps": [[round(g.t_start, 3), round(g.t_end, 3), g.label] for g in video.gaps],
        "emotions": list(EMOTIONS),
        "colours": figures.EMOTION_COLOURS,
        "actions": _action_looks(),
        "overview": figures.head_count_figure(video, points).to_plotly_json(),
        "presence": figures.presence_figure(video).to_plotly_json(),
        "mix": None if mix is None else mix.to_plotly_json(),
        "track": figures.track_figure(video).to_plotly_json(),
        "tracks": [
            figures.track_series(track, points, context.max_gap_s, dict(context.images))
            for track in video.tracks
        ],
    }


def _action_looks() -> list[dict[str, Any]]:
    """How each action is drawn, in the order of analyzer.types.ACTIONS."""
    looks = []
    for name, letter in figures.LETTERS.items():
        kind = "outline" if name in (*figures.OUTLINED, "unknown") else "solid"
        colour = (
            figures.WARNING if name in figures.ALARMING else figures.EFFORT.get(name, "#5B7DB1")
        )
        looks.append({"name": name, "letter": letter, "kind": kind, "colour": colour})
    return looks


def people(case: CaseView) -> list[PersonRow]:
    """Return the candidates of a case, those with most appearances first."""
    seen: dict[str, list[tuple[VideoView, TrackView]]] = {}
    for video in case.videos:
        for track in video.candidate_tracks:
            if track.person and track.candidates and not track.rejected:
                seen.setdefault(track.person, []).append((video, track))
    rows = [PersonRow(name, tuple(found)) for name, found in seen.items()]
    return sorted(rows, key=lambda row: (-len(row.appearances), row.name))


def _identities(case: CaseView) -> dict[str, int]:
    counts = {"candidate": 0, "unknown": 0, "not assessed": 0}
    for video in case.videos:
        for track in video.tracks:
            counts[track.identity] = counts.get(track.identity, 0) + 1
    return counts


def _totals(case: CaseView, rows: list[tuple[FileView, VideoView | None]]) -> dict[str, Any]:
    duration = sum(video.duration_s for video in case.videos)
    gaps = sum(video.gaps_s for video in case.videos)
    return {
        "files": len(rows),
        "done": sum(file.status == "done" for file, _ in rows),
        "duration": duration,
        "coverage": 1 - gaps / duration if duration else None,
        "tracks": sum(len(video.tracks) for video in case.videos),
        "sampled": sum(video.frames_sampled for video in case.videos),
        "examined": sum(video.frames_examined for video in case.videos),
    }


def density(video: VideoView, bins: int = _STRIP_BINS) -> list[float]:
    """Return the largest head count in each of ``bins`` equal parts, the video's most as 1."""
    if video.duration_s <= 0 or not video.tracks:
        return []
    spans = [span for track in video.tracks for span in track.presence]
    times, counts = head_count(spans, video.duration_s)
    most = [0] * bins
    for i, count in enumerate(counts):
        until = times[i + 1] if i + 1 < len(times) else video.duration_s
        first = min(bins - 1, int(times[i] / video.duration_s * bins))
        last = min(bins - 1, int(max(times[i], until - 1e-9) / video.duration_s * bins))
        for k in range(first, last + 1):
            most[k] = max(most[k], count)
    top = max(most) or 1
    return [round(count / top, 3) for count in most]


def density_path(video: VideoView) -> str:
    """Return the outline of the density of people as an SVG path, 160 wide and 20 high."""
    steps = [f"L{i} {20 - 18 * value:.1f}H{i + 1}" for i, value in enumerate(density(video))]
    return f"M0 20{''.join(steps)}V20Z" if steps else ""


def script_json(value: Any) -> Markup:
    """Return JSON that can stand inside a script element whatever strings it holds."""
    dumped = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        dumped = dumped.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(dumped)  # noqa: S704 - every sign that could end the element is escaped above


def _environment(context: Context) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("analyzer.report", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        video_time=text.video_time,
        wall_time=text.wall_time,
        duration=text.duration,
        percent=text.percent,
        number=text.number,
        size=text.size,
        basename=text.basename,
        folder=text.folder,
        script_json=script_json,
        density_path=density_path,
        top_faces=_top_faces,
    )
    environment.globals.update(
        case=context.case,
        title=context.title,
        images=context.images,
        made_at=context.made_at,
        version=__version__,
        colours=figures.EMOTION_COLOURS,
        emotions=EMOTIONS,
        lane_colour=figures.lane_colour,
        run=context.case.runs[-1] if context.case.runs else None,
        share_of=_share_of,
    )
    return environment


def _top_faces(track: TrackView, count: int = 5) -> list[FaceShot]:
    """Return the best faces of a track by quality, best first."""
    return sorted(track.faces, key=lambda shot: (-shot.quality, shot.t))[:count]


def _share_of(span: Span, video: VideoView) -> tuple[float, float]:
    """Return left edge and width of a stretch in per cent of the video."""
    whole = video.duration_s or 1.0
    return span.t_start / whole * 100, (span.t_end - span.t_start) / whole * 100
