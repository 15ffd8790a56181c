"""Human voices that Debian packages bring: the prompts of the Asterisk telephone exchange.

Recorded in studios, 16 kHz, G.722; CC BY-SA 3.0 (English, Spanish: Allison Smith; French: June
Wallack) and CC BY 3.0 (Italian: Carlo Flora; Russian: ivrvoice.ru). English and Spanish are spoken
by one person, so that a test on people who were never heard in training needs further voices.
"""

import pathlib

import tensorflow_datasets as tfds

from zoo.data.folder import kept, preparing, splits
from zoo.data.speech import reading
from zoo.errors import RequestError

NAME = "asterisk_speech"  # For `--dataset`.
COMMAND = "apt-get install asterisk-core-sounds-{en,es,fr,it,ru}-g722"
SYSTEM_FOLDER = pathlib.Path("/usr/share/asterisk/sounds")
_TRAINING_VOICES = ("en_US_f_Allison", "es_MX_f_Allison", "it_IT_m_Carlo")
_TEST_VOICES = ("fr_CA_f_June", "ru_RU_f_IvrvoiceRU")
_VALIDATION_SHARE = 0.1  # Of the recordings of the training voices.


def find(data_dir):
    """Lists the recordings with their splits.

    Left out are those in folders `silence`, and `tt-monkeys`, which is no human voice; what is too
    short (beeps, single letters) is left out once their lengths are known.

    Args:
        data_dir: TFDS root; empty: its default. The packages may be unpacked in its
            `downloads/manual` with `dpkg-deb -x`, for those who may not install.

    Returns:
        (folder, `{name: kept.Item}`); names are paths in the folder and begin with the voice.

    Raises:
        RequestError: a voice is missing; the message names the command that installs them all.
    """
    root = pathlib.Path(data_dir or tfds.core.constants.DATA_DIR).expanduser()
    manual = root / "downloads" / "manual"
    folder = SYSTEM_FOLDER if SYSTEM_FOLDER.is_dir() else manual / "usr/share/asterisk/sounds"
    found = {}
    for voice in (*_TRAINING_VOICES, *_TEST_VOICES):
        paths = sorted((folder / voice).rglob("*.g722"))
        if not paths:
            raise RequestError(f"--dataset={NAME}: no recordings of {voice} in {folder}; install "
                               f"them: {COMMAND} (or unpack those packages in {manual} with "
                               "dpkg-deb -x).")
        for path in paths:
            if path.parent.name != "silence" and path.stem != "tt-monkeys" and path.stat().st_size:
                name = path.relative_to(folder).as_posix()
                held_out = splits.position(name) < _VALIDATION_SHARE
                found[name] = kept.Item((name,), "test" if voice in _TEST_VOICES else
                                        "validation" if held_out else "train")
    return folder, found


def speaker(item):
    """Returns who speaks; the voices of two languages may be one person's."""
    return item["name"].partition("/")[0].rpartition("_")[2]


def prepare(data_dir):
    """Returns the recordings, converted, as `kept.Kept`, whose items' `given` is their split.

    Args, Raises: see `find`.
    """
    folder, items = find(data_dir)
    # Different voices may be equally silent.
    return preparing.prepare(folder, data_dir, kept.Modality(
        "own_sounds", "recording", lambda folder, paths: (items, [], paths),
        lambda paths, item: reading.read(paths), NAME, may_repeat=True))
