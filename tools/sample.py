"""Makes samples: python tools/sample.py --workdir=W --caption="red heart" --out=heart.png"""

import uuid

import cli
from absl import flags

from zoo.errors import RequestError

cli.define_run()
flags.adopt_module_key_flags(cli)
cli.define_path("out", "", "File to write: .png, or .gif for an animated --interpolate.")
flags.DEFINE_multi_string("caption", [], "Caption; repeatable, one row of pictures each.")
cli.define_path("caption_file", "", "UTF-8 file with further captions, one a line.")
cli.define_path("source", "", "Picture to translate, of any size.")
flags.DEFINE_integer("tile_size", 0, "Larger pictures are translated in tiles of so many pixels; "
                     "0: as the config says.", lower_bound=0)
cli.define_path("noisy", "", "Sound file to enhance.")
flags.DEFINE_integer(
    "num_samples", None, "Pictures a caption (by default 1), or steps of --interpolate (8).",
    lower_bound=1)
flags.DEFINE_integer("seed", 0, "Seed of the noise.", lower_bound=-2**63, upper_bound=2**63 - 1)
flags.DEFINE_float("truncation", 0, "Largest noise component; less varied, more typical; 0: any.")
flags.DEFINE_bool("interpolate", False, "Go from the first caption to the second, or, given one, "
                  "from one sample of it to another.")
flags.DEFINE_bool("neighbours", False, "Beside each sample the nearest training pictures.")
flags.DEFINE_bool("right_answers", False, "Above the samples of a caption the pictures of the "
                  "training split that have it.")
cli.define_path("frames", "", "Past frames: a video file, or a folder of frames.")
flags.DEFINE_integer("num_frames", None, "Frames to predict (by default 16).", lower_bound=1)


def main(argv):
    del argv
    if not flags.FLAGS.out:
        raise RequestError("--out is missing: name the file to write.")
    out = cli.new_file("out")
    folder = cli.run_folder()
    cli.load_tensorflow()
    from zoo.core import runs
    from zoo.registry import REGISTRY
    runs.load_experiment(folder, REGISTRY).check_sample(flags.FLAGS)
    experiment, model = runs.load_run(folder, REGISTRY)
    # Beside the file that a link leads to, under a name that no file of the user's has.
    partial = out.resolve().with_name(f".partial_{uuid.uuid4().hex}")
    try:
        experiment.write_sample(model, flags.FLAGS, partial)
        partial.replace(out.resolve())
    except OSError as error:
        raise RequestError(f"--out={out}: cannot be written ({error.strerror}).") from None
    finally:
        partial.unlink(missing_ok=True)
    print(f"written to {out}")


if __name__ == "__main__":
    cli.run(main)
