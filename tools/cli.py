"""The command line of all tools: flags defined once, expected errors in one line."""

import ctypes
import errno
import os
import sys
import tempfile

from absl import app, flags, logging

from zoo.core import locate
from zoo.core import settings as settings_lib
from zoo.errors import RequestError, RunFailed

_M_TRIM_THRESHOLD, _M_MMAP_MAX = -1, -4  # malloc.h
_NO_ROOM_OR_PERMISSION = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS)


def define_settings():
    """Defines one flag for each field of `Settings`, and the repeatable `--hparam`."""
    for field in settings_lib.flag_fields():
        help_text, choices = field.metadata["help"], settings_lib.choices(field)
        if choices:
            flags.DEFINE_enum(field.name, field.default, choices, help_text)
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
        RequestError: an `--hparam` that is not name=value.
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
    return settings_lib.Settings(**values, hparams=hparams)


def define_run():
    """Defines the two flags that say which run a tool works on."""
    flags.DEFINE_string("workdir", "", "Folder of a run of tools/train.py.")
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


def _parse(argv):
    try:
        rest = flags.FLAGS(argv)
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


def _load_tensorflow():
    """Imports TensorFlow without its page of notices, which no setting turns off.

    They are shown after all if the import fails.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # By itself it leaves oneDNN off on CPUs without AVX-512, where a step is twice as fast with it.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as notices:
        os.dup2(notices.fileno(), 2)
        try:
            import tensorflow as tf
            tf.config.list_physical_devices()
        except BaseException:
            notices.seek(0)
            os.write(stderr, notices.read())
            raise
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)


def run(main):
    """Runs a tool; exits with 0, 1 (the run failed) or 2 (the request was wrong)."""
    logging.set_verbosity(logging.ERROR)
    keep_freed_memory()

    def checked(argv):
        _load_tensorflow()
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
            if error.errno not in _NO_ROOM_OR_PERMISSION:
                raise
            _exit(f"{error.filename or 'a file'}: cannot be written ({error.strerror}); nothing "
                  "before is lost: mend that and run the same command again.", 2)

    def parse(argv):
        try:
            return _parse(argv)
        except RequestError as error:
            _exit(error, 2)

    app.run(checked, flags_parser=parse)


def _exit(error, status):
    print(f"error: {error}", file=sys.stderr)
    sys.exit(status)
