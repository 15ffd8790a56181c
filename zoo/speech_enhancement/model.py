"""Speech enhancement: noisy speech is the condition, clean speech the truth, D hears the pair."""

import keras
import numpy as np
import tensorflow as tf

from zoo.core import distribution
from zoo.core.adversarial import AdversarialModel
from zoo.data.audio import SAMPLE_RATE
from zoo.errors import RequestError
from zoo.layers import spectral
from zoo.layers.resampling import resample
from zoo.layers.waveform import level, pre_emphasis
from zoo.losses.adversarial import ADVERSARIAL_LOSSES
from zoo.losses.reconstruction import l1
from zoo.losses.spectral import compressed_spectral_distance
from zoo.speech_enhancement import enhancement
from zoo.speech_enhancement.hparams import SPECTRAL_HOP

_POWER = 0.3  # Of the magnitudes that `g_spectral` compares: about loudness.


@keras.saving.register_keras_serializable("zoo")
class SpeechEnhancementGAN(AdversarialModel):
    """A generator from noisy to clean speech; with its settings SEGAN (Pascual et al. 2017).

    Terms, each on where `loss_weights` names it: `d_real` (noisy, clean), `d_fake` (noisy,
    enhanced), `g_adversarial`, `g_l1` (mean absolute difference to the clean waveform, SEGAN
    eq. 6) and `g_spectral` (distance of compressed spectra, at the noisy window's level). Without
    the `d_…` and `g_adversarial` terms, and without a discriminator: the L1-only baseline.

    Args:
        generator, discriminator: networks as `SEGANGenerator` and `SEGANDiscriminator`.
        adversarial_loss: key of `ADVERSARIAL_LOSSES`.
        pre_emphasis: coefficient of the filter through which `g_l1` compares; 0: none.
        kwargs: see `AdversarialModel`.

    Batches: `noisy` and `clean`, float32 `(n, window)`, 16 kHz, full scale 1; for `g_spectral`
        the window is a multiple of 256 samples.
    """

    default_loss_weights = {"d_real": 1.0, "d_fake": 1.0, "g_adversarial": 1.0, "g_l1": 100.0,
                            "g_spectral": 0.0}
    terms_without_discriminator = ("g_l1", "g_spectral")

    def __init__(self, generator, discriminator=None, adversarial_loss="least_squares",
                 pre_emphasis=0.0, **kwargs):
        super().__init__(generator, discriminator, **kwargs)
        self.adversarial_loss = adversarial_loss
        self.pre_emphasis = pre_emphasis

    def respond(self, inputs, seed, training=False):
        """Enhances noisy samples, float32 `(n, samples)` of any length at 16 kHz, full scale 1.

        As in exported models noise is the same for every window. A batch, or training, is G's
        answer to single windows.
        """
        if isinstance(inputs, dict):
            return super().respond(inputs, seed, training)
        if training:
            return super().respond({"noisy": tf.cast(inputs, tf.float32)}, seed, training)
        return enhancement.enhance(self.ema_generator, tf.cast(inputs, tf.float32))

    def sample(self, conditions, seed=0, sample_rate=SAMPLE_RATE):
        """Enhances noisy sound.

        Args:
            conditions: float samples of full scale 1, `(samples,)` or `(n, samples)`.
            seed: unused; the result is a function of the sound alone.
            sample_rate: of `conditions`, Hz.

        Returns:
            float32, the same shape at the same rate.

        Raises:
            RequestError: no floating point numbers, not finite, or of another shape.
        """
        del seed
        samples = np.asarray(conditions)
        if samples.dtype.kind != "f" or samples.ndim not in (1, 2) or not samples.size:
            raise RequestError(f"samples: {samples.dtype} of shape {samples.shape}; give floats "
                               "of full scale 1, (samples,) or (n, samples).")
        if not np.isfinite(samples).all():
            raise RequestError("samples: not all are finite.")
        noisy = resample(tf.constant(np.atleast_2d(samples), tf.float32), sample_rate, SAMPLE_RATE)
        enhanced = enhancement.make_enhance(self.ema_generator)(noisy)
        enhanced = resample(enhanced, SAMPLE_RATE, sample_rate).numpy()
        return enhanced[:, :samples.shape[-1]].reshape(samples.shape)

    def generate(self, batch, noise, training):
        network = self.generator if training else self.ema_generator
        inputs = (batch["noisy"],) if noise is None else (batch["noisy"], noise)
        return network(*inputs, training=training)

    def discriminator_losses(self, batch, fake, training=True):
        loss, terms = ADVERSARIAL_LOSSES[self.adversarial_loss], {}
        if self.is_on("d_real"):
            terms["d_real"] = loss.real(
                self.discriminator(batch["noisy"], batch["clean"], training=training))
        if self.is_on("d_fake"):
            terms["d_fake"] = loss.fake(self.discriminator(batch["noisy"], fake, training=training))
        return terms

    def generator_losses(self, batch, fake, training=True):
        clean, terms = batch["clean"], {}
        if self.is_on("g_adversarial"):
            logits = self.discriminator(batch["noisy"], fake, training=training)
            terms["g_adversarial"] = ADVERSARIAL_LOSSES[self.adversarial_loss].generator(logits)
        if self.is_on("g_l1"):
            terms["g_l1"] = l1(*(pre_emphasis(x, self.pre_emphasis) for x in (clean, fake)))
        if self.is_on("g_spectral"):
            scale = level(batch["noisy"])
            terms["g_spectral"] = compressed_spectral_distance(*(
                spectral.compress(spectral.stft(x / scale, SPECTRAL_HOP), _POWER)
                for x in (clean, fake)))
        return terms

    def sample_noise(self, seed, batch_size):
        shape = self.generator.noise_shape
        return None if shape is None else distribution.normal(seed, batch_size, shape)

    def get_config(self):
        return super().get_config() | {
            "adversarial_loss": self.adversarial_loss,
            "pre_emphasis": self.pre_emphasis,
        }
