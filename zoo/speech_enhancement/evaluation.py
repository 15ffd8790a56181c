"""How much better does it sound than the noisy input, and than a classic filter?"""

import time

import numpy as np
import tensorflow as tf

from zoo import extras
from zoo.data.audio import SAMPLE_RATE
from zoo.metrics.bootstrap import mean_with_interval
from zoo.metrics.speech import METRICS, is_muted, score
from zoo.progress import Progress
from zoo.speech_enhancement import enhancement

# When it is imported it makes NumPy raise on rounding, in all of the process.
with extras.needed("speech"), np.errstate():
    import logmmse


def classic(noisy):
    """Enhances without learning: the log-MMSE spectral estimator (Ephraim & Malah 1985).

    The noise is estimated from the first 120 ms and where there seems to be no speech.

    Args:
        noisy: float32 `(samples,)`, 16 kHz.

    Returns:
        float32 of the same shape.
    """
    if len(noisy) < SAMPLE_RATE // 4 or not noisy.any():
        return noisy
    scale = np.abs(noisy).max() * 1.01
    with np.errstate(all="ignore"):  # It divides by zero in digital silence.
        pcm = logmmse.logmmse(np.round(noisy / scale * 32767).astype(np.int16), SAMPLE_RATE)
    result = np.nan_to_num(np.asarray(pcm, np.float32)) * scale / 32767
    return np.pad(result, (0, max(len(noisy) - len(result), 0)))[:len(noisy)]


def evaluate(model, speech, max_examples, seed):
    """Measures the averaged generator on whole utterances.

    Args:
        model: `SpeechEnhancementGAN`.
        speech: `PairedSpeech` or `MixedSpeech`.
        max_examples: utterances, evenly spaced over the split; None for all. Each is mixed at
            every SNR where the noise is mixed on the fly.
        seed: seed of the noise and of the bootstrap.

    Returns:
        `{metric: {"value", "low", "high", "count"}}`, means over the measured pairs with 95 %
        bootstrap intervals that resample speakers with all that was made of each (utterances,
        where only one speaks or nothing says who): each of `zoo.metrics.speech.METRICS` for what the network makes, `noisy_…` for its input
        and `classic_…` for the log-MMSE filter; over all, and by input SNR as `…_at_5_db`.
        `clean_input_pesq_wb`: what becomes of speech that was clean already. What is muted has
        the worst score, and its share is `muted_share`; pairs whose clean recording a metric
        can not judge are not among its "count".
    """
    count = min(len(speech), max_examples or len(speech))
    indices = np.linspace(0, len(speech) - 1, count).astype(int)
    enhance = enhancement.make_enhance(model.ema_generator)
    clusters = _clusters(speech, indices)
    rows, snrs, scores = [], [], {}  # One row each pair; scores by metric.
    of_clean = []
    progress = Progress(count, "utterance")
    for done, (index, cluster) in enumerate(zip(indices, clusters, strict=True), 1):
        for snr_db, noisy, clean in speech.measured(index, seed):
            enhanced = enhance(tf.constant(noisy[None]))[0].numpy()
            candidates = {"": enhanced, "noisy_": noisy, "classic_": classic(noisy)}
            rows.append(cluster)
            snrs.append(snr_db)
            for prefix, result in candidates.items():
                for name in METRICS:
                    scores.setdefault(prefix + name, []).append(score(name, clean, result))
                scores.setdefault(f"{prefix}muted_share", []).append(float(is_muted(result)))
        kept = enhance(tf.constant(clean[None]))[0].numpy()
        of_clean.append(score("pesq_wb", clean, kept))
        progress.show(done)
    rows, snrs = np.array(rows), np.array(snrs)
    results = {"clean_input_pesq_wb": mean_with_interval(np.array(of_clean), seed, clusters)}
    for name, values in scores.items():
        values = np.array(values)
        results[name] = mean_with_interval(values, seed, rows)
        if len(set(snrs)) > 1 and not name.endswith("muted_share"):
            results |= {f"{name}_at_{snr}_db": mean_with_interval(
                values[snrs == snr], seed, rows[snrs == snr]) for snr in sorted(set(snrs))}
    return results


def _clusters(speech, indices):
    """Returns what intervals resample, a label for each utterance, and says what it is."""
    speakers = speech.speakers[indices]
    count = len(set(speakers))
    is_told = 1 < count < len(indices)
    print("intervals resample", f"{count} speakers" if is_told else f"{len(indices)} utterances",
          flush=True)
    return speakers if is_told else indices


def real_time_ratio(model, seconds=60):
    """Times enhancement of one channel at 16 kHz.

    Returns:
        `{"real_time_ratio_one_core": …}`: seconds of sound enhanced in a second of processor time,
        summed over all threads, which is what one core would need.
    """
    enhancer = enhancement.StreamingEnhancer(model.ema_generator, channels=1)
    block = np.random.default_rng(0).normal(0, 0.1, (SAMPLE_RATE, 1)).astype(np.float32)
    for _ in range(4):
        enhancer.push(block)  # The first windows also trace and compile.
    began = time.process_time()
    for _ in range(seconds):
        enhancer.push(block)
    return {"real_time_ratio_one_core": seconds / (time.process_time() - began)}
