"""Rendering of views as HTML through Jinja2 templates; reads no file but the templates."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import jinja2
from markupsafe import Markup

from analyzer import __version__
from analyzer.config import ReportSettings
from analyzer.emotions.spread import Spread
from analyzer.report import formatting, palette, svg, timescale
from analyzer.report.camera_words import left_out_words, own_settings
from analyzer.report.environment import make_environment
from analyzer.report.expression_model import ExpressionModel, model_of
from analyzer.report.media import VideoMedia
from analyzer.report.model import (
    Appearance,
    BodyShot,
    CaseView,
    EventView,
    FaceShot,
    Images,
    OtherTrack,
    TrackView,
    VideoView,
)
from analyzer.report.sentences import Target
from analyzer.report.series import Span
from analyzer.types import EMOTIONS, LEVELS


@dataclass(frozen=True, eq=False)
class Context:
    """Values that every page needs besides its own view model.

    ``images`` are addresses of face pictures by sha256, ``media`` the pieces of the player by
    video, ``stills`` addresses of pictures by event id, ``clips`` evidence clips (address, text) by
    event or track id. ``single`` means that all pages become one file; ``redacted`` is the only
    person whose face is shown. ``others`` are tracks of other videos than those of ``case``, by id;
    ``detailed`` gives outlines of tracks their series; ``most_explained`` is the largest number of
    tracks of a recording whose best face is explained.
    """

    case: CaseView
    images: Images
    settings: ReportSettings
    made_at: str
    media: Mapping[str, VideoMedia] = field(default_factory=dict)
    stills: Mapping[str, str] = field(default_factory=dict)
    clips: Mapping[str, list[tuple[str, str]]] = field(default_factory=dict)
    single: bool = False
    redacted: str | None = None
    others: Mapping[str, OtherTrack] = field(default_factory=dict)
    detailed: Callable[[Sequence[Appearance]], Sequence[Appearance]] = list
    most_explained: int = 40

    @property
    def title(self) -> str:
        """The title from the settings, else the name of the case."""
        return self.settings.title or self.case.title

    @property
    def max_gap_s(self) -> float:
        """The largest gap a line may cross, from the settings of the last run."""
        return self.case.settings.smoothing.max_gap_s

    @cached_property
    def expression_model(self) -> ExpressionModel | None:
        """The model of expressions that the case was analysed with, where analyzer ships it."""
        return model_of(self.case)

    @property
    def spread(self) -> Spread | None:
        """How far expressions may be off; None where it was not measured of the model in use."""
        return self.expression_model.spread if self.expression_model else None

    @property
    def switched_off(self) -> dict[str, str]:
        """The stages that the last run left out, with the reason."""
        stages = (
            ("identify", "embedding", "faces were not compared (--no-identify)"),
            ("emotion", "emotions", "expressions were not asked for (--no-emotion)"),
            ("action", "actions", "actions were not asked for (--no-action)"),
        )
        ruled = {
            rule.stage: f"{rule.stage} is forbidden ({rule.words})" for rule in self.case.policy
        }
        return {
            stage: ruled.get(stage, words)
            for stage, section, words in stages
            if not getattr(self.case.settings, section).enabled
        }

    def why_no_picture(self, video: VideoView) -> str:
        """Return why there is no picture of a track of ``video`` that has none."""
        if video.no_pictures:
            return video.no_pictures
        if not self.case.settings.bodies.crops:
            return "this case keeps no pictures of bodies"
        return "none was kept when it was analysed"

    def address(self, shot: FaceShot | BodyShot | None) -> str | None:
        """Return the address of the picture of a face or body; None where there is none."""
        return self.images.get(shot.image) if shot else None

    @cached_property
    def by_id(self) -> dict[str, tuple[VideoView, TrackView]]:
        """Every track of the report with its video, by id."""
        return {track.id: (video, track) for video in self.case.videos for track in video.tracks}

    def other(self, track_id: str) -> OtherTrack | None:
        """Return a track as other pages link to it; None for what the report does not show."""
        if track_id not in self.by_id:
            return self.others.get(track_id)
        video, track = self.by_id[track_id]
        body = track.best_body.image if track.best_body else None
        return OtherTrack(track.name, video.page, video.place, track.t_shown, body)

    def link(self, page: str, place: str = "") -> str:
        """Return the address of ``page``, a file name, with ``place`` behind the hash."""
        if not self.single:
            return f"{page}#{place}" if place else page
        return f"#page={page.removesuffix('.html')}" + (f"&{place}" if place else "")

    def at(self, video: VideoView, track: str | None, t: float, play: bool = False) -> str:
        """Return the address of a moment of a video."""
        place = f"track={track}&t={t:.3f}" if track else f"t={t:.3f}"
        return self.link(video.page, place + ("&play=1" if play else ""))

    def goto(self, target: Target) -> str:
        """Return the address of what a sentence of the first page speaks of."""
        return self.link(target.page, target.place) if target.page else f"#{target.place}"

    @cached_property
    def environment(self) -> jinja2.Environment:
        """The Jinja2 environment with the globals of all templates."""
        return _environment(self)

    def render(self, template: str, **values: Any) -> str:
        """Return the text of a page."""
        return self.environment.get_template(template).render(**values)


def render_video(context: Context, video: VideoView, data: dict[str, Any]) -> str:
    """Return the page of one video; ``data`` is what its script needs."""
    return context.render(
        "video.html",
        video=video,
        files=[file for file in context.case.files if file.sha256 == video.sha256],
        data=data,
        media=context.media.get(video.sha256, VideoMedia(missing="none was made")),
        wall=wall_data(context, [(video, event) for event in video.events], here=True),
        bands=context.spread is not None,
        no_derived=not video.tracks and video.tracklets > 0,
    )


_WITHOUT_CLOCK_MS = 1e15
"""Added to times without a clock, so that they stand behind all that have one."""


def wall_data(
    context: Context, events: list[tuple[VideoView, EventView]], here: bool = False
) -> dict[str, Any]:
    """Return the tiles of the wall of events as plain values: by level, then by time.

    ``here`` means that the wall is on the page of the video itself.
    """
    ranked = sorted(events, key=lambda pair: ordered(*pair))
    return {
        "events": [_tile(context, video, event, here) for video, event in ranked],
        "kinds": Counter(event.kind for _, event in ranked),
        "rest": None,
    }


def ordered(video: VideoView, event: EventView) -> tuple[int, bool, float, str, int]:
    """Return what sorts events: by level, then by time; scores of two kinds cannot be compared.

    Those of a recording without a clock follow those whose time is known.
    """
    at = timescale.at_ms(video, event.t_start)
    return LEVELS.index(event.level), video.clock is None, at, video.sha256, event.number


def _tile(context: Context, video: VideoView, event: EventView, here: bool) -> dict[str, Any]:
    track = video.track(event.track)
    shots = (
        (nearest(track.faces, event.t_peak), nearest(track.bodies, event.t_peak)) if track else ()
    )
    address = context.at(video, event.track, event.t_start, play=True)
    if here and not context.single:
        address = address[address.index("#") :]
    return {
        "id": event.id,
        "name": event.name,
        "kind": event.kind,
        "words": event.label,
        "emotion": event.label.rsplit(" ", 1)[-1] if event.kind == "expression" else None,
        "score": formatting.likely(event.score),
        "time": formatting.wall_time(video.clock, event.t_start)
        or formatting.video_time(event.t_start),
        "order": timescale.at_ms(video, event.t_start) + (0 if video.clock else _WITHOUT_CLOCK_MS),
        "lasts": formatting.duration(event.t_end - event.t_start),
        "place": None if here else video.place,
        "tracks": event.tracks,
        "person": event.person,
        "status": track.status if track else None,
        "picture": context.stills.get(event.id)
        or next(filter(None, map(context.address, shots)), None),
        "why": context.media.get(video.sha256, VideoMedia(missing="none was made")).missing,
        "href": address,
        "clips": context.clips.get(event.id, []),
        "level": event.level,
    }


_Shot = TypeVar("_Shot", FaceShot, BodyShot)


def nearest(shots: Sequence[_Shot], t: float) -> _Shot | None:
    """Return the picture that is nearest in time to ``t``; None where there is none."""
    return min(shots, key=lambda shot: abs(shot.t - t), default=None)


def script_json(value: Any) -> Markup:
    """Return JSON that is safe inside a script element, whatever strings it contains."""
    dumped = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        dumped = dumped.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(dumped)  # noqa: S704 - every sign that could end the element is escaped above


def _environment(context: Context) -> jinja2.Environment:
    environment = make_environment()
    environment.filters.update(
        script_json=script_json,
        density_path=svg.density_path,
        top_faces=top_faces,
        left_out=left_out_words,
        own_settings=own_settings,
    )
    environment.globals.update(
        context=context,
        case=context.case,
        title=context.title,
        images=context.images,
        made_at=context.made_at,
        keyframes_only=formatting.KEYFRAMES_ONLY,
        source_of_times=formatting.source_of_times,
        version=__version__,
        colours=palette.EMOTION_COLOURS,
        emotions=EMOTIONS,
        lane_colour=palette.lane_colour,
        run=context.case.runs[-1] if context.case.runs else None,
        share_of=_share_of,
        svg=svg,
        link=context.link,
        at=context.at,
        href_of=context.goto,
    )
    return environment


def top_faces(track: TrackView, count: int = 5) -> list[FaceShot]:
    """Return the best faces of a track by quality, best first."""
    return sorted(track.faces, key=lambda shot: (-shot.quality, shot.t))[:count]


def _share_of(span: Span, video: VideoView) -> tuple[float, float]:
    """Return left edge and width of a stretch in percent of the video."""
    whole = video.duration_s or 1.0
    return span.t_start / whole * 100, (span.t_end - span.t_start) / whole * 100
