"""Terms for conditions with several right answers; one number an example."""

import tensorflow as tf

from zoo.losses.reconstruction import l1

# Added to the ratio of distances in `mode_seeking`: what two equal pictures cost is 1 / this.
_EPSILON = 0.01


def nearest(distances):
    """The distance of each right answer to the draw that is nearest to it, and that one alone.

    Where a term pulls every draw to the right answers, draws become their average. Here the others
    stay free: conditional implicit maximum likelihood (Li et al. 2020, section 3). With the roles
    exchanged it is the distance of each draw to the right answer that is nearest to it.

    Args:
        distances: list with a list for each right answer: of float32 `(batch,)`, its distances to
            the draws for its condition.

    Returns:
        float32 `(batch,)`, the mean over the right answers.
    """
    found = [tf.reduce_min(tf.stack(of_answer), axis=0) for of_answer in distances]
    return tf.add_n(found) / len(found)


def mode_seeking(first, second, first_noise, second_noise):
    """Asks two draws for one condition to differ as much as their noises do.

    Mao et al. 2019, eq. 5 and 6: the ratio of both distances, to be made large; as in the released
    code its inverse is made small. Distances are mean absolute differences.

    Args:
        first, second: float `(batch, …)`.
        first_noise, second_noise: float `(batch, …)`, what they were drawn with.

    Returns:
        float32 `(batch,)` in (0, 100].
    """
    return 1.0 / (l1(first, second) / l1(first_noise, second_noise) + _EPSILON)
