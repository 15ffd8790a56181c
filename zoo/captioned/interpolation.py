"""The way from one picture to another, through the embedding of the text or through the noise."""

import numpy as np
import tensorflow as tf

from zoo.captioned import generation

_NEARLY_PARALLEL = 1e-6  # Sine of the angle.


def slerp(start, end, shares):
    """Spherical interpolation (Shoemake 1985, section 3.3), for Gaussian noise as in White 2016.

    In many dimensions normal noise lies near a sphere; the straight line between two draws
    leaves it, and with it what the generator has seen.

    Args:
        start, end: float `(n,)`; of unequal length the length changes along the way too.
        shares: float `(m,)` in [0, 1], the share of the way gone.

    Returns:
        float32 `(m, n)`; a straight line where no angle, or no single plane, lies between.
    """
    start, end = np.asarray(start, np.float64), np.asarray(end, np.float64)
    shares = np.asarray(shares, np.float64)[:, None]
    lengths = max(np.linalg.norm(start) * np.linalg.norm(end), np.finfo(float).tiny)
    angle = np.arccos(np.clip(start @ end / lengths, -1, 1))
    if np.sin(angle) < _NEARLY_PARALLEL:
        return lerp(start, end, shares[:, 0])
    weights = np.sin((1 - shares) * angle), np.sin(shares * angle)
    return ((weights[0] * start + weights[1] * end) / np.sin(angle)).astype(np.float32)


def lerp(start, end, shares):
    """Linear interpolation; arguments and result as for `slerp`."""
    start, end = np.asarray(start, np.float64), np.asarray(end, np.float64)
    shares = np.asarray(shares, np.float64)[:, None]
    return ((1 - shares) * start + shares * end).astype(np.float32)


def frames(model, tokenizer, captions, latents, count):
    """Draws the steps between two captions with one noise, or between two noises of one caption.

    Args:
        model: `CaptionedGAN`.
        tokenizer: `zoo.data.text.Tokenizer`.
        captions: two captions, whose embeddings are interpolated linearly; or one.
        latents: float32 `(2, latent_dim)`; two captions take the first row, one caption
            goes along the sphere from the first row to the second.
        count: steps, both ends counted in.

    Returns:
        uint8 `(count, height, width, channels)`.
    """
    shares = np.linspace(0, 1, count)
    embeddings = model.embed(tokenizer(tf.constant(captions))).numpy()
    latents = np.asarray(latents)
    if len(captions) == 2:
        embeddings = lerp(*embeddings, shares)
        latents = np.repeat(latents[:1], count, axis=0)
    else:
        embeddings = np.repeat(embeddings, count, axis=0)
        latents = slerp(*latents, shares)
    return generation.generate_many(
        model, embeddings, latents, generate_batch=generation.generate_embedded)
