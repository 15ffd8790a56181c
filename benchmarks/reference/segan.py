"""SEGAN (Pascual et al. 2017, "SEGAN: Speech Enhancement Generative Adversarial Network",
sections 3 and 4) in PyTorch: strided convolutions on waveforms, least squares + 100 L1, RMSprop.

As in `zoo`, D has batch normalisation in the place of the paper's virtual one, and pre-emphasis is
part of the networks.
"""

import torch
from torch import nn
from torch.nn import functional

CHANNELS = (16, 32, 32, 64, 64, 128, 128, 256, 256, 512, 1024)
WINDOW, KERNEL, PRE_EMPHASIS, L1_WEIGHT = 16384, 31, 0.95, 100.0


def _emphasized(waveform):
    return torch.cat(
        [waveform[..., :1], waveform[..., 1:] - PRE_EMPHASIS * waveform[..., :-1]], dim=-1)


def _encoder(channels):
    return nn.ModuleList(nn.Conv1d(before, after, KERNEL, 2, KERNEL // 2)
                         for before, after in zip((channels, *CHANNELS), CHANNELS))


class Generator(nn.Module):
    """Noisy `(batch, 1, 16384)` -> clean, pre-emphasised, of the same shape."""

    def __init__(self):
        super().__init__()
        self.encoder = _encoder(1)
        self.encoder_prelus = nn.ModuleList(nn.PReLU(width) for width in CHANNELS)
        outputs = (*reversed(CHANNELS[:-1]), 1)
        # Every layer sees twice the features: z, then the encoder's of its length.
        self.decoder = nn.ModuleList(
            nn.ConvTranspose1d(2 * before, after, KERNEL, 2, KERNEL // 2, output_padding=1)
            for before, after in zip(reversed(CHANNELS), outputs))
        self.decoder_prelus = nn.ModuleList(nn.PReLU(width) for width in outputs[:-1])

    def forward(self, noisy):
        features, skips = _emphasized(noisy), []
        for conv, prelu in zip(self.encoder, self.encoder_prelus):
            features = prelu(conv(features))
            skips.append(features)
        code = skips.pop()
        features = torch.cat([code, torch.randn_like(code)], dim=1)
        for conv, prelu in zip(self.decoder, self.decoder_prelus):
            features = torch.cat([prelu(conv(features)), skips.pop()], dim=1)
        return torch.tanh(self.decoder[-1](features))


class Discriminator(nn.Module):
    """Pre-emphasised noisy and candidate, `(batch, 1, 16384)` each -> scores `(batch, 1)`."""

    def __init__(self):
        super().__init__()
        self.encoder = _encoder(2)
        self.norms = nn.ModuleList(nn.BatchNorm1d(width) for width in CHANNELS)
        self.to_one_channel = nn.Conv1d(CHANNELS[-1], 1, 1)
        self.to_score = nn.Linear(WINDOW // 2 ** len(CHANNELS), 1)

    def forward(self, noisy, candidate):
        features = torch.cat([noisy, candidate], dim=1)
        for conv, norm in zip(self.encoder, self.norms):
            features = functional.leaky_relu(norm(conv(features)), 0.3)
        return self.to_score(self.to_one_channel(features)[:, 0])


class SEGAN:
    """The networks and the two losses."""

    def __init__(self):
        self.generator = Generator()
        self.discriminator = Discriminator()

    def optimizer(self, parameters, fused=False):
        # RMSprop has no fused form; the nearest handles all tensors of a network together.
        return torch.optim.RMSprop(parameters, 2e-4, foreach=fused)

    def batch(self, size):
        return {name: 0.1 * torch.randn(size, 1, WINDOW) for name in ("noisy", "clean")}

    def generate(self, batch):
        return self.generator(batch["noisy"])

    def discriminator_loss(self, batch, fake):
        noisy, clean = _emphasized(batch["noisy"]), _emphasized(batch["clean"])
        return 0.5 * ((self.discriminator(noisy, clean) - 1).square().mean()
                      + self.discriminator(noisy, fake).square().mean())

    def generator_loss(self, batch, fake):
        noisy, clean = _emphasized(batch["noisy"]), _emphasized(batch["clean"])
        return (0.5 * (self.discriminator(noisy, fake) - 1).square().mean()
                + L1_WEIGHT * functional.l1_loss(fake, clean))
