"""The captions of a TFDS data set, read once: its records hold the pictures too."""

import functools
import json
import pathlib
import uuid

import tensorflow_datasets as tfds

from zoo.progress import Progress

_AT_ONCE = 1000  # Records read at a time.


def read(builder, split, path):
    """Returns the captions of each example of a prepared split, a list of tuples of str.

    They are kept in a file in the prepared data set's own folder, and read from there as long as
    the records' files are the same (names, sizes and times of change). Processes may do so at the
    same time: whichever is last has its file stay, and all files are alike.

    Args:
        builder: `tfds.core.DatasetBuilder`.
        split: name of the split.
        path: of the feature, for instance ["captions", "text"].
    """
    file = pathlib.Path(builder.data_dir) / f".captions_{split}_{'.'.join(path)}.json"
    records = [_state(pathlib.Path(name)) for name in builder.info.splits[split].filepaths]
    if file.is_file():
        kept = json.loads(file.read_text(encoding="utf-8"))
        if kept["records"] == records:
            return [tuple(texts) for texts in kept["captions"]]
    captions = _read(builder, split, path)
    _write(file, {"records": records, "captions": captions})
    return captions


def at(example, path):
    """Returns the feature of an example at a path such as ["captions", "text"]."""
    return functools.reduce(lambda inner, part: inner[part], path, example)


def nested(path, value):
    """(["a", "b"], x) -> {"a": {"b": x}}."""
    return functools.reduce(lambda inner, part: {part: inner}, reversed(path), value)


def _state(path):
    found = path.stat()
    return [path.name, found.st_size, found.st_mtime_ns]


def _read(builder, split, path):
    source = builder.as_data_source(
        split, deserialize_method=tfds.decode.DeserializeMethod.RAW_BYTES)
    features = tfds.decode.PartialDecoding(nested(path, True)).extract_features(
        builder.info.features)
    captions, progress = [], Progress(len(source), "caption")
    for start in range(0, len(source), _AT_ONCE):
        stop = min(start + _AT_ONCE, len(source))
        for record in source.__getitems__(range(start, stop)):
            texts = at(features.deserialize_example_np(record), path)
            texts = [texts] if isinstance(texts, bytes) else texts
            captions.append(tuple(text.decode() for text in texts))
        progress.show(stop)
    return captions


def _write(file, content):
    partial = file.with_name(f"{file.name}.{uuid.uuid4().hex}.partial")
    try:
        try:
            partial.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
            partial.replace(file)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        print(f"{file.parent}: captions are not kept there, and read again the next time "
              f"({error.strerror})", flush=True)
