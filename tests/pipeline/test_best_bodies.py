"""Which pictures of a tracklet's body are kept."""

import numpy as np
import pytest

from analyzer.config_appearance import BodySettings, LookSettings
from analyzer.looks.network import LookNetwork, folder_of, model_record
from analyzer.pipeline.best_bodies import MOST_STRETCHES, BestBodies, BodyPictures
from analyzer.pipeline.run_record import look_model_of
from analyzer.types import Box, Detection, Frame, Moment, Observation, PersonDetection, Tracklet

WIDTH, HEIGHT = 320, 240
CUT, WHOLE = Box(100, 150, 40, 90), Box(100, 60, 40, 90)


def frame(t, seed=0):
    planes = np.random.default_rng(seed).integers(0, 255, (HEIGHT * 3 // 2, WIDTH), dtype=np.uint8)
    return Frame(Moment(round(t * 1000), t), planes, WIDTH, HEIGHT)


def person(box):
    return PersonDetection(None, Detection(box, 0.9, "person"))


def observed(seen):
    return tuple(
        Observation(frame(t).moment, None, person(box).body, "detected") for t, box in seen
    )


def kept_of(seen, keep=3, crops=True):
    """Return the pictures that are kept of a tracklet with a box at each (t, box)."""
    best = BestBodies()
    for t, box in seen:
        one = person(box)
        best.consider(frame(t, seed=round(t * 1000)), one, [one], lambda frame: None)
    return best.samples(observed(seen), BodySettings(keep, crops))


def test_half_a_person_is_not_kept_beside_a_whole_one():
    kept = kept_of([(0.0, CUT), (2.0, WHOLE), (4.0, WHOLE), (6.0, CUT)])
    assert {body.moment.t for body in kept} >= {2.0, 4.0}
    top = max(kept, key=lambda body: body.quality.score)
    assert top.moment.t in {2.0, 4.0} and top.quality.reasons == ()


def test_somebody_who_is_never_seen_whole_has_a_picture_and_the_reason():
    (only,) = kept_of([(0.0, CUT)])
    assert only.quality.reasons == ("cut off by the border",)
    assert only.jpeg


@pytest.mark.parametrize("odd", [0, 9, 19], ids=["first", "within", "last"])
def test_a_box_that_is_suddenly_higher_holds_two_people_and_is_passed_over(odd):
    seen = [(0.2 * i, WHOLE) for i in range(20)]
    seen[odd] = (0.2 * odd, Box(100, 30, 40, 120))
    best = max(kept_of(seen), key=lambda body: body.quality.score)
    assert best.box == WHOLE


def test_what_is_held_does_not_grow_with_the_time_somebody_is_seen():
    seen = [(0.2 * i, WHOLE) for i in range(600)]
    assert len(kept_of(seen, keep=1000)) <= MOST_STRETCHES
    kept = kept_of(seen, crops=False)
    assert len(kept) == 3 and all(body.jpeg == b"" for body in kept)
    assert np.diff([body.moment.t for body in kept]).max() > 10


@pytest.mark.parametrize("colours", [True, False])
def test_pictures_before_the_segments_own_time_serve_only_who_has_no_other(colours):
    pictures = BodyPictures(2000, colours)
    for number, times, kept in ((1, (1.0, 2.0), 2.0), (2, (1.0,), 1.0)):
        for t in times:
            one = person(WHOLE)
            pictures.consider(number, frame(t), one, [one])
        seen = observed([(t, WHOLE) for t in times])
        (sample,) = pictures.samples(Tracklet(number, seen), BodySettings())
        assert sample.moment.t == kept
        assert (sample.clothes is not None) == colours


def test_looks_are_stored_under_the_name_that_their_network_gives():
    folder = folder_of(LookSettings().model)
    network = LookNetwork.load(folder)
    assert look_model_of([model_record(folder)]) == network.name
    best = BestBodies()
    one = person(WHOLE)
    best.consider(frame(0.0), one, [one], lambda frame: None)
    (sample,) = best.samples(observed([(0.0, WHOLE)]), BodySettings(), network)
    assert sample.look.shape == (network.dimensions,)
    assert np.linalg.norm(sample.look) == pytest.approx(1, abs=1e-5)
