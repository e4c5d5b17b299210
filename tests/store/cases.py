"""Small made-up measurements, the same every time, and a case that holds them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

from analyzer.actions.flow_map import packed
from analyzer.store.case import Case
from analyzer.store.ids import face_id, track_id, tracklet_id
from analyzer.store.records import RunRecord, utc_now
from analyzer.store.writer import CaseWriter
from analyzer.types import (
    ActionWindow,
    Box,
    Candidate,
    DerivedTrack,
    DerivedVideo,
    Detection,
    EmotionSample,
    FaceQuality,
    FaceSample,
    GalleryFace,
    Gap,
    Moment,
    Observation,
    SceneWindow,
    Seen,
    SegmentResult,
    SegmentSpan,
    SmoothedEmotion,
    Tracklet,
    TrackSummary,
    UsualExpression,
    VideoInfo,
)

SHA = "a1b2" * 16
RAW_HASH = "0123456789abcdef"
DERIVED_HASH = "fedcba9876543210"
PATH = "camera 3/видео=1.mp4"


def moment(index: int) -> Moment:
    """Return the moment of sample ``index`` in a stream of time base 1/12800 at 5 a second."""
    return Moment(index * 2560 + 512, index / 5)


def tracklet(number: int, samples: int = 8) -> Tracklet:
    """Return a tracklet with every kind of value that a column may hold, NULL included."""
    rng = np.random.default_rng(number)
    observations = []
    for i in range(samples):
        points = rng.uniform(0, 1920, (5, 2)).astype(np.float32) if i % 2 else None
        face = Detection(Box(*rng.uniform(0, 500, 4)), float(rng.random()), "face", points)
        body = Detection(Box(*rng.uniform(0, 500, 4)), float(rng.random()), "person")
        seen: Seen = "detected" if i % 3 else "held"
        observations.append(
            Observation(moment(i), None if i == 2 else face, None if i == 3 else body, seen)
        )
    faces = tuple(
        FaceSample(
            moment=moment(i),
            box=Box(*rng.uniform(0, 500, 4)),
            landmarks=rng.uniform(0, 1920, (5, 2)).astype(np.float32),
            quality=FaceQuality(
                31.5, 120.25, 0.4, -12.5, 3.1, 0.1 + i, 0.7, ("small", "dark") if i else ()
            ),
            jpeg=b"\xff\xd8" + rng.bytes(64),
            embedding=rng.normal(size=128).astype(np.float32) if i else None,
        )
        for i in range(2)
    )
    emotions = tuple(
        EmotionSample(
            moment(i),
            rng.dirichlet(np.ones(7)).astype(np.float32),
            i != 1,
            float(rng.random()),
            "insufficient quality" if i == 1 else None,
        )
        for i in range(samples)
    )
    actions = tuple(
        ActionWindow(
            moment(i),
            moment(i + 3),
            rng.dirichlet(np.ones(8)).astype(np.float32),
            {"speed": float(rng.random()), "height": float(np.float32(rng.random()))},
            float(i),
            4,
        )
        for i in range(3)
    )
    return Tracklet(number, tuple(observations), faces, emotions, actions)


def segment(index: int = 0, tracklets: int = 2) -> SegmentResult:
    """Return the measurements of segment ``index``."""
    start = index * 2_304_000
    return SegmentResult(
        video_sha256=SHA,
        span=SegmentSpan(index, max(0, start - 25_600), start, start + 2_304_000),
        tracklets=tuple(tracklet(10 * index + number) for number in range(tracklets)),
        frames_sampled=900,
        frames_examined=100,
        bad_frames=1,
        gaps=(Gap(1.5, 2.25, "undecodable"),),
        scene=(
            SceneWindow(
                moment(0),
                moment(9),
                0.75,
                {"fine.strength.mean": 1.5},
                0.0,
                packed(np.zeros((7, 24, 32), np.float32)),
            ),
        ),
    )


def video() -> VideoInfo:
    """Return what probing would tell of the video."""
    return VideoInfo(
        path=PATH,
        size_bytes=1_000_000,
        sha256=SHA,
        container="mov,mp4",
        stream_index=0,
        codec="h264",
        pixel_format="yuv420p",
        width=640,
        height=360,
        coded_width=640,
        coded_height=368,
        sample_aspect=Fraction(16, 15),
        rotation=90,
        interlaced=False,
        time_base=Fraction(1, 12800),
        start_pts=512,
        end_pts=4_608_512,
        duration_s=360.0,
        frames=9000,
        average_rate=25.0,
        variable_rate=True,
        creation_time=None,
        keyframes=(512,),
    )


def derived(person: str | None = "=Ann") -> DerivedVideo:
    """Return one track over the first tracklet of ``segment``."""
    first, own = tracklet(0), tracklet_id(SHA, 0, 0)
    key = track_id(SHA, 1)
    candidate = Candidate(
        track_id=key,
        person="=Ann",
        rank=1,
        distance=0.41,
        margin=None,
        threshold=0.55,
        probability=None,
        accepted=person is not None,
        face_id=face_id(own, first.faces[1].moment.pts),
        gallery_sha256="9" * 64,
    )
    track = DerivedTrack(
        id=key,
        number=1,
        start=first.observations[0].moment,
        end=first.observations[-1].moment,
        members=(own,),
        observations=tuple((item.moment.pts, own) for item in first.observations),
        face_observations=7,
        best_face_id=candidate.face_id,
        identity="candidate" if person else "unknown",
        person=person,
        summary=TrackSummary("happy", 0.75, 0.5, 0.875, "walking"),
        emotions=tuple(
            SmoothedEmotion(
                item.moment, item.probabilities, item.assessed, item.quality, item.reason, own
            )
            for item in first.emotions
        ),
        actions=tuple((own, window) for window in first.actions),
        candidates=(candidate,),
        usual=UsualExpression(np.full(7, 1 / 7, np.float32), 4.5),
    )
    return DerivedVideo((track,))


def run_record(run_id: str) -> RunRecord:
    """Return a run that starts now."""
    return RunRecord(
        run_id, "analyzer run", utc_now(), {"faces": {}}, RAW_HASH, [], {"python": "3"}
    )


def begin(case: Case, run_id: str = "run-1") -> CaseWriter:
    """Start a run in ``case`` and record the video, as a pipeline does before any segment."""
    writer = CaseWriter(case, run_id)
    writer.start_run(run_record(run_id))
    writer.record_video(video(), None, None)
    writer.record_file(PATH, SHA, "pending")
    return writer


def make_case(folder: Path, run_id: str = "run-1", order: tuple[int, ...] = (0, 1)) -> Path:
    """Make a whole case with two segments written in ``order``, a gallery, and one track."""
    with Case.open(folder, create=True) as case:
        writer = begin(case, run_id)
        for index in order:
            writer.write_segment(segment(index), RAW_HASH, "dlib")
        picture = GalleryFace(
            "=Ann", "ann.jpg", "9" * 64, "used", None, b"\xff\xd8ann", "dlib",
            np.arange(128, dtype=np.float32),
        )  # fmt: skip
        bad = GalleryFace("=Ann", "two.jpg", "8" * 64, "set aside", "two faces")
        writer.write_gallery("ann", [picture, bad])
        writer.write_derived(SHA, derived(), DERIVED_HASH)
        writer.record_file("notes.txt", "7" * 64, "failed", "not a video")
        writer.record_file(PATH, SHA, "done", None, SHA)
        writer.end_run("finished")
    return folder
