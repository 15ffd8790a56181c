"""A tiny DF-GAN learns that the caption decides the colour of the picture."""

import keras
import numpy as np

from tests import helpers
from zoo.layers.text_encoder import TextEncoder
from zoo.text_to_image import DFGANDiscriminator, DFGANGenerator, TextToImageGAN

COLOURS = np.array([[1, -1, -1], [-1, -1, 1]], np.float32)  # Red, blue.
CAPTIONS = np.array([[2, 4], [3, 4]], np.int32)  # "red square", "blue square".
SIZE, BATCH_SIZE = 16, 16


def batch(random):
    """Squares of the caption's colour somewhere on grey; a wrong caption is the other one."""
    colour = random.integers(0, 2, BATCH_SIZE)
    image = np.zeros((BATCH_SIZE, SIZE, SIZE, 3), np.float32)
    for row, (top, left) in enumerate(random.integers(0, 5, (BATCH_SIZE, 2))):
        image[row, top:top + 12, left:left + 12] = COLOURS[colour[row]]
    return {"image": image, "tokens": CAPTIONS[colour], "mismatched_tokens": CAPTIONS[1 - colour]}


def gan(discriminator, weights, encoder_channels=(), **kwargs):
    encoder = TextEncoder(("red", "blue", "square"), "convolution", 8, 8, output_dim=16)
    model = TextToImageGAN(
        DFGANGenerator((16, 16, 8), latent_dim=8, text_dim=16, seed_from_text=True,
                       encoder_channels=encoder_channels),
        discriminator, encoder, loss_weights=weights, fresh_generator_batch=False, ema_decay=0.95,
        **kwargs)
    model.compile(generator_optimizer=keras.optimizers.Adam(1e-3, 0.0, 0.9),
                  discriminator_optimizer=keras.optimizers.Adam(2e-3, 0.0, 0.9))
    return model


def distances(model):
    """Distances of the pictures' mean colours to that of the right and of the wrong pictures."""
    noise = np.random.default_rng(1).standard_normal((32, 8)).astype(np.float32)
    tokens = np.repeat(CAPTIONS, 16, axis=0)
    means = np.mean(model.generate({"tokens": tokens}, noise, training=False), axis=(1, 2))
    true = np.repeat(COLOURS, 16, axis=0) * (12 / SIZE) ** 2
    wrong = true[::-1]
    return (np.linalg.norm(means - true, axis=1), np.linalg.norm(means - wrong, axis=1))


def test_the_caption_decides_the_colour():
    model = gan(DFGANDiscriminator((16, 16, 8), text_dim=16, initial_gain=1.0),
                {"d_real": 1.0, "d_fake": 0.5, "d_mismatched": 0.5, "g_adversarial": 1.0})
    right, wrong = distances(model)
    assert right.mean() > 0.8 * wrong.mean()
    random = np.random.default_rng(0)
    helpers.train(model, [batch(random) for _ in range(300)])
    right, wrong = distances(model)
    assert right.mean() < 0.5 * wrong.mean()
    assert (right < wrong).all()


def test_packs_make_g_draw_both_right_answers_to_a_caption():
    """"square" stands for red and blue ones; D sees two of them at once."""
    random = np.random.default_rng(0)

    def packed():
        pictures = [batch(random)["image"] for _ in range(2)]
        return {"image": np.concatenate(pictures, axis=-1),
                "tokens": np.full((BATCH_SIZE, 1), 4, np.int32)}

    model = gan(DFGANDiscriminator((16, 16, 8), text_dim=16, image_channels=6, initial_gain=1.0),
                {"d_real": 1.0, "d_fake": 1.0, "g_adversarial": 1.0}, packing=2)
    helpers.train(model, [packed() for _ in range(300)])
    noise = np.random.default_rng(1).standard_normal((64, 8)).astype(np.float32)
    drawn = np.mean(model.generate(
        {"tokens": np.full((64, 1), 4, np.int32)}, noise, training=False), axis=(1, 2))
    redness = drawn[:, 0] - drawn[:, 2]
    assert (redness > 0.5).sum() > 12 and (redness < -0.5).sum() > 12, redness


def test_an_encoder_makes_g_draw_both_right_answers_where_it_would_draw_their_average():
    """No D at all: a squared distance, to the picture that each draw's noise was encoded from."""
    random = np.random.default_rng(0)
    weights = {"g_reconstruction_l2": 10.0, "g_encoder_kl": 0.1}
    model = gan(None, weights, encoder_channels=(16, 16, 8))
    helpers.train(model, [batch(random) | {"tokens": np.full((BATCH_SIZE, 1), 4, np.int32)}
                          for _ in range(200)])
    noise = np.random.default_rng(1).standard_normal((64, 8)).astype(np.float32)
    drawn = np.mean(model.draw(model.embed(np.full((64, 1), 4, np.int32)), noise, training=False),
                    axis=(1, 2))
    redness = drawn[:, 0] - drawn[:, 2]
    assert (redness > 0.5).sum() > 12 and (redness < -0.5).sum() > 12, redness
