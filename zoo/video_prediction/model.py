"""Video prediction: D judges the next frame together with the past, and also sees wrong pasts."""

import keras
import numpy as np
import tensorflow as tf

from zoo.core import distribution
from zoo.core.adversarial import AdversarialModel
from zoo.data import image
from zoo.errors import RequestError
from zoo.layers.pyramid import pyramid
from zoo.losses.adversarial import ADVERSARIAL_LOSSES
from zoo.losses.gradient_difference import gradient_difference
from zoo.losses.reconstruction import l1, l2
from zoo.video_prediction import rollout

LP_LOSSES = {1: l1, 2: l2}  # Mathieu et al. 2016, eq. 5, as means instead of sums.


@keras.saving.register_keras_serializable("zoo")
class VideoPredictionGAN(AdversarialModel):
    """Mathieu et al. 2016, with wrong pairs: a real next frame after another clip's past.

    Terms, each on where `loss_weights` names it: `d_real` (past, its next frame), `d_fake` (past,
    generated frame), `d_mismatched` (another clip's past, real next frame), `g_adversarial`, and
    the distances to the true frame `g_lp` and `g_gradient_difference`. Each is a mean over the
    scales that G predicts at; without those of D and `g_adversarial`, `discriminator` may be None.

    Args:
        generator, discriminator: networks as `MultiScaleGenerator` and `MultiScaleDiscriminator`,
            or `DNAGenerator` and `FramePatchDiscriminator`.
        adversarial_loss: key of `ADVERSARIAL_LOSSES`.
        lp_power: p of `g_lp`, 1 or 2.
        kwargs: see `AdversarialModel`.

    Batches: `context` float32 `(n, time, height, width, 3)` in [-1, 1], `next_frame`
        `(n, height, width, 3)`, and `mismatched_context` where `d_mismatched` is on.
    """

    default_loss_weights = {"d_real": 1.0, "d_fake": 0.5, "d_mismatched": 0.5,
                            "g_adversarial": 0.05, "g_lp": 1.0, "g_gradient_difference": 1.0}
    terms_without_discriminator = ("g_lp", "g_gradient_difference")

    def __init__(self, generator, discriminator=None, adversarial_loss="non_saturating",
                 lp_power=2, **kwargs):
        super().__init__(generator, discriminator, **kwargs)
        self.adversarial_loss = adversarial_loss
        self.lp_power = lp_power

    def condition(self, inputs):
        """Takes past frames, `(n, time, height, width, 3)`, uint8 or float32 in [-1, 1].

        The last `context_frames` are used; sides are multiples of the generator's, `sample` takes
        any. The result is the next frame.
        """
        return {"context": image.as_float(inputs)[:, -self.generator.context_frames:]}

    def sample(self, conditions, seed=0, num_frames=16):
        """Predicts frame by frame.

        Args:
            conditions: past frames, uint8 `(n, time, height, width, 3)`, at least `context_frames`
                of them, sides of 8 pixels or more.
            seed: int, of the noise.
            num_frames: how many to predict.

        Returns:
            uint8 `(n, num_frames, height, width, 3)`.

        Raises:
            RequestError: no such frames.
        """
        frames, needed = np.asarray(conditions), self.generator.context_frames
        if (frames.dtype != np.uint8 or frames.ndim != 5 or frames.shape[-1] != 3
                or frames.shape[1] < needed or min(frames.shape[2:4]) < 8 or num_frames < 1):
            raise RequestError(
                f"frames: {frames.dtype} of shape {frames.shape}; give uint8 (n, time, height, "
                f"width, 3), {needed} or more of them with sides of 8 or more pixels, and a "
                "num_frames of 1 or more.")
        return rollout.roll_out_many(self, frames, num_frames, seed)

    def generate(self, batch, noise, training):
        """Returns the next frame at each scale, a tuple with the full size last."""
        network = self.generator if training else self.ema_generator
        return network(batch["context"], noise, training=training)

    def discriminator_losses(self, batch, fake, training=True):
        loss, context = ADVERSARIAL_LOSSES[self.adversarial_loss], batch["context"]
        real = pyramid(batch["next_frame"], len(fake))
        terms = {}
        if self.is_on("d_real"):
            terms["d_real"] = self._judged(loss.real, context, real, training)
        if self.is_on("d_fake"):
            terms["d_fake"] = self._judged(loss.fake, context, fake, training)
        if self.is_on("d_mismatched"):
            terms["d_mismatched"] = self._judged(
                loss.fake, batch["mismatched_context"], real, training)
        return terms

    def generator_losses(self, batch, fake, training=True):
        real = pyramid(batch["next_frame"], len(fake))
        terms = {}
        if self.is_on("g_adversarial"):
            loss = ADVERSARIAL_LOSSES[self.adversarial_loss].generator
            terms["g_adversarial"] = self._judged(loss, batch["context"], fake, training)
        if self.is_on("g_lp"):
            terms["g_lp"] = _mean_over_scales(map(LP_LOSSES[self.lp_power], real, fake))
        if self.is_on("g_gradient_difference"):
            terms["g_gradient_difference"] = _mean_over_scales(
                map(gradient_difference, real, fake))
        return terms

    def _judged(self, loss, context, frames, training):
        logits = self.discriminator(context, frames, training=training)
        return _mean_over_scales(map(loss, logits))

    def sample_noise(self, seed, batch_size):
        if not self.generator.latent_dim:
            return None
        return distribution.normal(seed, batch_size, (self.generator.latent_dim,))

    def get_config(self):
        return super().get_config() | {
            "adversarial_loss": self.adversarial_loss, "lp_power": self.lp_power}


def _mean_over_scales(terms):
    return tf.reduce_mean(tf.stack(list(terms)), axis=0)
