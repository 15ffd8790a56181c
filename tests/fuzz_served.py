"""Sends random and damaged requests to exported models, and asks in between for what they said.

Each model is exported as a user would, and served by a process of its own that has only TensorFlow.
A request is answered, with a row for each row and finite numbers, or refused by one error that
names an argument. A crash, a hang, 4 GB of memory, any other error, or a good request that is then
not answered to the last bit as before, is a failure: exit status 1.

    python tests/fuzz_served.py --requests=10000
    python tests/fuzz_served.py --requests=500 --models=dna_openmoji64 --seed=1
    python tests/fuzz_served.py --saved=E            # a SavedModel of one's own
"""

import argparse
import collections
import faulthandler
import json
import os
import pathlib
import pickle
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

import numpy as np

from tests.fuzz_requests import Requests

# Refusals are not told twice; the kernels are those that fail on no rows.
ENVIRONMENT = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "1",
                            "PYTHONPATH": str(ROOT)}
LARGEST = 4 * 2**30  # Bytes.
TIMEOUT = 120  # Seconds that a request may take.
EVERY = 100  # Requests between two good ones.
TOLD = 1000  # Requests between two lines of progress.
SHOWN = 10  # Failures.


class Server:
    """An exported model in this process.

    Args:
        saved: folder of the SavedModel.
        requests: number of random requests.
        seed: int.
    """

    def __init__(self, saved, requests, seed):
        import tensorflow as tf
        import tensorflow_text  # noqa: F401  Registers the tokenizer's operations.
        self.tf = tf
        self.model = tf.saved_model.load(saved)
        self.total = requests
        self.requests = Requests({
            name: signature.structured_input_signature[1]
            for name, signature in self.model.signatures.items()}, seed)
        self.counts = {name: collections.Counter() for name in self.model.signatures}
        self.failures = []
        self.current = _current(saved)

    def run(self):
        """Returns counts, failures and the highest memory, for JSON."""
        good = self.requests.good()
        before = {name: self._ask(name, arguments) for name, arguments in good.items()}
        kinds = set()
        for i in range(self.total):
            signature, arguments = self.requests.draw()
            self.current.write_bytes(pickle.dumps((signature, arguments)))
            refused = self._try(signature, arguments)
            if refused not in kinds or (i + 1) % EVERY == 0 or i + 1 == self.total:
                kinds.add(refused)
                self._check_good(good, before, i)
            if (i + 1) % TOLD == 0:
                print(f"  {i + 1}/{self.total}", file=sys.stderr, flush=True)
        return {"counts": self.counts, "failures": self.failures, "kinds": sorted(kinds - {""}),
                "memory": _highest_memory()}

    def _ask(self, signature, arguments):
        faulthandler.dump_traceback_later(TIMEOUT, exit=True)
        specs = self.requests.signatures[signature]
        results = self.model.signatures[signature](**{
            name: self.tf.constant(value, specs[name].dtype, np.shape(value))
            for name, value in arguments.items()})
        results = {name: value.numpy() for name, value in results.items()}
        faulthandler.cancel_dump_traceback_later()
        return results

    def _try(self, signature, arguments):
        """Sends a request; returns what kind of refusal it met, "" for none."""
        try:
            results = self._ask(signature, arguments)
        except self.tf.errors.InvalidArgumentError as error:
            self.counts[signature]["refused"] += 1
            told = re.search(r"assertion failed: \[(.*)", str(error))
            named = told and any(told[1].startswith((f"{name}:", f"{name},"))
                                 for name in arguments)
            if not named:
                self._fail(signature, arguments, f"an unclear refusal: {error}")
            return re.sub(r"[\d.,\[\] -]+", " ", told[1]) if told else "unclear"
        except Exception as error:  # Whatever it is, it is reported.
            self._fail(signature, arguments, f"{type(error).__name__}: {error}")
            return "failed"
        self.counts[signature]["answered"] += 1
        self._check(signature, arguments, results)
        return ""

    def _check(self, signature, arguments, results):
        rows = {len(value) for value in arguments.values() if np.ndim(value)}
        for name, value in results.items():
            if len(value) not in rows:
                self._fail(signature, arguments, f"{name} has {len(value)} rows")
            if value.dtype.kind == "f" and not np.isfinite(value).all():
                self._fail(signature, arguments, f"{name} is not finite")

    def _check_good(self, good, before, i):
        for name, arguments in good.items():
            for key, value in self._ask(name, arguments).items():
                if value.dtype != before[name][key].dtype or not np.array_equal(
                        value, before[name][key]):
                    self._fail(name, arguments, f"{key} of a good request changed at {i}")

    def _fail(self, signature, arguments, words):
        if len(self.failures) < SHOWN:
            shown = {name: value if np.size(value) < 4 else f"{value.dtype}{value.shape}"
                     for name, value in arguments.items()}
            self.failures.append(f"{signature}({shown}): {words}"[:2000])


def _current(saved):
    return pathlib.Path(saved).with_name("last_request.pickle")


def _highest_memory():
    status = pathlib.Path("/proc/self/status").read_text()
    return 1024 * int(re.search(r"VmHWM:\s*(\d+) kB", status)[1])


def fuzz(saved, requests, seed):
    """Serves a SavedModel in a process of its own.

    Returns:
        list of str, what was wrong; empty if all is well.
    """
    done = subprocess.run(
        [sys.executable, __file__, f"--serve={saved}", f"--requests={requests}", f"--seed={seed}"],
        cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        last = pickle.loads(_current(saved).read_bytes())
        return [f"ended with {done.returncode} at the request {last!r}"[:5000]]
    found = json.loads(done.stdout.splitlines()[-1])
    for signature, counts in found["counts"].items():
        print(f"  {signature}: {counts.get('answered', 0)} answered, {counts.get('refused', 0)} "
              "refused", flush=True)
    print(f"  {len(found['kinds'])} kinds of refusals, at most {found['memory'] / 1e9:.2f} GB",
          flush=True)
    too_much = [f"{found['memory']:,} bytes of memory"] if found["memory"] > LARGEST else []
    return found["failures"] + too_much


def exported(names, folder):
    """Exports shipped models; yields (name, folder of the SavedModel)."""
    import zoo
    for shipped in zoo.list_pretrained():
        if names and shipped.name not in names:
            continue
        if shipped.family == "text_image_matching":
            print(f"{shipped.name}: a matcher, which has nothing to export", flush=True)
            continue
        saved = folder / shipped.name / "saved"
        saved.parent.mkdir()
        subprocess.run([sys.executable, ROOT / "tools" / "export.py",
                        f"--pretrained={shipped.name}", f"--out={saved}"], check=True,
                       env=ENVIRONMENT, stdout=subprocess.DEVNULL)
        yield shipped.name, saved


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=10_000, help="a model")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--models", default="", help="names of shipped ones, separated by commas")
    parser.add_argument("--saved", default="", help="folder of a SavedModel")
    parser.add_argument("--serve", default="", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        print(json.dumps(Server(asked.serve, asked.requests, asked.seed).run()))
        return
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        names = [name for name in asked.models.split(",") if name]
        models = ([(asked.saved, pathlib.Path(asked.saved).resolve())] if asked.saved else
                  exported(names, pathlib.Path(folder)))
        for name, saved in models:
            print(f"{name}: {asked.requests} requests", flush=True)
            problems += [f"{name}: {problem}" for problem in fuzz(saved, asked.requests,
                                                                  asked.seed)]
    print("\n".join(problems) or "no failure")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
