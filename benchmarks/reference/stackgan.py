"""StackGAN's Stage I at 64x64 (Zhang et al. 2017, "StackGAN: Text to Photo-Realistic Image
Synthesis with Stacked Generative Adversarial Networks", sections 3.1 to 3.3) in PyTorch: residual
blocks at 4x4 and 8x8, nearest upsampling and 3x3 convolutions, log loss, the divergence of the
conditioning augmentation; the released widths (birds), and embeddings as long as those of `zoo`.
"""

import torch
from torch import nn
from torch.nn import functional

GENERATOR = (1024, 512, 256, 128)  # Channels at 4x4, 8x8, 16x16, 32x32.
DISCRIMINATOR = (64, 128, 256, 512)  # At 32x32, 16x16, 8x8, 4x4.
LATENT, TEXT, CONDITION, KL_WEIGHT = 100, 256, 128, 2.0


class Upsample(nn.Module):
    """Doubles height and width by nearest neighbour, then a 3x3 convolution.

    Attributes:
        rewritten: True computes the same in the cheaper form that `zoo` uses, a 4x4 transposed
            convolution of stride 2 with sums of neighbouring taps; only to count its operations.
    """

    rewritten = False

    def __init__(self, before, after):
        super().__init__()
        self.conv = nn.Conv2d(before, after, 3, padding=1, bias=False)

    def forward(self, features):
        if not self.rewritten:
            return self.conv(functional.interpolate(features, scale_factor=2, mode="nearest"))
        taps = torch.tensor([[0.0, 0, 1], [0, 1, 1], [1, 1, 0], [1, 0, 0]])
        kernel = torch.einsum("pi,dcij,qj->cdpq", taps, self.conv.weight, taps)
        return functional.conv_transpose2d(features, kernel, stride=2, padding=1)


def _residual(width, activation):
    narrow = width // 4
    return nn.Sequential(
        nn.Conv2d(width, narrow, 1, bias=False), nn.BatchNorm2d(narrow), activation,
        nn.Conv2d(narrow, narrow, 3, padding=1, bias=False), nn.BatchNorm2d(narrow), activation,
        nn.Conv2d(narrow, width, 3, padding=1, bias=False), nn.BatchNorm2d(width))


class Generator(nn.Module):
    """z `(batch, 100)` and text `(batch, 256)` -> picture `(batch, 3, 64, 64)` in [-1, 1]."""

    def __init__(self):
        super().__init__()
        self.dense = nn.Linear(TEXT, 2 * CONDITION)
        self.seed = nn.Linear(LATENT + CONDITION, 16 * GENERATOR[0], bias=False)
        self.seed_norm = nn.BatchNorm1d(16 * GENERATOR[0])
        self.residuals = nn.ModuleList(_residual(width, nn.ReLU()) for width in GENERATOR[:2])
        self.upsamplings = nn.ModuleList(map(Upsample, GENERATOR, GENERATOR[1:]))
        self.norms = nn.ModuleList(map(nn.BatchNorm2d, GENERATOR[1:]))
        self.to_image = Upsample(GENERATOR[-1], 3)

    def statistics(self, text):
        """Returns mu and log sigma of the conditioning augmentation, `(batch, 128)` each."""
        return functional.leaky_relu(self.dense(text), 0.2).chunk(2, dim=1)

    def forward(self, latent, text):
        mean, log_sigma = self.statistics(text)
        condition = mean + log_sigma.exp() * torch.randn_like(mean)
        features = self.seed_norm(self.seed(torch.cat([latent, condition], dim=1)))
        features = features.view(-1, GENERATOR[0], 4, 4)
        features = functional.relu(features + self.residuals[0](features))
        features = self.norms[0](self.upsamplings[0](features))
        features = functional.relu(features + self.residuals[1](features))
        for upsampling, norm in zip(self.upsamplings[1:], self.norms[1:]):
            features = functional.relu(norm(upsampling(features)))
        return torch.tanh(self.to_image(features))


class Discriminator(nn.Module):
    """`features` of pictures `(batch, 3, 64, 64)`; `score` with texts -> logits `(batch, 1)`."""

    def __init__(self):
        super().__init__()
        layers = [nn.Conv2d(3, DISCRIMINATOR[0], 4, 2, 1, bias=False), nn.LeakyReLU(0.2)]
        for before, after in zip(DISCRIMINATOR, DISCRIMINATOR[1:]):
            layers += [nn.Conv2d(before, after, 4, 2, 1, bias=False), nn.BatchNorm2d(after),
                       nn.LeakyReLU(0.2)]
        self.encoder = nn.Sequential(*layers[:-1])
        width = DISCRIMINATOR[-1]
        self.residual = _residual(width, nn.LeakyReLU(0.2))
        self.text = nn.Linear(TEXT, CONDITION)
        self.joint = nn.Sequential(nn.Conv2d(width + CONDITION, width, 1, bias=False),
                                   nn.BatchNorm2d(width), nn.LeakyReLU(0.2))
        self.to_logit = nn.Conv2d(width, 1, 4, bias=False)

    def features(self, image):
        features = self.encoder(image)
        return functional.leaky_relu(features + self.residual(features), 0.2)

    def score(self, features, text):
        text = functional.leaky_relu(self.text(text), 0.2)[:, :, None, None].expand(-1, -1, 4, 4)
        return self.to_logit(self.joint(torch.cat([features, text], dim=1))).flatten(1)


def _log_loss(logits, is_real):
    target = torch.full_like(logits, float(is_real))
    return functional.binary_cross_entropy_with_logits(logits, target)


class StageI:
    """The networks and the two losses."""

    def __init__(self):
        self.generator = Generator()
        self.discriminator = Discriminator()

    def optimizer(self, parameters, **settings):
        return torch.optim.Adam(parameters, 2e-4, betas=(0.5, 0.999), **settings)

    def batch(self, size):
        return {"image": torch.rand(size, 3, 64, 64) * 2 - 1, "text": torch.randn(size, TEXT),
                "mismatched_text": torch.randn(size, TEXT)}

    def generate(self, batch):
        return self.generator(torch.randn(len(batch["text"]), LATENT), batch["text"])

    def discriminator_loss(self, batch, fake):
        judge, real = self.discriminator, self.discriminator.features(batch["image"])
        wrong = (_log_loss(judge.score(real, batch["mismatched_text"]), False)
                 + _log_loss(judge.score(judge.features(fake), batch["text"]), False))
        return _log_loss(judge.score(real, batch["text"]), True) + 0.5 * wrong

    def generator_loss(self, batch, fake):
        logits = self.discriminator.score(self.discriminator.features(fake), batch["text"])
        mean, log_sigma = self.generator.statistics(batch["text"])
        divergence = 0.5 * (mean.square() + (2 * log_sigma).exp() - 1) - log_sigma
        return _log_loss(logits, True) + KL_WEIGHT * divergence.mean()
