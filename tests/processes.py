"""Runs of `tools/train.py` in processes of their own, on a model that takes milliseconds a step."""

import os
import pathlib
import subprocess
import sys

from zoo.core import networks
from zoo.data import text
from zoo.datasets.openmoji import captions
from zoo.layers.image_encoder import ImageEncoder
from zoo.layers.text_encoder import TextEncoder

ROOT = pathlib.Path(__file__).resolve().parents[1]
TIMEOUT = 600  # Seconds; a process that takes longer hangs.


def save_text_encoder(folder):
    """Writes untrained encoders, so that no run has to train them first; returns `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    # Of all words: captions that a network reads alike are no wrong partners of each other.
    words = text.build_vocabulary(
        [caption for each in captions.captions_of_each().values() for caption in each])
    encoder = TextEncoder(words, "convolution", 4, 3, output_dim=5)
    networks.save(encoder, folder, "text_encoder")
    networks.save(ImageEncoder(8, channels=(3,), output_dim=5), folder, "image_encoder")
    return folder


def tiny_flags(data_dir, text_encoder):
    """Flags of a DF-GAN of 8x8 pixels."""
    return ["--model=text_to_image/df_gan", "--dataset=openmoji/64", f"--data_dir={data_dir}",
            "--batch_size=4", "--log_every=1", "--sample_every=0", "--seed=2147483647",
            f"--hparam=text_encoder={text_encoder}",
            f"--hparam=evaluation_encoder={text_encoder}", "--hparam=image_size=8",
            "--hparam=generator_channels=5,4", "--hparam=discriminator_channels=5,4",
            "--hparam=latent_dim=3", "--hparam=augment=translation"]


def tiny_stack_flags(data_dir, text_encoder, stage_one_steps):
    """Flags of a StackGAN of 16x16 and 32x32 pixels that trains both stages."""
    return ["--model=stackgan/stage_two", "--dataset=openmoji/64", f"--data_dir={data_dir}",
            "--batch_size=4", "--log_every=1", "--sample_every=0",
            f"--hparam=text_encoder={text_encoder}",
            f"--hparam=evaluation_encoder={text_encoder}", "--hparam=stage_one_size=16",
            "--hparam=stage_one_generator_channels=5,4", "--hparam=stage_one_batch_size=4",
            "--hparam=stage_one_discriminator_channels=4,5", "--hparam=condition_dim=3",
            f"--hparam=stage_one_steps={stage_one_steps}", "--hparam=latent_dim=3",
            "--hparam=image_size=32", "--hparam=encoder_channels=4,5",
            "--hparam=num_residual_blocks=1", "--hparam=upsampling_channels=5,4",
            "--hparam=discriminator_channels=4,5,5", "--hparam=discriminator_reduction_channels=",
            "--hparam=augment=translation"]


def start(*flags, output=subprocess.PIPE, program="tools/train.py", **environment):
    """Starts a program; its standard output and error go to `output` together."""
    return subprocess.Popen(
        [sys.executable, program, *flags], cwd=ROOT, stdout=output,
        stderr=subprocess.STDOUT, text=True,
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""} | environment)


def run(*flags):
    """Runs `tools/train.py` to its end; returns (exit status, output)."""
    process = start(*flags)
    try:
        output = process.communicate(timeout=TIMEOUT)[0]
    finally:
        process.kill()
    return process.returncode, output
