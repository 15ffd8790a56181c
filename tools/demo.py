"""The whole way in a few minutes: pictures from shipped weights, then a model of one's own.

    python tools/demo.py        (or: make demo, which also sets everything up)
"""

import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
OUT = ROOT / "runs" / "demo"
CAPTIONS = ("woman farmer dark skin tone", "red heart", "thumbs up medium skin tone",
            "man firefighter light skin tone", "automobile", "raised fist medium-dark skin tone")


def tool(name, *arguments):
    """Runs one of the tools and prints the command, so that it can be typed again."""
    print(f"\n$ python tools/{name}.py {' '.join(map(repr, arguments))}", flush=True)
    subprocess.run([sys.executable, ROOT / "tools" / f"{name}.py", *arguments], check=True)


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    captions = [f"--caption={caption}" for caption in CAPTIONS]
    run, flags = OUT / "quickstart", ROOT / "configs" / "text_to_image" / "quickstart.flags"
    tool("sample", "--pretrained=df_gan_openmoji64", f"--out={OUT / 'shipped.png'}",
         "--num_samples=6", *captions)
    tool("train", f"--flagfile={flags}", f"--workdir={run}")
    tool("evaluate", f"--workdir={run}")
    tool("export", f"--workdir={run}", f"--out={OUT / 'saved_model'}")
    tool("sample", f"--workdir={run}", f"--out={OUT / 'quickstart.png'}", "--num_samples=6",
         *captions)
    print(f"""
Captions, a row each: {', '.join(CAPTIONS)}
{OUT / 'shipped.png'}      pictures from the shipped weights
{OUT / 'quickstart.png'}   the same from the model trained just now
{run / 'samples'}          its sample sheets, beside the true pictures
{run / 'eval.json'}        its measured quality
{OUT / 'saved_model'}      its SavedModel, for tf.saved_model.load""")


if __name__ == "__main__":
    main()
