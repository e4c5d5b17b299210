"""Use case of `analyzer derive`: a case is derived and reported again, without any video."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from analyzer.commands.policy import under_policy
from analyzer.commands.publish import publish
from analyzer.commands.reference import given_cameras, require_gallery, use_cameras, use_gallery
from analyzer.commands.summary import RunSummary, seen_in, summarise
from analyzer.config import overlay_settings
from analyzer.pipeline.derive import Deriver
from analyzer.pipeline.derive_people import derive_people, named_people
from analyzer.pipeline.inference import limit_threads
from analyzer.pipeline.measured_with import measured_otherwise
from analyzer.pipeline.run_record import RecordedRun, last_run
from analyzer.store.case import Case


@dataclass(frozen=True, slots=True)
class DeriveRequest:
    """What `analyzer derive` was asked; what is None stays as it is in the case.

    ``config`` is laid over the settings of the last run.
    """

    case: Path
    gallery: Path | None = None
    config: Path | None = None
    cameras: Path | None = None
    command: str = ""


def derive_case(request: DeriveRequest) -> RunSummary:
    """Derive every video of a case again and render its report; no video is analysed.

    Raises CaseError, ConfigError or GalleryError with nothing changed.
    """
    begun = time.monotonic()
    cameras = given_cameras(request.cameras)
    require_gallery(request.gallery)
    limit_threads(1)
    with Case.open(request.case, create=False) as case:
        with case.reader() as reader:
            last = last_run(reader)
        settings = overlay_settings(last.settings, request.config)
        settings, notes = under_policy(case, settings, request.gallery)
        unknowns_before = named_people(case)
        with RecordedRun(case, request.command, settings, last.models, last.raw_hash) as run:
            people = use_gallery(run, request.gallery, settings)
            use_cameras(run, cameras)
            again = Deriver(case, settings, people, run).derive_stale()
            notes += _older_measures(case)
            notes += derive_people(case, settings, run.embedder, unknowns_before)
            run.log("derived", {"gallery": people.fingerprint, "notes": list(notes)})
        report = publish(case, settings.report)
        videos = summarise(case.folder, None)
        people_in_case, events = seen_in(case.folder)
    return RunSummary(
        case=str(request.case),
        run_id=run.run_id,
        videos=videos,
        passed_over=(),
        notes=notes,
        gallery_notes=people.notes,
        processed_s=0.0,
        wall_s=time.monotonic() - begun,
        report=str(report),
        people=people_in_case,
        events=events,
        derived_again=again,
        gallery_of_nobody=request.gallery is not None and people.all_aside,
    )


def _older_measures(case: Case) -> tuple[str, ...]:
    """Return in a line which videos the cameras want measured otherwise, if any."""
    with case.reader() as reader:
        names = [next(iter(reader.known_videos()[v]), v) for v in measured_otherwise(reader)]
    if not names:
        return ()
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return (
        f"measured with other settings than the camera file asks for now: {', '.join(names[:3])}"
        f"{more}; `analyzer run` on the same footage measures again",
    )
