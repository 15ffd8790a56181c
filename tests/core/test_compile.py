"""What `AdversarialModel.compile` refuses."""

import keras
import pytest

from tests.toy import ToyGAN, linear_gan
from zoo.errors import RequestError

D_TERMS = ("d_real", "d_fake", "g_adversarial")


@pytest.mark.parametrize("name", ["generator", "discriminator"])
def test_an_optimizer_without_variables_is_an_error(name):
    model = linear_gan()
    getattr(model, name).trainable = False
    with pytest.raises(ValueError, match=f"{getattr(model, name).name} has no trainable weights"):
        model.compile(keras.optimizers.Adam(), keras.optimizers.Adam())


def test_terms_of_a_discriminator_need_one_and_its_optimizer():
    with pytest.raises(ValueError, match="no D or no discriminator_optimizer"):
        linear_gan().compile(keras.optimizers.Adam())
    with pytest.raises(RequestError, match="d_real is on and there is no discriminator"):
        ToyGAN(linear_gan().generator, None, dict.fromkeys(D_TERMS, 1.0))
