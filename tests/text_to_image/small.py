"""Small text-to-image GANs and their batches."""

import numpy as np
import tensorflow as tf

from zoo.layers.text_encoder import TextEncoder
from zoo.text_to_image import DFGANDiscriminator, DFGANGenerator, TextToImageGAN

WORDS = ("a", "red", "blue", "square", "disc")
TEXT_DIM = 5
# The last kernels of the affine layers and the gains of D's residuals start at zero.
LATE = ("gamma/dense", "beta/dense", "discriminator/block/down", "discriminator/block/conv")
TWO_SCORE_TERMS = (
    "d_real_realism", "d_real_match", "d_fake_realism", "d_fake_match",
    "d_mismatched_realism", "d_mismatched_match", "d_gradient_penalty", "g_realism",
    "g_match", "g_interpolated")


def tokens(random, size):
    return random.integers(1, len(WORDS) + 2, (size, 4)).astype(np.int32)


def pictures(random, size, image_size):
    return random.uniform(-1, 1, (size, image_size, image_size, 3)).astype(np.float32)


def gan(networks, *args, model_class=TextToImageGAN, **kwargs):
    encoder = TextEncoder(WORDS, "convolution", embedding_dim=4, units=3, output_dim=TEXT_DIM)
    return model_class(*networks, encoder, *args, **kwargs)


def df_gan_networks(channels=(8, 6), head="joint"):
    return (DFGANGenerator(channels, latent_dim=3, text_dim=TEXT_DIM),
            DFGANDiscriminator(channels, text_dim=TEXT_DIM, head=head))


def df_gan(*terms, **kwargs):
    return gan(df_gan_networks(), **{"loss_weights": dict.fromkeys(terms, 1.0)} | kwargs)


def batch_of_8_pixels(size=4, seed=0):
    random = np.random.default_rng(seed)
    return {name: tf.constant(value) for name, value in {
        "tokens": tokens(random, size), "image": pictures(random, size, 8),
        "mismatched_image": pictures(random, size, 8),
        "mismatched_tokens": tokens(random, size), "fresh_tokens": tokens(random, size)}.items()}


def packs_of_two(random, size):
    two = [pictures(random, size, 8) for _ in range(2)]
    return {"tokens": tokens(random, size), "image": np.concatenate(two, axis=-1),
            "mismatched_tokens": tokens(random, size)}
