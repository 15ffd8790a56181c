import numpy as np
import pytest

from zoo.speech_enhancement import MaskUNetGenerator, SpectrogramDiscriminator


def wave(*shape):
    return np.random.default_rng(0).normal(0, 0.1, shape).astype(np.float32)


def test_default_sizes():
    generator, judge = MaskUNetGenerator(), SpectrogramDiscriminator()
    assert generator.count_params() < 450_000 < 73_100_049
    assert generator(wave(1, 32768)).shape == (1, 32768)
    # 129 frames and 256 bins, each halved four times.
    assert judge(wave(1, 32768), wave(1, 32768)).shape == (1, 9, 16, 1)


def test_masks_stay_below_one_in_magnitude():
    generator = MaskUNetGenerator(window=512, hop=32, channels=(4, 6), dilations=(1, 2))
    generator.to_mask.bias.assign([30.0, -40.0])
    spectrum = wave(2, 17, 33).astype(np.complex64)
    mask = generator.mask(spectrum)
    assert mask.shape == (2, 17, 33)
    assert 0.9 < np.abs(mask).max() <= 1.0001


def test_discriminator_judges_the_pair():
    judge = SpectrogramDiscriminator(window=512, hop=32, channels=(4, 6))
    noisy, clean = wave(2, 512)
    logits = [float(np.mean(judge(a[None], b[None]))) for a, b in (
        (noisy, clean), (clean, clean), (noisy, noisy))]
    assert len({round(logit, 6) for logit in logits}) == 3


@pytest.mark.parametrize("sizes", [{"window": 500}, {"hop": 24, "window": 480},
                                   {"channels": (4,) * 6}])
def test_wrong_sizes_are_refused(sizes):
    with pytest.raises(ValueError, match="multiple of hop"):
        MaskUNetGenerator(**{"window": 512, "hop": 32, "channels": (4, 4, 4, 4)} | sizes)
