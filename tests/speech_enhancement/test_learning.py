"""A tiny enhancer learns to take steady noise out of tones it has never heard."""

import keras
import numpy as np

from tests import helpers
from zoo.metrics.speech import si_sdr_db
from zoo.speech_enhancement import (
    MaskUNetGenerator, SpectrogramDiscriminator, SpeechEnhancementGAN)

WINDOW, BATCH_SIZE = 1024, 8


def batch(random):
    """A tone that stops and starts, in white noise at 0 dB."""
    time = np.arange(WINDOW) / 16000
    clean = np.stack([np.sin(2 * np.pi * random.uniform(300, 4000) * time + random.uniform(0, 6))
                      * (np.sin(2 * np.pi * 20 * time + random.uniform(0, 6)) > 0)
                      for _ in range(BATCH_SIZE)]) * 0.2
    noise = random.normal(0, 1, clean.shape)
    noise *= np.sqrt(np.mean(clean**2, axis=1, keepdims=True) + 1e-6)
    return {"clean": clean.astype(np.float32), "noisy": (clean + noise).astype(np.float32)}


def test_noise_is_removed_from_unseen_tones():
    model = SpeechEnhancementGAN(
        MaskUNetGenerator(WINDOW, hop=64, channels=(8, 12), dilations=(1, 2)),
        SpectrogramDiscriminator(WINDOW, hop=64, channels=(8, 12)),
        loss_weights={"d_real": 1.0, "d_fake": 1.0, "g_adversarial": 0.05, "g_l1": 10.0,
                      "g_spectral": 1.0}, fresh_generator_batch=False, ema_decay=0.9)
    model.compile(keras.optimizers.Adam(3e-3, 0.5), keras.optimizers.Adam(1e-3, 0.5))
    unseen = batch(np.random.default_rng(99))

    def gain_db():
        enhanced = model.generate(unseen, None, training=False).numpy()
        return np.mean([si_sdr_db(c, e) - si_sdr_db(c, n) for c, n, e in zip(
            unseen["clean"], unseen["noisy"], enhanced, strict=True)])

    before = gain_db()
    random = np.random.default_rng(0)
    helpers.train(model, [batch(random) for _ in range(120)])
    assert before < 2 and gain_db() > 5
