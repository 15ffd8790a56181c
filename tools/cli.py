"""The command line of all tools: flags defined once, expected errors in one line."""

import ctypes
import errno
import os
import pathlib
import sys
import tempfile

from absl import app, flags, logging

# A tool is a process of ours: what keras.json or the environment say for others is not for it.
os.environ["KERAS_BACKEND"] = "tensorflow"

from zoo.core import flagfiles, locate, signals
from zoo.core import settings as settings_lib
from zoo.errors import RequestError, RunFailed
from zoo.registry import REGISTRY

_NVIDIA = "/dev/nvidiactl"  # There where a driver has found a GPU.
_M_TRIM_THRESHOLD, _M_MMAP_MAX = -1, -4  # malloc.h
# What is wrong with a disk or a path, and not with the program.
_NOT_WRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EPERM, errno.EROFS,
                 errno.EIO, errno.ESTALE, errno.ENAMETOOLONG, errno.ENOTDIR, errno.EISDIR,
                 errno.ELOOP)


class PathParser(flags.ArgumentParser):
    """A path on this machine, with ~ for the home folder; None and "" stay as they are."""

    syntactic_help = "a path"

    def parse(self, argument):
        return locate.local(argument)


def define_path(name, default, help_text):
    """Defines a flag that takes the path of a file or a folder on this machine."""
    flags.DEFINE(PathParser(), name, default, help_text)


def define_settings():
    """Defines one flag for each field of `Settings`, and the repeatable `--hparam`."""
    for field in settings_lib.flag_fields():
        help_text, choices = field.metadata["help"], settings_lib.choices(field)
        if choices:
            flags.DEFINE_enum(field.name, field.default, choices, help_text)
        elif field.metadata["path"]:
            define_path(field.name, field.default, help_text)
        elif field.type is bool:
            flags.DEFINE_bool(field.name, field.default, help_text)
        elif field.type is int:
            flags.DEFINE_integer(field.name, field.default, help_text)
        else:
            flags.DEFINE_string(field.name, field.default, help_text)
    flags.DEFINE_multi_string(
        "hparam", [], "name=value, repeatable; the family's hyperparameters.")


def settings():
    """Returns the `Settings` that the flags describe; of a repeated hyperparameter, the last.

    Raises:
        RequestError: no such model, or an `--hparam` that is not name=value or does not exist.
    """
    hparams = {}
    for item in flags.FLAGS.hparam:
        name, equals, value = item.partition("=")
        if not equals:
            raise RequestError(f"--hparam={item}: must be name=value.")
        hparams[name] = value
    values = {field.name: getattr(flags.FLAGS, field.name)
              for field in settings_lib.flag_fields()}
    values["dataset"] = locate.dataset(values["dataset"])
    values["data_dir"] = locate.absolute(values["data_dir"])
    values["init_from"] = locate.reference(values["init_from"])
    REGISTRY.check(values["model"], hparams)
    return settings_lib.Settings(**values, hparams=hparams)


def define_run():
    """Defines the two flags that say which run a tool works on."""
    define_path("workdir", "", "Folder of a run of tools/train.py.")
    flags.DEFINE_string("pretrained", "", "Name of a shipped run, instead of --workdir.")


def run_folder():
    """Returns the folder that `--workdir` or `--pretrained` names.

    Raises:
        RequestError: not exactly one of them is given, or it does not exist.
    """
    if bool(flags.FLAGS.workdir) == bool(flags.FLAGS.pretrained):
        raise RequestError("give either --workdir=FOLDER or --pretrained=NAME.")
    if flags.FLAGS.pretrained:
        return locate.pretrained(flags.FLAGS.pretrained)
    return locate.run_folder(flags.FLAGS.workdir, "--workdir")


def new_file(name):
    """Returns the path of a file to be written that a flag names, before any work is done for it.

    Raises:
        RequestError: its folder does not exist, or it is no file.
    """
    path = pathlib.Path(flags.FLAGS[name].value)
    if not path.parent.is_dir():
        raise RequestError(f"--{name}={path}: there is no folder {path.parent}.")
    if path.exists() and not path.is_file():
        raise RequestError(f"--{name}={path}: is not a file; name one.")
    return path


def parse(argv):
    """Sets the flags from a command line, flagfiles included; returns what is left of it.

    Raises:
        RequestError: an unknown flag, a value of the wrong kind, or something that is no flag.
    """
    try:
        rest = flags.FLAGS(flagfiles.expand(argv))
    except flags.Error as error:
        raise RequestError(" ".join(str(error).split())) from None
    if len(rest) > 1:
        raise RequestError(f"unexpected argument {rest[1]!r}; every option starts with --.")
    return rest


def keep_freed_memory():
    """Lets glibc keep the memory that is freed for what is allocated next.

    By itself it gives large arrays back to the system, which clears the pages of the next ones: a
    twelfth of a pix2pix step.
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(_M_MMAP_MAX, 0)
        libc.mallopt(_M_TRIM_THRESHOLD, 2**31 - 1)


def load_tensorflow():
    """Imports TensorFlow and Keras without their page of notices, which no setting turns off.

    A tool calls it when all that is quickly checked has been. The notices are shown after all if
    the import fails. Later, what its C++ calls errors stays unsaid too: "remapper failed", "oneDNN
    supports DT_BOOL only", neither of which is one. Real errors are raised, and what ends the
    process is still written; TF_CPP_MIN_LOG_LEVEL=0 shows all.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # By itself it leaves oneDNN off on CPUs without AVX-512, where a step is twice as fast with it.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as notices:
        os.dup2(notices.fileno(), 2)
        try:
            import keras
            import tensorflow as tf
            keras.config.set_image_data_format("channels_last")
            keras.config.set_floatx("float32")
            gpus = tf.config.list_physical_devices("GPU")
        except Exception:
            notices.seek(0)
            os.write(stderr, notices.read())
            raise
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
    if os.path.exists(_NVIDIA) and not gpus and os.environ.get("CUDA_VISIBLE_DEVICES") is None:
        print("there is a GPU that TensorFlow cannot use, so the CPU works; "
              "TF_CPP_MIN_LOG_LEVEL=0 shows why", file=sys.stderr)


def run(main):
    """Runs a tool; exits with 0, 1 (the run failed) or 2 (the request was wrong).

    A signal that asks it to end is one line and 128 + its number: 130 for Ctrl-C, 143 for SIGTERM.
    """
    signals.watch()
    logging.set_verbosity(logging.ERROR)
    keep_freed_memory()

    def checked(argv):
        try:
            main(argv)
            sys.stdout.flush()
        except BrokenPipeError:  # Who read the output has gone, as `| head` does.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)
        except RequestError as error:
            _exit(error, 2)
        except RunFailed as error:
            _exit(error, 1)
        except OSError as error:
            if error.errno not in _NOT_WRITABLE:
                raise
            _exit(f"{error.filename or 'a file'}: cannot be written ({error.strerror}); mend that "
                  "and run the same command again.", 2)

    def parsed(argv):
        try:
            return parse(argv)
        except RequestError as error:
            _exit(error, 2)

    with signals.ending():
        app.run(checked, flags_parser=parsed)


def _exit(error, status):
    print(f"error: {error}", file=sys.stderr)
    sys.exit(status)
