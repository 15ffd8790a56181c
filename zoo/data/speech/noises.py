"""Synthetic noises; none of the test split's is of a kind that occurs in training."""

import numpy as np
import scipy.fft
import scipy.signal

from zoo.data.audio import SAMPLE_RATE


def _coloured(random, samples, exponent):
    """Gaussian noise whose power falls as 1 / f^exponent, down to 20 Hz."""
    spectrum = scipy.fft.rfft(random.standard_normal(samples))
    frequencies = scipy.fft.rfftfreq(samples, 1 / SAMPLE_RATE)
    return scipy.fft.irfft(spectrum * np.maximum(frequencies, 20.0) ** (-exponent / 2), samples)


def _seconds(samples):
    return np.arange(samples) / SAMPLE_RATE


def _slow(random, samples, per_second):
    """A random curve in [0, 1] with about `per_second` ups and downs a second."""
    knots = random.random(max(4, int(per_second * samples / SAMPLE_RATE) + 3))
    return np.interp(np.linspace(0, len(knots) - 1, samples), np.arange(len(knots)), knots)


def white(random, samples, voice):
    """Equally loud at all frequencies."""
    return random.standard_normal(samples)


def pink(random, samples, voice):
    """Equally loud in all octaves."""
    return _coloured(random, samples, 1)


def brown(random, samples, voice):
    """Half as loud with each octave: rumble."""
    return _coloured(random, samples, 2)


def hum(random, samples, voice):
    """Mains: harmonics of 50 or 60 Hz, more or less of each, over a little noise."""
    base, number = random.choice((50.0, 60.0)), random.integers(4, 30)
    harmonics = np.arange(1, number + 1)
    amplitudes = random.random(number) / harmonics ** random.uniform(0.3, 1.2)
    phases = random.uniform(0, 2 * np.pi, number)
    seconds = _seconds(SAMPLE_RATE // 10)  # 5 or 6 periods of the base; the rest repeats them.
    tone = sum(a * np.sin(2 * np.pi * base * k * seconds + p)
               for a, k, p in zip(amplitudes, harmonics, phases, strict=True))
    tone = np.resize(tone, samples)
    return tone + 0.1 * tone.std() * random.standard_normal(samples)


def band(random, samples, voice):
    """Noise in a band between 100 Hz and 7.5 kHz, an octave wide or more."""
    low = 100.0 * 2 ** random.uniform(0, 5)
    high = min(low * 2 ** random.uniform(1, 4), 7500.0)
    sections = scipy.signal.butter(2, (low, high), "bandpass", fs=SAMPLE_RATE, output="sos")
    return scipy.signal.sosfilt(sections, random.standard_normal(samples))


def swelling(random, samples, voice):
    """Coloured noise that comes and goes."""
    envelope = _slow(random, samples, random.uniform(0.5, 8)) ** 2 + 0.05
    return envelope * _coloured(random, samples, random.uniform(0, 2))


def crackle(random, samples, voice):
    """Clicks of random size, each ringing for some milliseconds."""
    clicks = random.standard_normal(samples)
    clicks *= clicks * clicks  # NumPy's ** 3 takes 25 times as long.
    clicks *= random.random(samples) < random.uniform(5, 200) / SAMPLE_RATE
    pole = np.exp(-1 / (SAMPLE_RATE * random.uniform(0.0003, 0.004)))
    return scipy.signal.lfilter([1], [1, -pole], clicks) + 1e-3 * random.standard_normal(samples)


def tones(random, samples, voice):
    """A few whistles that glide, on and off, over noise."""
    total = 0.05 * _coloured(random, samples, 1)
    for _ in range(random.integers(1, 4)):
        glide = np.exp2(3 * _slow(random, samples, 1.0) - 1.5) * random.uniform(400, 2500)
        gate = _slow(random, samples, 4.0) > 0.4
        total = total / total.std() * 0.3 + gate * np.sin(
            2 * np.pi * np.cumsum(np.minimum(glide, 7500)) / SAMPLE_RATE)
    return total


def babble(random, samples, voice):
    """Three to eight voices at once, other recordings of the same split."""
    voices = [voice(random, samples) for _ in range(random.integers(3, 9))]
    return sum(each / (np.sqrt(np.mean(each**2)) + 1e-4) for each in voices)


def speech_shaped(random, samples, voice):
    """Steady noise with the long-time spectrum of a voice: its phases are drawn anew."""
    spectrum = np.abs(np.fft.rfft(voice(random, samples)))
    smooth = np.sqrt(np.convolve(spectrum**2, np.ones(101) / 101, "same"))
    return np.fft.irfft(smooth * np.exp(2j * np.pi * random.random(len(smooth))), samples)


def engine(random, samples, voice):
    """A motor: a comb of harmonics whose pitch wanders, and noise that pulses with it."""
    speed = random.uniform(18, 45) * (0.8 + 0.4 * _slow(random, samples, 0.5))
    phase = 2 * np.pi * np.cumsum(speed) / SAMPLE_RATE
    amplitudes = random.random(60) / np.arange(1, 61) ** 0.7
    comb = sum(a * np.sin(k * phase) for k, a in enumerate(amplitudes, start=1))
    noise = _coloured(random, samples, 1)
    return comb / comb.std() + 0.7 * (1 + np.sin(phase)) * noise / noise.std()


def rain(random, samples, voice):
    """Many small drops, each a short ring at its own pitch, over a hiss."""
    drops = np.zeros(samples)
    ring_seconds = _seconds(160)
    for place in random.integers(0, samples, samples // 60):
        ring = np.sin(2 * np.pi * random.uniform(800, 6000) * ring_seconds)
        ring *= random.exponential() * np.exp(-ring_seconds * 800)
        length = min(160, samples - place)
        drops[place:place + length] += ring[:length]
    hiss = _coloured(random, samples, 0.5)
    return drops / (drops.std() + 1e-9) + 0.5 * hiss / hiss.std()


# By name: functions of (random, samples, voice) that return float `(samples,)` at any level;
# `voice(random, samples)` returns a stretch of another recording.
TRAINING_NOISES = {f.__name__: f for f in (
    white, pink, brown, hum, band, swelling, crackle, tones, babble)}
TEST_NOISES = {f.__name__: f for f in (speech_shaped, engine, rain)}
