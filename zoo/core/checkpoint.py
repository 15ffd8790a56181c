"""Atomic checkpoints from which a run goes on exactly, whenever it was killed."""

import contextlib
import pathlib
import re
import shutil
import tempfile

import tensorflow as tf

from zoo.core import distribution
from zoo.errors import RequestError

_KEEP = 3
# What TensorFlow's reader raises for missing, cut or changed files (its status codes come as
# Python's own errors in part), and for tensors of other sizes.
_UNREADABLE = (tf.errors.OpError, ValueError, IndexError, KeyError, RuntimeError, AssertionError)


def _variables(layer):
    """All of a layer's variables as Keras knows them, dropout's random states included.

    Listed one by one: `tf.train.Checkpoint` silently passes over what its own walk along the
    attributes does not reach, such as seed generators and layers in nested lists.
    """
    return [variable.value for variable in layer.variables]


def _is_ours(path):
    if not re.fullmatch(r"\d{8,}", path.name) or not path.is_dir():
        return False
    names = [inner.name for inner in path.iterdir()]
    return not names or any(name.startswith("state.") for name in names)


@contextlib.contextmanager
def _plainly_named(folder):
    """Yields a path to a folder in which TensorFlow sees no pattern: it reads [ ] * ? as one."""
    with tempfile.TemporaryDirectory() as place:
        link = pathlib.Path(place) / "checkpoint"
        link.symlink_to(folder.resolve())
        yield link


class Checkpointer:
    """Saves and restores networks, their average, optimizer slots, random states and the step.

    A checkpoint is written into a temporary folder and renamed when it is whole; the newest three
    are kept. Only the chief process writes.

    Args:
        directory: path of the `checkpoints/` folder.
        model: `AdversarialModel`; its optimizers are saved and restored where it is compiled.
        optimizers: False leaves them out, to take over weights alone.
    """

    def __init__(self, directory, model, optimizers=True):
        self.directory = pathlib.Path(directory)
        owners = {"model": model} | {
            name: getattr(model, name, None)
            for name in ("generator_optimizer", "discriminator_optimizer") if optimizers}
        self._groups = {name: _variables(owner) for name, owner in owners.items()
                        if owner is not None}
        self._checkpoint = tf.train.Checkpoint(**self._groups)

    def steps(self):
        """Returns the saved steps, oldest first; what others have put there is passed over."""
        if not self.directory.is_dir():
            return []
        return sorted(int(path.name) for path in self.directory.iterdir() if _is_ours(path))

    def path(self, step):
        """Returns the folder of the checkpoint of `step`."""
        return self.directory / f"{step:08d}"

    def last_good(self):
        """Returns words that name the newest checkpoint, for messages."""
        steps = self.steps()
        return f"last good checkpoint: {self.path(steps[-1])}" if steps else "no checkpoint yet"

    def check_space(self):
        """Refuses a disk that has no room for the checkpoints to be kept and one being written.

        Before anything is saved: what killed processes have left half written goes.

        Raises:
            RequestError: too little room; the message says how much is needed.
        """
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RequestError(f"{self.directory}: cannot be written ({error.strerror}).") from None
        for path in self.directory.iterdir() if distribution.is_chief() else ():
            if re.fullmatch(r"partial_\d+|worker_\d+_\d+", path.name):
                shutil.rmtree(path)
        size = sum(variable.shape.num_elements() * variable.dtype.size
                   for group in self._groups.values() for variable in group)
        needed, free = (_KEEP + 1) * size, shutil.disk_usage(self.directory).free
        if free < needed:
            raise RequestError(f"{self.directory}: no disk space, {free / 2**20:.0f} MiB free and "
                               f"{needed / 2**20:.0f} MiB needed; make room or move --workdir.")

    def save(self, step):
        """Writes the checkpoint of `step`.

        Every worker takes part (saving synchronised variables is a collective operation), each in
        a folder of its own; all but the chief's is dropped.
        """
        chief = distribution.is_chief()
        self.directory.mkdir(parents=True, exist_ok=True)
        partial = self.directory / (f"partial_{step}" if chief else f"worker_{step}_{id(self)}")
        shutil.rmtree(partial, ignore_errors=True)
        try:
            self._write(partial, step)
            if chief:
                shutil.rmtree(self.path(step), ignore_errors=True)
                partial.rename(self.path(step))
        finally:  # Also where a signal ends the process.
            shutil.rmtree(partial, ignore_errors=True)
        if chief:
            for old in self.steps()[:-_KEEP]:
                shutil.rmtree(self.path(old))

    def _write(self, partial, step):
        try:
            self._checkpoint.write(str(partial / "state"))
        except tf.errors.OpError as error:
            raise RequestError(
                f"{self.directory}: cannot write the checkpoint of step {step} "
                f"({str(error).splitlines()[0][:200]}); {self.last_good()}; make room and run the "
                "same command again.") from None

    def restore(self, warn=print):
        """Restores the newest readable checkpoint.

        Args:
            warn: called with one line for each unreadable checkpoint that is passed over.

        Returns:
            The step restored; 0 where nothing was saved.

        Raises:
            RequestError: there are checkpoints and none can be read.
        """
        steps = self.steps()
        for step in reversed(steps):
            try:
                with _plainly_named(self.path(step)) as path:
                    self._check_sizes(tf.train.load_checkpoint(str(path / "state")), step)
                    status = self._checkpoint.read(str(path / "state"))
                    status.assert_existing_objects_matched().expect_partial()
                return step
            except RequestError:
                raise
            except _UNREADABLE as error:
                reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
                warn(f"{self.path(step)}: unreadable checkpoint ({reason}); "
                     "trying the one before.")
        if steps:
            raise RequestError(f"{self.directory}: no readable checkpoint; put one back from a "
                               "copy, or start again in another --workdir.")
        return 0

    def _check_sizes(self, reader, step):
        """Refuses whole checkpoints of other networks, which are good ones all the same."""
        there = reader.get_variable_to_shape_map()
        here = {f"{group}/{i}/.ATTRIBUTES/VARIABLE_VALUE": variable
                for group, variables in self._groups.items()
                for i, variable in enumerate(variables)}
        other = [(variable, there.get(key)) for key, variable in here.items()
                 if there.get(key) != variable.shape.as_list()]
        if other:
            variable, shape = other[0]
            found = f"{tuple(shape)} there" if shape is not None else "missing there"
            raise RequestError(
                f"{self.path(step)}: the checkpoint of another model: {len(other)} of {len(here)} "
                f"variables differ, the first is {variable.name} {tuple(variable.shape)}, {found}.")
