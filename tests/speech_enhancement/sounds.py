"""Dummy speech for tests: no recordings are needed."""

import G722
import numpy as np

from zoo.data import audio

VOICES = ("en_US_f_Allison", "es_MX_f_Allison", "it_IT_m_Carlo", "fr_CA_f_June",
          "ru_RU_f_IvrvoiceRU")


def voice(seed, seconds=1.0, rate=16000):
    """A buzz in syllables, float32 `(samples,)`; another pitch for each seed."""
    random = np.random.default_rng(seed)
    time = np.arange(int(rate * seconds)) / rate
    pitch = random.uniform(90, 250) * (1 + 0.05 * np.sin(2 * np.pi * 2 * time))
    phase = 2 * np.pi * np.cumsum(pitch) / rate
    buzz = sum(random.random() / k * np.sin(k * phase) for k in range(1, 20))
    return (0.2 * buzz * (np.sin(2 * np.pi * 3 * time + random.random()) > -0.3)).astype(
        np.float32)


def put_asterisk(data_dir, recordings=3):
    """Writes dummy recordings of every voice where the packages may be unpacked."""
    sounds = data_dir / "downloads" / "manual" / "usr" / "share" / "asterisk" / "sounds"
    for number, name in enumerate(VOICES):
        for i in range(recordings):
            path = sounds / name / "digits" / f"{i}.g722"
            path.parent.mkdir(parents=True, exist_ok=True)
            pcm = audio.to_pcm(voice(10 * number + i, 2.0 + 0.1 * i))
            path.write_bytes(G722.G722(16000, 64000).encode(pcm))
    return sounds


def put_pairs(folder, count=8, roles=("clean", "noisy"), first_voice=0):
    """Writes a folder of pairs of 0.6 s; returns it."""
    for i in range(count):
        clean = voice(first_voice + i, 0.6)
        noise = np.random.default_rng(i).normal(0, 0.05, len(clean)).astype(np.float32)
        for role, samples in zip(roles, (clean, clean + noise), strict=True):
            (folder / role).mkdir(parents=True, exist_ok=True)
            audio.to_wav(folder / role / f"{i}.wav", samples)
    return folder


def put_noise(folder, count=6):
    """Writes a folder of clean speech and one of noises; returns it."""
    for i in range(count):
        for role, samples in (
                ("clean", voice(i, 0.7)),
                ("noise", np.random.default_rng(i).normal(0, 0.1, 3000 + 8000 * (i % 2)))):
            (folder / role).mkdir(parents=True, exist_ok=True)
            audio.to_wav(folder / role / f"{i}.flac.wav", samples.astype(np.float32))
    return folder
