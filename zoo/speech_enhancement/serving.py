"""The exported product: noisy WAV files in, enhanced ones out, at their own rate and length."""

import tensorflow as tf

from zoo.core.export import ServingModule
from zoo.data.audio import SAMPLE_RATE
from zoo.layers.resampling import resample
from zoo.speech_enhancement import enhancement


class SpeechEnhancementServing(ServingModule):
    """Signatures of a speech enhancer.

    `serving_default(wav: string[N])` -> `wav: string[N]`: 16-bit PCM WAV files of any number of
    channels, any usual sample rate and any length; each comes back with its own.

    `enhance(samples: float32[N, T], sample_rate: int32)` -> `samples: float32[N, T]`, of full
    scale 1. Samples that are not finite are refused.

    Args:
        model: `SpeechEnhancementGAN`.
    """

    def _enhance(self, samples, rate):
        finite = tf.debugging.assert_all_finite(samples, "samples: NaN or infinite")
        length = tf.shape(samples)[1]
        enhanced = enhancement.enhance(
            self.model.ema_generator, resample(finite, rate, SAMPLE_RATE))
        return resample(enhanced, SAMPLE_RATE, rate)[:, :length]

    @tf.function(input_signature=[tf.TensorSpec((None, None), tf.float32, name="samples"),
                                  tf.TensorSpec((), tf.int32, name="sample_rate")])
    def enhance(self, samples, sample_rate):
        """See the class."""
        return {"samples": self._enhance(samples, sample_rate)}

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.string, name="wav")])
    def enhance_wav(self, wav):
        """See the class: `serving_default`."""
        def one(encoded):
            samples, rate = tf.audio.decode_wav(encoded)
            enhanced = self._enhance(tf.transpose(samples), rate)
            return tf.audio.encode_wav(tf.transpose(enhanced), rate)
        return {"wav": tf.map_fn(one, wav, fn_output_signature=tf.string)}

    def check_inputs(self):
        """Returns arguments of each signature, to compare the exported model on."""
        samples = 0.1 * tf.random.stateless_normal((2, 5000), (0, 0))
        wav = [tf.audio.encode_wav(samples[row][:, None], rate)
               for row, rate in enumerate((16000, 8000))]
        return {"serving_default": {"wav": tf.stack(wav)},
                "enhance": {"samples": samples, "sample_rate": tf.constant(8000)}}

    @property
    def signatures(self):
        return {"serving_default": self.enhance_wav, "enhance": self.enhance}
