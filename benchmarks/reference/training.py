"""One training step in PyTorch, in the settings that `zoo` is compared with."""

import contextlib
import dataclasses
import time

import torch
from torch.utils import flop_counter


@dataclasses.dataclass(frozen=True)
class Settings:
    """How a step is run; nothing of it changes what is computed, but for `autocast`."""

    channels_last: bool = False  # Memory format of pictures and kernels.
    fused: bool = False  # One operation for a network's whole update.
    autocast: bool = False  # Convolutions and matrix products in bfloat16.


SETTINGS = {
    "eager": Settings(),  # As published.
    "best": Settings(channels_last=True, fused=True),
    "bfloat16": Settings(channels_last=True, fused=True, autocast=True),
}


class Training:
    """A task, its optimizers and one batch in memory.

    Args:
        task: object with `generator`, `discriminator`, `optimizer`, `batch`, `generate`,
            `discriminator_loss` and `generator_loss`, as `pix2pix.Pix2Pix`.
        settings: `Settings`.
        batch_size: examples of a step.
    """

    def __init__(self, task, settings, batch_size):
        self.task = task
        self.settings = settings
        self._batch = {name: self._laid_out(value)
                       for name, value in task.batch(batch_size).items()}
        if settings.channels_last:
            for network in self._networks().values():
                network.to(memory_format=torch.channels_last)
        fused = {"fused": True} if settings.fused else {}
        self._optimizers = {name: task.optimizer(network.parameters(), **fused)
                            for name, network in self._networks().items()}

    def _networks(self):
        return {"generator": self.task.generator, "discriminator": self.task.discriminator}

    def _laid_out(self, value):
        if self.settings.channels_last and value.ndim == 4:
            return value.contiguous(memory_format=torch.channels_last)
        return value

    def _precision(self):
        if self.settings.autocast:
            return torch.autocast(torch.get_default_device().type, torch.bfloat16)
        return contextlib.nullcontext()

    def step(self):
        """Updates D, then G, on one forward pass of G."""
        with self._precision():
            fake = self.task.generate(self._batch)
            loss = self.task.discriminator_loss(self._batch, fake.detach())
        self._update("discriminator", loss)
        # D's own gradients are not asked for where G is updated.
        self.task.discriminator.requires_grad_(False)
        with self._precision():
            loss = self.task.generator_loss(self._batch, fake)
        self._update("generator", loss)
        self.task.discriminator.requires_grad_(True)

    def _update(self, name, loss):
        self._optimizers[name].zero_grad(set_to_none=True)
        loss.backward()
        self._optimizers[name].step()

    def describe(self):
        """Returns what `tools/benchmark.py` asks first, by PyTorch's own counters.

        `parameters` by network; `operations` of one step by kind; and where a layer knows a
        cheaper form of itself (an attribute `rewritten`), `needed_operations` with that.
        """
        found = {"parameters": {name: sum(parameter.numel() for parameter in network.parameters())
                                for name, network in self._networks().items()},
                 "operations": self._operations()}
        layers = [layer for layer in self.task.generator.modules() if hasattr(layer, "rewritten")]
        if layers:
            for layer in layers:
                layer.rewritten = True
            found["needed_operations"] = self._operations()
            for layer in layers:
                layer.rewritten = False
        return found

    def _operations(self):
        with flop_counter.FlopCounterMode(display=False) as counter:
            self.step()
        return {str(kind): number for kind, number in counter.get_flop_counts()["Global"].items()}

    def seconds(self, num_steps):
        """Returns the seconds of each of `num_steps` steps."""
        seconds = []
        for _ in range(num_steps):
            began = time.perf_counter()
            self.step()
            if torch.cuda.is_available():
                torch.cuda.synchronize()
            seconds.append(time.perf_counter() - began)
        return seconds
