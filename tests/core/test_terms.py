import pytest

from tests.toy import ToyGAN, toy_gan
from zoo.core import terms
from zoo.errors import RequestError

DEFAULTS = {"d_real": 1.0, "g_adversarial": 0.5, "g_l1": 2.0}


def test_none_means_the_defaults():
    assert terms.checked(None, DEFAULTS, ("g_l1",), True) == DEFAULTS
    assert terms.checked(None, DEFAULTS, ("g_l1",), False) == {"g_l1": 2.0}
    assert terms.checked({"g_l1": 1}, DEFAULTS, (), True) == {"g_l1": 1}


def test_a_misspelt_term_names_the_nearest_and_a_strange_one_all():
    with pytest.raises(RequestError, match="no term 'g_adverserial'. Did you mean 'g_adversarial'"):
        terms.checked({"g_adverserial": 1.0}, DEFAULTS, (), True)
    with pytest.raises(RequestError, match="Valid: d_real, g_adversarial, g_l1"):
        terms.checked({"zzz": 0.0}, DEFAULTS, (), True)


def test_a_term_of_d_needs_d():
    with pytest.raises(RequestError, match="d_real is on and there is no discriminator.*g_l1"):
        terms.checked({"g_l1": 1.0, "d_real": 1.0}, DEFAULTS, ("g_l1",), False)
    assert terms.checked({"g_l1": 1.0, "d_real": 0.0}, DEFAULTS, ("g_l1",), False)
    with pytest.raises(RequestError, match="give one; no term of this model does without.$"):
        terms.checked({"d_real": 1.0}, DEFAULTS, (), False)


def test_a_model_checks_its_weights_and_compiling_that_g_is_trained():
    model = toy_gan()
    networks = model.generator, model.discriminator
    assert ToyGAN(*networks).loss_weights == ToyGAN.default_loss_weights
    with pytest.raises(RequestError, match="Did you mean 'd_real'"):
        ToyGAN(*networks, loss_weights={"d_reel": 1.0})
    for weights in ({}, {"d_real": 1.0, "g_adversarial": 0.0}):
        with pytest.raises(RequestError, match="no term of G is on; there are g_adversarial"):
            ToyGAN(*networks, loss_weights=weights).compile("adam", "adam")
