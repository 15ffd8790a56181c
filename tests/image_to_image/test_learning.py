"""A tiny conditional GAN learns from its discriminator alone that the source decides the colour."""

import keras
import numpy as np

from tests import helpers
from zoo.image_to_image import ImageToImageGAN, PatchGANDiscriminator, UNetGenerator

COLOURS = np.array([[1, -1, -1], [-1, -1, 1]], np.float32)  # Red for stripes across, else blue.
SIZE, BATCH_SIZE = 16, 8


def batch(random):
    kind = random.integers(0, 2, BATCH_SIZE)
    stripes = np.where(np.arange(SIZE) // 2 % 2, 1.0, -1.0).astype(np.float32)
    across = np.broadcast_to(stripes[:, None, None], (SIZE, SIZE, 3))
    source = np.stack([across if k else across.transpose(1, 0, 2) for k in kind])
    source = source * random.uniform(0.5, 1, (BATCH_SIZE, 1, 1, 1)).astype(np.float32)
    target = np.broadcast_to(COLOURS[kind][:, None, None], source.shape)
    return {"source": source, "target": target}


def gan():
    model = ImageToImageGAN(
        UNetGenerator(depth=3, base_channels=8, num_dropout_blocks=1),
        PatchGANDiscriminator(16, base_channels=8),
        loss_weights={"d_real": 0.5, "d_fake": 0.5, "g_adversarial": 1.0},
        fresh_generator_batch=False, ema_decay=0.9)
    model.compile(*(keras.optimizers.Adam(2e-3, 0.5) for _ in range(2)))
    return model


def distances(model):
    """Distances of the pictures' mean colours to that of the right and of the wrong answer."""
    rows = batch(np.random.default_rng(1))
    seeds = np.tile(np.int32([[1, 2]]), (BATCH_SIZE, 1))
    means = np.mean(model.generate(rows, seeds, training=False), axis=(1, 2))
    right = rows["target"][:, 0, 0]
    return (np.linalg.norm(means - right, axis=1),
            np.linalg.norm(means - right[:, ::-1], axis=1))


def test_the_source_decides_the_colour():
    model = gan()
    right, wrong = distances(model)
    assert right.mean() > 0.8 * wrong.mean()
    random = np.random.default_rng(0)
    helpers.train(model, [batch(random) for _ in range(200)])
    right, wrong = distances(model)
    assert right.mean() < 0.5 * wrong.mean()
    assert (right < wrong).all()
