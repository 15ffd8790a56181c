"""pix2pix 256x256 (Isola et al. 2017, "Image-to-Image Translation with Conditional Adversarial
Networks", sections 3 and 6.1) in PyTorch: U-Net, 70x70 PatchGAN, log loss + 100 L1, Adam."""

import torch
from torch import nn
from torch.nn import functional

ENCODER = (64, 128, 256, 512, 512, 512, 512, 512)  # Channels; each layer halves the size.
DECODER = (512, 512, 512, 512, 256, 128, 64)  # Then the layer that makes the picture.
JUDGE = (64, 128, 256, 512)
L1_WEIGHT = 100.0


class UNet(nn.Module):
    """Source `(batch, 3, 256, 256)` in [-1, 1] -> target of the same shape."""

    def __init__(self):
        super().__init__()
        inputs = (3, *ENCODER[:-1])
        self.down = nn.ModuleList(nn.Conv2d(before, after, 4, 2, 1, bias=False)
                                  for before, after in zip(inputs, ENCODER))
        # Neither the first layer nor the bottleneck has a norm.
        self.down_norms = nn.ModuleList(nn.BatchNorm2d(width) for width in ENCODER[1:-1])
        # All but the first layer of the decoder see the encoder's features of their size too.
        inputs = (ENCODER[-1], *(2 * width for width in DECODER))
        self.up = nn.ModuleList(
            nn.ConvTranspose2d(before, after, 4, 2, 1, bias=after == 3)
            for before, after in zip(inputs, (*DECODER, 3)))
        self.up_norms = nn.ModuleList(nn.BatchNorm2d(width) for width in DECODER)

    def forward(self, source):
        features, skips = self.down[0](source), []
        for i, conv in enumerate(self.down[1:]):
            skips.append(features)
            features = conv(functional.leaky_relu(features, 0.2))
            if i < len(self.down_norms):
                features = self.down_norms[i](features)
        for i, norm in enumerate(self.up_norms):
            features = norm(self.up[i](functional.relu(features)))
            if i < 3:
                features = functional.dropout(features, 0.5)
            features = torch.cat([skips.pop(), features], dim=1)
        return torch.tanh(self.up[-1](functional.relu(features)))


class PatchGAN(nn.Module):
    """Source and candidate, `(batch, 3, 256, 256)` each -> logits `(batch, 1, 30, 30)`."""

    def __init__(self):
        super().__init__()
        layers = [nn.Conv2d(6, JUDGE[0], 4, 2, 1), nn.LeakyReLU(0.2)]
        for before, after in zip(JUDGE, JUDGE[1:]):
            stride = 1 if after == JUDGE[-1] else 2
            layers += [nn.Conv2d(before, after, 4, stride, 1, bias=False), nn.BatchNorm2d(after),
                       nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(JUDGE[-1], 1, 4, 1, 1))

    def forward(self, source, candidate):
        return self.layers(torch.cat([source, candidate], dim=1))


def _log_loss(logits, is_real):
    target = torch.full_like(logits, float(is_real))
    return functional.binary_cross_entropy_with_logits(logits, target)


class Pix2Pix:
    """The networks and the two losses."""

    def __init__(self):
        self.generator = UNet()
        self.discriminator = PatchGAN()

    def optimizer(self, parameters, **settings):
        return torch.optim.Adam(parameters, 2e-4, betas=(0.5, 0.999), **settings)

    def batch(self, size):
        return {name: torch.rand(size, 3, 256, 256) * 2 - 1 for name in ("source", "target")}

    def generate(self, batch):
        return self.generator(batch["source"])

    def discriminator_loss(self, batch, fake):
        return 0.5 * (_log_loss(self.discriminator(batch["source"], batch["target"]), True)
                      + _log_loss(self.discriminator(batch["source"], fake), False))

    def generator_loss(self, batch, fake):
        return (_log_loss(self.discriminator(batch["source"], fake), True)
                + L1_WEIGHT * functional.l1_loss(fake, batch["target"]))
