"""From captions to pictures with the averaged generator, for samples, metrics and serving."""

import numpy as np
import tensorflow as tf

from zoo.data import image, text
from zoo.data.served import seeds

STAGES = ("stage_one", "stage_two", "stage_three", "stage_four")  # Those before the last.


def noise(seed, count, latent_dim):
    """Returns standard normal noise, float32 `(count, latent_dim)`, a pure function of the seed.

    Args:
        seed: integer scalar, any int64.
    """
    return seeds.drawn(seed, (count, latent_dim))


def truncated(latents, bound):
    """Makes normal noise truncated normal: the truncation trick (Brock et al. 2019, section 3.1).

    Where the paper draws again what lies outside, this moves each component to the same quantile
    of the normal distribution truncated to [-bound, bound]. The distribution is the same, and one
    seed shows one picture at every bound, ever nearer to the typical one.

    Args:
        latents: float32 standard normal noise, any shape.
        bound: float, above 0.

    Returns:
        float32, the same shape.
    """
    root = tf.constant(2.0, tf.float64) ** 0.5
    central = tf.math.erf(tf.cast(latents, tf.float64) / root)
    moved = root * tf.math.erfinv(central * tf.math.erf(tf.cast(bound, tf.float64) / root))
    return tf.cast(tf.clip_by_value(moved, -bound, bound), tf.float32)


def generate(model, tokens, latents):
    """Returns uint8 pictures `(n, height, width, channels)` of the averaged generator.

    Args:
        model: `CaptionedGAN`.
        tokens: int32 `(n, length)`.
        latents: float32 `(n, noise_dim)`.
    """
    return generate_embedded(model, model.embed(tokens), latents)


def generate_embedded(model, embeddings, latents):
    """Like `generate`, from text embeddings, float32 `(n, text_dim)`."""
    return image.to_uint8(model.stages(embeddings, latents)[-1])


def generate_stages(model, tokens, latents):
    """Like `generate`; returns a tuple with a tensor of pictures for each stage, the last last."""
    return tuple(map(image.to_uint8, model.stages(model.embed(tokens), latents)))


def generate_many(model, texts, latents, batch_size=64, generate_batch=generate):
    """Like `generate_batch`, for any number of rows in bounded memory, as NumPy arrays."""
    parts = [generate_batch(model, texts[i:i + batch_size], latents[i:i + batch_size])
             for i in range(0, len(texts), batch_size)]
    return tf.nest.map_structure(lambda *pictures: np.concatenate(pictures), *parts)


def beside_truth(model, pictures, count, seed):
    """Generates a picture for each main caption of a split's first `count` examples.

    Returns:
        (true pictures uint8 `(count, height, width, channels)`, tuple of the generated ones, an
        array for each stage; the last is as large as the true ones).
    """
    tokens = text.tokenizer_for(model.text_encoder)(
        tf.constant([captions[0] for captions in pictures.captions[:count]]))
    stages = generate_many(model, tokens, noise(seed, count, model.noise_dim),
                           generate_batch=generate_stages)
    encoded = tf.constant(pictures.pictures(range(count)))
    return image.to_uint8(image.decode(encoded, stages[-1].shape[1])).numpy(), stages
