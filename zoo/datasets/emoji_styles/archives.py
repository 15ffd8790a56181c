"""The npm archives that the pictures and captions are made from."""

import json
import pathlib
import shutil
import subprocess
import tarfile
import tempfile

from zoo.errors import RequestError

# Of each style but openmoji's, which comes from PyPI.
STYLES = {
    "noto": "@iconify-json/noto@1.2.9",
    "twemoji": "@iconify-json/twemoji@1.2.5",
    "fluent": "@iconify-json/fluent-emoji-flat@1.2.6",
    "gradient": "@iconify-json/fluent-emoji@1.2.7",
    "blob": "@iconify-json/noto-v1@1.2.5",
    "emojione": "@iconify-json/emojione@1.2.3",
    "classic": "@iconify-json/emojione-v1@1.2.3",
}
NAMES = "emojibase-data@17.0.0"
PACKAGES = (NAMES, *STYLES.values())


def file_name(package):
    """Returns what `npm pack` calls a package's archive.

    >>> file_name("@iconify-json/noto@1.2.9")
    'iconify-json-noto-1.2.9.tgz'
    """
    return package.removeprefix("@").replace("/", "-").replace("@", "-") + ".tgz"


def fetch(folder):
    """Has npm put the archives that are missing into a folder; it checks their integrity.

    Args:
        folder: `pathlib.Path`; is made.

    Raises:
        RequestError: there is no npm here, or it fails; the message names the command to run.
    """
    missing = [package for package in PACKAGES if not (folder / file_name(package)).is_file()]
    if not missing:
        return
    command = f"npm pack {' '.join(missing)}"
    advice = (f"run this in {folder}, or on another machine and copy the archives there: {command}")
    if not shutil.which("npm"):
        raise RequestError(f"emoji_styles: {len(missing)} npm archives are missing, and npm is not "
                           f"installed (Debian: apt-get install npm); {advice}")
    print(f"fetching into {folder}: {', '.join(missing)}", flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as partial:
        done = subprocess.run(["npm", "pack", "--silent", *missing], cwd=partial,
                              capture_output=True, text=True)
        if done.returncode:
            reason = (done.stderr.strip() or "no reason given").splitlines()[0]
            raise RequestError(f"emoji_styles: npm has failed ({reason}); {advice}")
        for package in missing:
            (pathlib.Path(partial) / file_name(package)).rename(folder / file_name(package))


def read_json(folder, package, name):
    """Reads a JSON file of a package.

    Args:
        folder: `pathlib.Path` of the archives.
        package: one of `PACKAGES`.
        name: path in the package, such as "icons.json".

    Raises:
        RequestError: the archive is missing, damaged, or holds no such file.
    """
    path = folder / file_name(package)
    try:
        with tarfile.open(path, "r:gz") as archive:
            return json.load(archive.extractfile(f"package/{name}"))
    except (OSError, EOFError, tarfile.TarError, KeyError, ValueError) as error:
        raise RequestError(f"{path}: cannot be read as {package} ({error}); delete it and run the "
                           "same command again.") from None
