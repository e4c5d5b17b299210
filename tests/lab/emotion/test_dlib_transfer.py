"""dlib's face network in Keras gives dlib's vectors, and starts an expression network."""

import cv2
import numpy as np
import pytest

from analyzer.faces.dlib_network import MEAN_RGB, SCALE, SIDE, DlibWeights, load_network
from tests.places import PORTRAITS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def transfer():
    """The module, which loads tensorflow: not at collection, which `make test-fast` waits for."""
    from analyzer.lab.emotion import dlib_transfer

    return dlib_transfer


def test_grey_faces_get_the_vectors_of_dlib(transfer):
    import keras

    path = transfer.dlib_file()
    greys = [cv2.resize(cv2.imread(str(p), cv2.IMREAD_GRAYSCALE), (SIDE, SIDE)) for p in PORTRAITS]
    inputs = keras.Input((SIDE, SIDE, 1))
    pooled = keras.layers.GlobalAveragePooling2D()(transfer.backbone(inputs)[-1])
    model = keras.Model(inputs, pooled)
    transfer.load_dlib(model, path)
    data = path.read_bytes()
    dense = DlibWeights(data, data.rindex(b"\x04fc_2")).take("dense").reshape(256, 128)
    pictures = np.array(greys[:2], np.float32)[..., None]
    ours = keras.ops.convert_to_numpy(model(pictures)) @ dense

    net = load_network(path)
    colours = [cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR) for grey in greys[:2]]
    net.setInput(cv2.dnn.blobFromImages(colours, SCALE, mean=MEAN_RGB, swapRB=True))
    assert np.abs(ours - net.forward()).max() < 1e-4


def test_the_expression_network_starts_from_dlib(transfer):
    from analyzer.lab.emotion import networks

    model = networks.build("dlib_face", input_size=48, inner_px=67, weights="dlib")
    kernel, bias = model.get_layer("s3u1b").get_weights()
    plain = networks.build("dlib_face", input_size=48, inner_px=67)
    assert np.abs(kernel - plain.get_layer("s3u1b").get_weights()[0]).max() > 0.01
    assert np.abs(bias).max() > 0.1
    assert model(np.zeros((2, 48, 48, 1), np.float32)).shape == (2, 7)


def test_another_file_is_refused(transfer, tmp_path):
    from analyzer.lab.emotion import networks

    (tmp_path / "net.dat").write_bytes(b"nothing of the kind")
    with pytest.raises(ValueError, match="subsection not found"):
        transfer.load_dlib(networks.build("dlib_face", inner_px=67), tmp_path / "net.dat")
