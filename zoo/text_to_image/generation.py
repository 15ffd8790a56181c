"""From captions to pictures with the averaged generator, for samples, metrics and serving."""

import tensorflow as tf

from zoo.data import image


def noise(seed, count, latent_dim):
    """Returns standard normal noise, float32 `(count, latent_dim)`, a pure function of the seed.

    Args:
        seed: integer scalar, any int64.
    """
    return tf.random.stateless_normal(
        (count, latent_dim), tf.stack([tf.cast(seed, tf.int64), 0]), alg="philox")


def generate(model, tokens, latents):
    """Returns uint8 pictures `(n, height, width, channels)` of the averaged generator.

    Args:
        model: `TextToImageGAN`.
        tokens: int32 `(n, length)`.
        latents: float32 `(n, latent_dim)`.
    """
    return image.to_uint8(model.generate({"tokens": tokens}, latents, training=False))


def generate_many(model, tokens, latents, batch_size=64):
    """Like `generate`, for any number of rows in bounded memory."""
    parts = [generate(model, tokens[i:i + batch_size], latents[i:i + batch_size])
             for i in range(0, len(tokens), batch_size)]
    return tf.concat(parts, axis=0).numpy()
