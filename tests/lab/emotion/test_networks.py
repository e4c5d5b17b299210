"""The networks of the literature, exactly; ours, at any input size."""

import numpy as np
import pytest

from analyzer.errors import AnalyzerError

pytestmark = pytest.mark.slow


@pytest.fixture
def networks():
    """The module, which loads tensorflow: not at collection, which `make test-fast` waits for."""
    from analyzer.lab.emotion import networks

    return networks


def test_depthwise_has_the_published_number_of_parameters(networks):
    model = networks.build("depthwise", input_size=224)
    trainable = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    assert model.count_params() == 2_286_631
    assert trainable == 2_272_935
    assert model.output_shape == (None, 7)


def test_default_network_takes_any_input_size(networks):
    model = networks.build("slim_resnet", input_size=None)
    assert model.count_params() == 2_314_311
    for size in (16, 32, 48):
        logits = model(np.zeros((2, size, size, 1), np.float32))
        assert tuple(logits.shape) == (2, 7)


def test_four_layer_network_answers_seven_classes(networks):
    assert networks.build("cnn4").output_shape == (None, 7)


def test_transfer_network_trains_from_scratch_without_weights(networks):
    assert networks.build("resnet50v2", input_size=64).output_shape == (None, 7)


def test_an_unknown_network_names_those_there_are(networks):
    with pytest.raises(AnalyzerError, match="slim_resnet"):
        networks.build("vgg")
