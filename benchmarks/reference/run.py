"""Times steps of a reference when told to: python benchmarks/reference/run.py pix2pix/eager 1

Says first, as a line of JSON, its parameters and the operations of a step; to each line with a
number of steps it answers a JSON list of their seconds. `tools/benchmark.py --against` uses it.
"""

import json
import sys

import pix2pix
import segan
import stackgan
import torch
import training

TASKS = {"pix2pix": pix2pix.Pix2Pix, "segan": segan.SEGAN, "stackgan": stackgan.StageI}


def main(name, batch_size):
    task, _, settings = name.partition("/")
    if task not in TASKS or settings not in training.SETTINGS:
        sys.exit(f"error: no reference {name!r}; there are {', '.join(TASKS)}, each as "
                 f"{', '.join(training.SETTINGS)}, for instance pix2pix/eager.")
    if torch.cuda.is_available():
        torch.set_default_device("cuda")
    torch.manual_seed(0)
    trained = training.Training(TASKS[task](), training.SETTINGS[settings], int(batch_size))
    print(json.dumps(trained.describe()), flush=True)
    for line in sys.stdin:
        print(json.dumps(trained.seconds(int(line))), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
