"""Derivation of the people of a whole case: unknown persons, and the reviews that hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from analyzer.config import Settings
from analyzer.errors import ModelError
from analyzer.faces.calibration import calibration_of
from analyzer.identity.clustering import FaceSet
from analyzer.identity.unknowns import CUT_SHARE, UnknownTrack, name_unknowns
from analyzer.pipeline.look_people import Compared, links_of, look_tracks, scale_of
from analyzer.review.decisions import standing, standing_reviews, verdicts
from analyzer.store.case import Case
from analyzer.store.decisions import fit_of, groupings_in, reviews_in
from analyzer.store.looks import look_models, write_looks
from analyzer.store.people import nobody_known, unknowns_in, write_people
from analyzer.store.reader import CaseReader
from analyzer.store.vectors import FACES, LOOKS, pack_vectors
from analyzer.types import Grouping, Review, Unknown, Verdict

Named = dict[str, tuple[str, ...]]


def named_people(case: Case) -> Named:
    """Return the unknown people of ``case`` as they are called now: tracks by name."""
    with case.reader() as reader:
        return unknowns_in(reader)


def derive_people(
    case: Case, settings: Settings, embedder: str | None, before: Named
) -> tuple[str, ...]:
    """Name the unknown people of ``case`` and say which reviews hold; ``embedder`` None names none.

    Returns in a line each what an examiner must know: a decision that no track of today fits, and
    an unknown person who is called otherwise than ``before`` any track was derived anew. Nobody
    else writes meanwhile: a decision made then would be lost to these rows.
    """
    with case.writing():
        return _derive(case, settings, embedder, before)


def _derive(case: Case, settings: Settings, embedder: str | None, before: Named) -> tuple[str, ...]:
    with case.reader() as reader:
        unknowns, lost = _unknowns(reader, settings, embedder)
        fits, stale = _holding(standing_reviews(reviews_in(reader)), reader)
    held = [(review.seq, track) for review, track in fits]
    write_people(case, unknowns, held, _verdicts(fits))
    with case.reader() as reader:
        (links, groups), gone = _look_groups(reader, settings)
    write_looks(case, links, groups)
    lost += gone
    pack_vectors(case, LOOKS)
    if embedder is not None:
        pack_vectors(case, FACES)
    return (*_renamed(before, unknowns), *lost, *stale)


def _unknowns(
    reader: CaseReader, settings: Settings, embedder: str | None
) -> tuple[tuple[Unknown, ...], list[str]]:
    if embedder is None:
        return (), []
    cut = settings.identity.unknown_distance or CUT_SHARE * calibration_of(embedder).threshold
    tracks = [
        UnknownTrack(
            found.track_id,
            found.video_sha256,
            FaceSet(found.embeddings, found.qualities),
            found.moments,
        )
        for found in nobody_known(reader, embedder)
    ]
    said = [g for g in standing(groupings_in(reader)) if not g.by_look]
    placed, lost = _placed(said, reader, {track.id for track in tracks})
    return name_unknowns(tracks, cut, placed), lost


def _look_groups(reader: CaseReader, settings: Settings) -> tuple[Compared, list[str]]:
    """Return the links and groups by appearance, and what decisions are lost."""
    model = next(iter(look_models(reader)), None)
    if model is None or not settings.looks.enabled:
        return ((), ()), []
    try:
        scale = scale_of(model, settings.appearance)
    except ModelError as error:
        return ((), ()), [f"tracks are not compared by appearance: {error}"]
    tracks = look_tracks(reader, model)
    said = [g for g in standing(groupings_in(reader)) if g.by_look]
    placed, lost = _placed(said, reader, {track.sighting.id for track in tracks})
    return links_of(tracks, scale, settings.appearance, placed), lost


def _placed(
    said: Sequence[Grouping], reader: CaseReader, known: set[str]
) -> tuple[list[list[list[str]]], list[str]]:
    """Return the groups of tracks of each decision, and in words what is lost."""
    placed, lost = [], []
    for grouping in said:
        groups, why = place(grouping, reader, known)
        placed.append(groups)
        lost += [f"{grouping.action} {grouping.seq} (by {grouping.by}): {line}" for line in why]
    return placed, lost


def place(
    grouping: Grouping, reader: CaseReader, comparable: set[str]
) -> tuple[list[list[str]], list[str]]:
    """Return the tracks of today that ``grouping`` is about, group by group, and what is lost.

    ``comparable`` are the tracks that it may be about: those that match nobody, or those with a
    look. A track that has become a candidate is lost to a decision on unknown persons; where tracks
    on both sides of a split have become one track, the whole decision is.
    """
    groups: list[list[str]] = []
    lost = []
    for group in grouping.groups:
        groups.append([])
        for anchor in group:
            fit = fit_of(reader, anchor)
            if fit.track_id is None:
                lost.append(fit.reason or "")
            elif fit.track_id not in comparable:
                what = "has no look" if grouping.by_look else "is no unknown person"
                lost.append(f"{fit.track_id} {what} any more")
            elif fit.track_id not in groups[-1]:
                groups[-1].append(fit.track_id)
    times = Counter(track for group in groups for track in group)
    if any(count > 1 for count in times.values()):
        return [], ["tracks that were split are one track now"]
    return groups, lost


def _holding(
    reviews: Sequence[Review], reader: CaseReader
) -> tuple[list[tuple[Review, str]], list[str]]:
    """Return the reviews that fit a track of today, with it, and in words those that do not."""
    fits, stale = [], []
    for review in reviews:
        fit = fit_of(reader, review.anchor)
        if fit.track_id is not None:
            fits.append((review, fit.track_id))
        else:
            stale.append(f"review {review.seq} (by {review.by}): {fit.reason}")
    return fits, stale


def _verdicts(fits: Sequence[tuple[Review, str]]) -> list[tuple[str, Verdict]]:
    by_track: dict[str, list[Review]] = {}
    for review, track in fits:
        by_track.setdefault(track, []).append(review)
    return [(track, found) for track, said in by_track.items() for found in verdicts(said)]


def _renamed(before: Named, now: Sequence[Unknown]) -> list[str]:
    """Say which unknown persons are called otherwise, by where most of their tracks went."""
    name_now = {track: unknown.name for unknown in now for track in unknown.tracks}
    lines = []
    for old, tracks in before.items():
        went = Counter(name_now[track] for track in tracks if track in name_now)
        other = {name: count for name, count in went.items() if name != old}
        for name, count in sorted(other.items()):
            lines.append(f"{old} is now {name} ({count} of {len(tracks)} tracks)")
    return lines
