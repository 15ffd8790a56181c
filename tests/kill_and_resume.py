"""Kills training runs at random moments and checks that they go on exactly.

    python tests/kill_and_resume.py --kills=20

First 40 steps are trained straight. Then the same run is trained in pieces, each killed with
SIGKILL at a random moment (in a step, in a checkpoint being written, at start-up), and resumed. At
the end both must hold identical weights, optimizer slots, random states and `metrics.jsonl`. No
resume may report an unreadable checkpoint.
"""

import argparse
import pathlib
import random
import subprocess
import sys
import tempfile
import time

import tensorflow as tf

ROOT = pathlib.Path(__file__).resolve().parents[1]
NUM_STEPS = 40
TINY = (
    "--model=text_to_image/df_gan", "--deterministic", "--batch_size=8", "--log_every=1",
    "--sample_every=0", "--hparam=image_size=16", "--hparam=generator_channels=8,8,8",
    "--hparam=discriminator_channels=8,8,8", "--hparam=augment=translation,cutout,color",
    "--hparam=gradient_penalty_interval=3",
)


def start(workdir, text_encoder, data_dir, checkpoint_every, log, num_steps=NUM_STEPS):
    """Starts or resumes the tiny run in a process of its own."""
    return subprocess.Popen(
        [sys.executable, ROOT / "tools" / "train.py", *TINY, f"--workdir={workdir}",
         f"--hparam=text_encoder={text_encoder}", f"--data_dir={data_dir}",
         f"--checkpoint_every={checkpoint_every}", f"--num_steps={num_steps}"],
        stdout=log, stderr=subprocess.STDOUT)


def finish(process, log):
    """Waits for a run that must end well."""
    if process.wait():
        log.seek(0)
        raise SystemExit(f"a run failed with {process.returncode}:\n{log.read()[-3000:]}")


def steps_done(workdir):
    """Returns the number of steps that the run has recorded."""
    records = workdir / "metrics.jsonl"
    return len(records.read_text().splitlines()) if records.exists() else 0


def kill_at_random(process, workdir, chance):
    """Kills the run after a few more steps, within a random fraction of a second."""
    target = min(steps_done(workdir) + chance.randint(0, 4), NUM_STEPS - 1)
    while process.poll() is None and steps_done(workdir) < target:
        time.sleep(0.005)
    time.sleep(chance.uniform(0, 0.3))
    process.kill()
    process.wait()


def state(workdir):
    """Returns every tensor of the last checkpoint, as bytes."""
    reader = tf.train.load_checkpoint(str(workdir / "checkpoints" / f"{NUM_STEPS:08d}" / "state"))
    return {name: reader.get_tensor(name).tobytes()
            for name in reader.get_variable_to_shape_map() if name != "_CHECKPOINTABLE_OBJECT_GRAPH"}


def check(directory, text_encoder, data_dir, kills, seed):
    """Runs the comparison; returns the number of variables compared.

    Args:
        directory: empty folder for the two runs.
        text_encoder: workdir or shipped name of a text encoder.
        data_dir: TFDS root that holds openmoji/64, "" for the default.
        kills: number of kills.
        seed: seed of the moments.
    """
    directory, chance = pathlib.Path(directory), random.Random(seed)
    straight, killed = directory / "straight", directory / "killed"
    with (directory / "straight.log").open("w+") as log:
        finish(start(straight, text_encoder, data_dir, 20, log), log)
    with (directory / "killed.log").open("w+") as log:
        for i in range(kills):
            every = chance.choice((1, 2, 5))  # 1: most kills hit a checkpoint being written.
            process = start(killed, text_encoder, data_dir, every, log)
            kill_at_random(process, killed, chance)
            print(f"kill {i + 1}/{kills} after {steps_done(killed)} recorded steps", flush=True)
        finish(start(killed, text_encoder, data_dir, 20, log), log)
        log.seek(0)
        assert "unreadable" not in log.read(), f"a checkpoint was corrupt, see {log.name}"
    one, other = state(straight), state(killed)
    different = [name for name in one if one[name] != other.get(name)]
    assert one.keys() == other.keys() and not different, f"different: {different}"
    records = [(run / "metrics.jsonl").read_bytes() for run in (straight, killed)]
    assert records[0] == records[1], f"metrics.jsonl differs in {directory}"
    assert len(records[0].splitlines()) == NUM_STEPS
    return len(one)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--text_encoder", default="text_encoder_openmoji64")
    parser.add_argument("--data_dir", default="")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        count = check(directory, arguments.text_encoder, arguments.data_dir, arguments.kills,
                      arguments.seed)
    print(f"{count} tensors and metrics.jsonl are identical after {arguments.kills} kills")


if __name__ == "__main__":
    main()
