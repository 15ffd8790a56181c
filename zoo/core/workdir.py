"""The folder of a run: its files, and whether a request may go on in it."""

import contextlib
import dataclasses
import fcntl
import json
import os
import pathlib
import re
import shutil
import types

from zoo.core import distribution, folders, settings as settings_lib
from zoo.errors import RequestError


# What a process that was killed while it wrote a network has left, see `networks.save`.
_OF_KILLED = re.compile(r"partial_[0-9a-f]{32}_.+\.(json|npz)")


def _partial(path):
    """Where a file is written before it gets its name; a killed process may leave it behind."""
    return path.with_name(path.name + ".partial")


class Workdir:
    """Paths inside a run's folder.

    Args:
        path: the folder.
    """

    def __init__(self, path):
        self.path = pathlib.Path(path).expanduser()
        self.settings_file = self.path / "resolved.flags"
        self.bad_inputs = self.path / "bad_inputs.csv"
        self.fingerprint = self.path / "data_fingerprint.txt"
        self.metrics_file = self.path / "metrics.jsonl"
        self.evaluations_file = self.path / "evaluations.jsonl"
        self.checkpoints = self.path / "checkpoints"
        self.samples = self.path / "samples"
        self.tensorboard = self.path / "tensorboard"
        self.evaluation_file = self.path / "eval.json"
        self.model_card = self.path / "model_card.md"

    def exists(self):
        """True where a run has been started here."""
        return self.settings_file.is_file()

    def settings(self):
        """Returns the recorded `Settings`.

        Raises:
            RequestError: no run has been started here.
        """
        if not self.exists():
            raise RequestError(f"{self.path}: no run here (no resolved.flags); "
                               "give the --workdir of a run of tools/train.py.")
        return settings_lib.from_flags(self.settings_file.read_text(), self.settings_file)

    @contextlib.contextmanager
    def locked(self):
        """Keeps other runs on this machine from training here at the same time.

        Only the chief of several workers may ask for it. The system lifts the lock when the process
        ends, however it ends.

        Raises:
            RequestError: another process trains here, or the folder cannot be written.
        """
        self._make()
        try:
            folder = os.open(self.path, os.O_RDONLY)
        except OSError as error:
            raise RequestError(f"--workdir={self.path}: cannot be written ({error.strerror}).")
        try:
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise RequestError(f"{self.path}: another process is training here; wait for its "
                                   "end, or choose another --workdir.")
            except OSError as error:
                print(f"{self.path}: cannot be locked here ({error.strerror}); see that no other "
                      "process trains in it at the same time", flush=True)
            yield
        finally:
            os.close(folder)

    def open(self, settings, fingerprint="", defaults=types.MappingProxyType({})):
        """Prepares the folder for a run with `settings`, new or resumed.

        Args:
            settings: `Settings`.
            fingerprint: see `Experiment.data_fingerprint`.
            defaults: `{hyperparameter: text}`, what a run was made with where an earlier version
                has recorded none.

        Raises:
            RequestError: another run's folder, a run on data that have changed since, a folder
                with other files, or one that cannot be written.
        """
        if not distribution.is_chief():
            self._make()
            return
        if settings.overwrite and self.exists():
            self._clear()
        if self.exists():
            recorded = self.settings()
            recorded = dataclasses.replace(recorded, hparams={**defaults, **recorded.hparams})
            changed = settings_lib.differences(recorded, settings)
            if self._recorded_fingerprint() != fingerprint:
                changed.append(f"data: pictures or captions in {settings.dataset} have changed")
            if changed:
                raise RequestError(
                    f"{self.path} holds a run with other settings ({'; '.join(changed)}); "
                    "use those, another --workdir, or --overwrite to start again.")
        elif self.path.is_dir() and set(filter(folders.counts, self.path.iterdir())) - {
                self.bad_inputs, self.fingerprint, _partial(self.fingerprint),
                _partial(self.settings_file)}:
            raise RequestError(f"{self.path}: not empty and not a run; choose another --workdir.")
        self._make()
        try:
            for path in self.path.iterdir():
                if _OF_KILLED.fullmatch(path.name):
                    path.unlink()
            if fingerprint:
                self._write(self.fingerprint, fingerprint)
            self._write(self.settings_file, settings_lib.to_flags(settings))
        except OSError as error:
            raise RequestError(f"--workdir={self.path}: cannot be written ({error.strerror}).")

    def _make(self):
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RequestError(f"--workdir={self.path}: cannot be written ({error.strerror}).")

    def _clear(self):
        """Deletes all but the report on the data, which was made for the run that begins, and what
        systems and shells have put there, such as the log of this very process."""
        for path in set(filter(folders.counts, self.path.iterdir())) - {self.bad_inputs}:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()

    def _recorded_fingerprint(self):
        return self.fingerprint.read_text() if self.fingerprint.exists() else ""

    @staticmethod
    def _write(path, text):
        partial = _partial(path)
        partial.write_text(text)
        partial.replace(path)

    def write_evaluation(self, results):
        """Writes `eval.json`, whole or not at all."""
        self._write(self.evaluation_file, json.dumps(results, indent=2, allow_nan=False) + "\n")

    def write_model_card(self, text):
        """Writes `model_card.md`, whole or not at all."""
        self._write(self.model_card, text)

    def trim_records(self, step):
        """Drops the lines of `metrics.jsonl` and `evaluations.jsonl` after `step`.

        A resumed run writes them again.
        """
        for path in (self.metrics_file, self.evaluations_file):
            if path.exists():
                lines = path.read_text().splitlines()
                # A process killed while writing may leave half a last line.
                whole = [line for line in lines if line.endswith("}")]
                kept = [line for line in whole if json.loads(line)["step"] <= step]
                self._write(path, "".join(line + "\n" for line in kept))
