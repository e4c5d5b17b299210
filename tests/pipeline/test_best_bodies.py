"""Which pictures of a tracklet's body are kept."""

import numpy as np

from analyzer.pipeline.best_bodies import MOST_STRETCHES, BestBodies, BodyPictures
from analyzer.types import Box, Detection, Frame, Moment, PersonDetection

WIDTH, HEIGHT = 320, 240
CUT, WHOLE = Box(100, 150, 40, 90), Box(100, 60, 40, 90)


def frame(t, seed=0):
    planes = np.random.default_rng(seed).integers(0, 255, (HEIGHT * 3 // 2, WIDTH), dtype=np.uint8)
    return Frame(Moment(round(t * 1000), t), planes, WIDTH, HEIGHT)


def person(box):
    return PersonDetection(None, Detection(box, 0.9, "person"))


def considered(best, *seen):
    for t, box in seen:
        best.consider(frame(t, seed=round(t * 1000)), person(box), [person(box)])
    return best


def test_half_a_person_is_not_kept_beside_a_whole_one():
    best = considered(BestBodies(), (0.0, CUT), (2.0, WHOLE), (4.0, WHOLE), (6.0, CUT))
    kept = best.samples(3, crops=True)
    assert {body.moment.t for body in kept} >= {2.0, 4.0}
    top = max(kept, key=lambda body: body.quality.score)
    assert top.moment.t in {2.0, 4.0} and top.quality.reasons == ()


def test_somebody_who_is_never_seen_whole_has_a_picture_and_the_reason():
    (only,) = considered(BestBodies(), (0.0, CUT)).samples(3, crops=True)
    assert only.quality.reasons == ("cut off by the border",)
    assert only.jpeg


def test_a_box_that_is_suddenly_higher_holds_two_people_and_is_passed_over():
    usual = [(0.2 * i, WHOLE) for i in range(20)]
    usual[9] = (1.8, Box(100, 30, 40, 120))
    kept = considered(BestBodies(), *usual).samples(3, crops=True)
    assert 1.8 not in {body.moment.t for body in kept}


def test_what_is_held_does_not_grow_with_the_time_somebody_is_seen():
    best = considered(BestBodies(), *((0.2 * i, WHOLE) for i in range(600)))
    assert len(best.samples(1000, crops=False)) <= MOST_STRETCHES
    kept = best.samples(3, crops=False)
    assert len(kept) == 3 and all(body.jpeg == b"" for body in kept)
    assert np.diff([body.moment.t for body in kept]).max() > 10


def test_pictures_before_the_segments_own_time_serve_only_who_has_no_other():
    pictures = BodyPictures(start_pts=2000)
    for number, times in ((1, (1.0, 2.0)), (2, (1.0,))):
        for t in times:
            one = person(WHOLE)
            pictures.consider(number, frame(t), one, [one])
    assert [b.moment.t for b in pictures.samples(1, 3, True)] == [2.0]
    assert [b.moment.t for b in pictures.samples(2, 3, True)] == [1.0]
