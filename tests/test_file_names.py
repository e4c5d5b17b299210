"""Names of files and people: escaped without loss, compared as a person reads them."""

import os
import unicodedata

import pytest

from analyzer.file_names import composed, escaped, unescaped


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        (b"cam 1.mp4", "cam 1.mp4"),
        (b"K\xfcche.mp4", r"K\xfcche.mp4"),
        ("Küche 🎥.mp4".encode(), "Küche 🎥.mp4"),
        (rb"K\xfcche.mp4", r"K\x5cxfcche.mp4"),
        (rb"a\x5c.mp4", r"a\x5cx5c.mp4"),
        (rb"back\slash.mp4", r"back\slash.mp4"),
        (b"\xff\xfe", r"\xff\xfe"),
        (b"two\nlines", "two\nlines"),
        (b"\x8f\x82\x82", r"\x8f\x82\x82"),
    ],
)
def test_a_name_is_shown_as_text_and_comes_back_as_it_is_on_the_disk(stored, shown):
    name = os.fsdecode(stored)
    assert escaped(name) == shown
    assert os.fsencode(unescaped(shown)) == stored
    escaped(name).encode()


def test_names_are_compared_composed():
    typed = "José Müller"
    assert composed(unicodedata.normalize("NFD", typed)) == composed(typed) == typed
