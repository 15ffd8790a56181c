"""The exported product: noisy WAV files in, enhanced ones out, at their own rate and length."""

import tensorflow as tf

from zoo.core.export import ServingModule
from zoo.data.audio import RATES, SAMPLE_RATE
from zoo.data.served import bounds, sounds
from zoo.data.served.rows import refuse
from zoo.layers.resampling import is_possible, resample
from zoo.speech_enhancement import enhancement

_MAX_SAMPLES = 2**25  # Of a call, at 16 kHz and at its own rate: 35 minutes at 16 kHz.
_LOUDEST = 1e6  # Times full scale.
_UNUSUAL = "not a usual sample rate, such as 8000, 16000, 22050, 44100 or 48000 Hz"


class SpeechEnhancementServing(ServingModule):
    """Signatures of a speech enhancer.

    `serving_default(wav_bytes: string[N])` -> `wav_bytes: string[N]`: WAV files of PCM of 8, 16,
    24 or 32 bits or floating point, of any number of channels up to 64 and any usual sample rate
    up to 192 kHz, also as programs write them to a pipe; each comes back at its own rate and
    length, as PCM of 16 bits, scaled to full scale where it would exceed it. One that will not do
    is an `InvalidArgumentError` that says which.

    `enhance(samples: float32[N, T], sample_rate: int32)` -> `samples: float32[N, T]`, of full
    scale 1. Samples that are not finite, or above 1,000,000, are refused.

    A call takes at most 2^25 samples, of all rows and channels together, at 16 kHz as at their own
    rate; a row counts as a window at least.

    Args:
        model: `SpeechEnhancementGAN`.
    """

    def _enhance(self, samples, rate):
        length = tf.shape(samples)[1]
        enhanced = enhancement.enhance(
            self.model.ema_generator, resample(samples, rate, SAMPLE_RATE))
        return resample(enhanced, SAMPLE_RATE, rate)[:, :length]

    def _check_size(self, name, count, channels, rates):
        """Returns the operation that fails at run time where there is too much to do.

        Args:
            name: of the argument.
            count, channels: int64, samples of all channels together, and their number; any shape.
            rates: int32, Hz.
        """
        at_16_khz = -(-count * SAMPLE_RATE // tf.cast(rates, tf.int64))
        windows = channels * self.model.ema_generator.window
        return bounds.within(tf.reduce_sum(tf.maximum(count, at_16_khz) + windows),
                             f"{name}: samples of all rows and channels", 0, _MAX_SAMPLES)

    @tf.function(input_signature=[tf.TensorSpec((None, None), tf.float32, name="samples"),
                                  tf.TensorSpec((), tf.int32, name="sample_rate")])
    def enhance(self, samples, sample_rate):
        """See the class."""
        in_range = bounds.within(sample_rate, "sample_rate", RATES[0], sounds.MAX_RATE)
        sample_rate, = bounds.after([in_range], sample_rate)
        rows, length = tf.unstack(tf.shape(samples, tf.int64))
        samples, sample_rate = bounds.after([
            tf.debugging.Assert(is_possible(sample_rate, SAMPLE_RATE),
                                [f"sample_rate: {_UNUSUAL}:", sample_rate]),
            self._check_size("samples", rows * length, rows, sample_rate),
            refuse(~tf.reduce_all(tf.abs(samples) <= _LOUDEST, axis=1), "samples",
                   f"NaN, infinite or above {_LOUDEST:,.0f}")], samples, sample_rate)
        return {"samples": self._enhance(samples, sample_rate)}

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.string, name="wav_bytes")])
    def enhance_wav(self, wav_bytes):
        """See the class: `serving_default`."""
        wav_bytes, described, rates, counts = sounds.check(wav_bytes, "wav_bytes")
        usual = tf.map_fn(lambda rate: is_possible(rate, SAMPLE_RATE), rates,
                          fn_output_signature=tf.bool)
        wav_bytes, rates = bounds.after(
            [refuse(~usual, "wav_bytes", _UNUSUAL),
             self._check_size("wav_bytes", counts, described[:, 4], rates)], wav_bytes, rates)

        def one(row):
            encoded, of_file, rate = row
            enhanced = tf.transpose(self._enhance(
                tf.transpose(sounds.decode(encoded, of_file)), rate))
            peak = tf.maximum(tf.reduce_max(tf.abs(enhanced)), 1.0)
            return tf.audio.encode_wav(enhanced / peak, rate)

        return {"wav_bytes": tf.map_fn(one, (wav_bytes, described, rates), parallel_iterations=1,
                                       fn_output_signature=tf.string)}

    def check_inputs(self):
        """Returns arguments of each signature, to compare the exported model on."""
        samples = 0.1 * tf.random.stateless_normal((2, 5000), (0, 0))
        wav = [tf.audio.encode_wav(samples[row][:, None], rate)
               for row, rate in enumerate((16000, 8000))]
        return {"serving_default": {"wav_bytes": tf.stack(wav)},
                "enhance": {"samples": samples, "sample_rate": tf.constant(8000)}}

    @property
    def signatures(self):
        return {"serving_default": self.enhance_wav, "enhance": self.enhance}
