"""StackGAN: Stage I, Stage II on a frozen Stage I, and StackGAN++ with all stages at once."""

import keras
import tensorflow as tf

from zoo.captioned.model import CaptionedGAN
from zoo.captioned.two_scores import TwoScores
from zoo.data import packs
from zoo.layers.pyramid import pyramid
from zoo.losses.color_consistency import color_consistency
from zoo.losses.divergence import standard_normal_divergence


@keras.saving.register_keras_serializable("zoo")
class StageIGAN(CaptionedGAN):
    """Stage I of StackGAN (Zhang et al. 2017, section 3.3).

    A term beside those of `CaptionedGAN`: `g_kl`, the divergence of the conditioning augmentation
    from the standard normal distribution (eq. 4, with the discriminator's terms of eq. 3).

    Args:
        generator, discriminator: `StageIGenerator`, `StageDiscriminator`.
        args, kwargs: see `CaptionedGAN`.
    """

    default_loss_weights = CaptionedGAN.default_loss_weights | {"g_kl": 2.0}
    terms_without_discriminator = (*CaptionedGAN.terms_without_discriminator, "g_kl")

    @property
    def noise_dim(self):
        return self.generator.noise_dim

    def generator_losses(self, batch, fake, training=True):
        terms = super().generator_losses(batch, fake, training)
        if self.is_on("g_kl"):
            network = self.generator if training else self.ema_generator
            terms["g_kl"] = standard_normal_divergence(
                *network.condition.statistics(self.embed(batch["tokens"])))
        return terms


@keras.saving.register_keras_serializable("zoo")
class StageIIGAN(StageIGAN):
    """Stage II of StackGAN (Zhang et al. 2017, section 3.4): G starts from Stage I's picture.

    Args:
        generator, discriminator: `StageIIGenerator`, `StageDiscriminator`.
        text_encoder: that of Stage I.
        stage_one: frozen `StageIGenerator`.
        args, kwargs: see `CaptionedGAN`.
    """

    def __init__(self, generator, discriminator, text_encoder, stage_one, *args, **kwargs):
        super().__init__(generator, discriminator, text_encoder, *args, **kwargs)
        self.stage_one = stage_one
        self.stage_one.trainable = False

    @property
    def noise_dim(self):
        return self.stage_one.noise_dim + self.generator.noise_dim

    def draw(self, text, noise, training):
        return self._both(text, noise, training)[1]

    def stages(self, text, noise):
        return self._both(text, noise, training=False)

    def _both(self, text, noise, training):
        of_stage_one = self.stage_one.noise_dim
        small = tf.stop_gradient(self.stage_one(noise[:, :of_stage_one], text, training=False))
        network = self.generator if training else self.ema_generator
        return small, network(noise[:, of_stage_one:], text, small, training=training)

    def shipped_networks(self):
        return super().shipped_networks() | {"stage_one": self.stage_one}

    def get_config(self):
        return super().get_config() | {
            "stage_one": keras.saving.serialize_keras_object(self.stage_one)}


@keras.saving.register_keras_serializable("zoo")
class MultiStageGAN(TwoScores, StageIGAN):
    """StackGAN++ (Zhang et al. 2018): all stages trained together, a two-score D at each size.

    The terms of `TwoScores` at each size, `d_real_realism_64`, `d_real_match_64`, …,
    `g_realism_64`, …; `g_kl`; and `g_color_consistency` (eq. 7), which asks each picture for the
    colours of the smaller one before it, summed over the pairs; that one is a constant there.

    Args:
        generator, discriminator: `MultiStageGenerator`, `MultiStageDiscriminator`.
        args, kwargs: see `CaptionedGAN`.
    """

    terms_without_discriminator = (*StageIGAN.terms_without_discriminator, "g_color_consistency")

    @property
    def default_loss_weights(self):
        rest = {name: weight for name, weight in StageIGAN.default_loss_weights.items()
                if name not in self.judged_terms}
        return rest | {"g_color_consistency": 0.0} | {
            f"{name.removesuffix('_adversarial')}_{score}": 1.0
            for name in self.judged_terms for score in self.scores}

    @property
    def scores(self):
        return tuple(f"{score}_{size}" for score in super().scores
                     for size in self.generator.image_sizes)

    def seen(self, image):
        return pyramid(image, len(self.generator.image_sizes))

    def stages(self, text, noise):
        return self.draw(text, noise, training=False)

    def generator_losses(self, batch, fake, training=True):
        terms = super().generator_losses(batch, fake, training)
        if self.is_on("g_color_consistency"):
            terms["g_color_consistency"] = tf.add_n([
                color_consistency(tf.stop_gradient(smaller), larger)
                for draw in packs.apart(fake, self.draws)
                for smaller, larger in zip(draw, draw[1:])]) / self.draws
        return terms
