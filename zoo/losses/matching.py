"""Matching two views of an example by contrast with the rest of the batch."""

import tensorflow as tf


def symmetric_softmax(text_embedding, image_embedding, logit_scale, all_texts, all_images, first):
    """Cross entropy of finding the partner, text to image and image to text, averaged.

    Radford et al. 2021, figure 3.

    Args:
        text_embedding, image_embedding: float32 `(batch, dim)`, unit length, row i the partners.
        logit_scale: scalar factor on cosine similarities.
        all_texts, all_images: float32 `(global_batch, dim)`, the candidates.
        first: row of the candidates at which this batch begins.

    Returns:
        float32 `(batch,)` in [0, inf).
    """
    partners = first + tf.range(tf.shape(text_embedding)[0])
    by_text = logit_scale * tf.matmul(text_embedding, all_images, transpose_b=True)
    by_image = logit_scale * tf.matmul(image_embedding, all_texts, transpose_b=True)
    cross_entropy = tf.nn.sparse_softmax_cross_entropy_with_logits
    return 0.5 * (cross_entropy(partners, by_text) + cross_entropy(partners, by_image))
