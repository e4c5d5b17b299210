"""Figures of the description of clothes, and the command on a recording made here."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from analyzer.errors import AnalyzerError
from analyzer.lab.clothing.commands import evaluate
from analyzer.lab.clothing.evaluate import Answer, alternatives, figures
from tests.clothing.drawn import BOX, person, street


def answer(right: str, told: str | None, video: str = "a.mp4") -> Answer:
    words = None if told is None else frozenset(told.split(" and "))
    return Answer(video, "upper", True, alternatives(right, "labels"), words, 0.8)


def test_alternatives_and_order_of_words_are_right() -> None:
    rows = [answer("red|orange", "orange"), answer("white and blue", "blue and white")]
    assert figures(rows)["all"]["share_right"] == 1


def test_half_of_two_colours_is_wrong_and_silence_is_not() -> None:
    part = figures([answer("white and blue", "blue"), answer("red", None)])["upper"]
    assert (part["n"], part["told"], part["right"]) == (2, 1, 0)


def test_what_nobody_could_label_counts_apart() -> None:
    part = figures([answer("unknown", "red"), answer("red", "red")])["all"]
    assert (part["n"], part["right"], part["told_though_unknown"]) == (1, 1, 1)


def test_a_word_that_is_no_colour_is_refused() -> None:
    with pytest.raises(AnalyzerError, match="beige"):
        alternatives("beige", "labels.csv")


@pytest.mark.slow
def test_the_command_scores_a_recording(tmp_path: Path) -> None:
    clip = cv2.VideoWriter(
        str(tmp_path / "street.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 5, (640, 360)
    )
    for _ in range(5):
        clip.write(person(street(), "red", "blue"))
    clip.release()
    box = f"{BOX.x},{BOX.y},{BOX.w},{BOX.h}"
    labels = tmp_path / "labels.csv"
    labels.write_text(
        f"video,t,x,y,w,h,upper,lower\nstreet.avi,0.2,{box},red,blue\nstreet.avi,0.6,{box},red,black\n"
    )
    result = evaluate(labels, None, lambda _: None)
    assert (result["all"]["told"], result["all"]["right"]) == (4, 3)
    assert result["upper"]["share_right"] == 1
