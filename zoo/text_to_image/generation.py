"""From captions to pictures with the averaged generator, for samples, metrics and serving."""

import tensorflow as tf

from zoo.data import image, text


def noise(seed, count, latent_dim):
    """Returns standard normal noise, float32 `(count, latent_dim)`, a pure function of the seed.

    Args:
        seed: integer scalar, any int64.
    """
    return tf.random.stateless_normal(
        (count, latent_dim), tf.stack([tf.cast(seed, tf.int64), 0]), alg="philox")


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
        model: `TextToImageGAN`.
        tokens: int32 `(n, length)`.
        latents: float32 `(n, latent_dim)`.
    """
    return image.to_uint8(model.generate({"tokens": tokens}, latents, training=False))


def generate_embedded(model, embeddings, latents):
    """Like `generate`, from text embeddings, float32 `(n, text_dim)`."""
    return image.to_uint8(model.ema_generator(latents, embeddings, training=False))


def generate_many(model, texts, latents, batch_size=64, generate_batch=generate):
    """Like `generate_batch`, for any number of rows in bounded memory."""
    parts = [generate_batch(model, texts[i:i + batch_size], latents[i:i + batch_size])
             for i in range(0, len(texts), batch_size)]
    return tf.concat(parts, axis=0).numpy()


def beside_truth(model, pictures, count, seed):
    """Generates a picture for each main caption of a split's first `count` examples.

    Returns:
        (true pictures, generated pictures), each uint8 `(count, height, width, channels)`.
    """
    tokens = text.Tokenizer(model.text_encoder.vocabulary)(
        tf.constant([captions[0] for captions in pictures.captions[:count]]))
    fake = generate_many(model, tokens, noise(seed, count, model.generator.latent_dim))
    encoded = tf.constant(pictures.pictures(range(count)))
    return image.to_uint8(image.decode(encoded, fake.shape[1])).numpy(), fake
