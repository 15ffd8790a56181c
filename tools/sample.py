"""Makes samples: python tools/sample.py --workdir=W --caption="red heart" --out=heart.png"""

import pathlib

import cli
from absl import flags

from zoo.errors import RequestError

cli.define_run()
flags.adopt_module_key_flags(cli)
flags.DEFINE_string("out", "", "File to write (PNG).")
flags.DEFINE_multi_string("caption", [], "Caption; repeatable, one row of pictures each.")
flags.DEFINE_string("caption_file", "", "UTF-8 file with further captions, one a line.")
flags.DEFINE_integer("num_samples", 1, "Pictures a caption.", lower_bound=1)
flags.DEFINE_integer("seed", 0, "Seed of the noise.")


def main(argv):
    del argv
    if not flags.FLAGS.out:
        raise RequestError("--out is missing: name the file to write.")
    folder = cli.run_folder()
    from zoo.core import runs
    from zoo.registry import REGISTRY
    experiment, model = runs.load_run(folder, REGISTRY)
    encoded = experiment.sample(model, flags.FLAGS)
    out = pathlib.Path(flags.FLAGS.out)
    try:
        out.write_bytes(encoded)
    except OSError as error:
        raise RequestError(f"--out={out}: cannot be written ({error.strerror}).") from None
    print(f"written to {out}")


if __name__ == "__main__":
    cli.run(main)
