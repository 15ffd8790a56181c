"""Which operations the time of a step goes to, by TensorFlow's own profiler."""

import pathlib
import re
import tempfile

import tensorflow as tf
from tensorflow.tsl.profiler.protobuf import xplane_pb2

# An operation on one of the executor's threads is an event "name in the graph:Kind"; what oneDNN
# does in its place is called "_MklNativeKind" or "_MklKind".
_OPERATION = re.compile(r"[^:]*:(?:_MklNative|_Mkl|_)?([A-Z]\w*)")
_THREADS = "tf_Compute"
_PICOSECONDS = 1e-12


def seconds_by_operation(step, num_steps):
    """Profiles a function on CPUs.

    Args:
        step: function without arguments that has been called before.
        num_steps: how often to call it.

    Returns:
        `{kind of operation, such as "Conv2DBackpropFilter": seconds of a step}`, the longest first.
        Where operations run side by side the seconds of each count.
    """
    with tempfile.TemporaryDirectory() as folder:
        tf.profiler.experimental.start(folder)
        try:
            for _ in range(num_steps):
                step()
        finally:
            tf.profiler.experimental.stop()
        (path,) = pathlib.Path(folder).rglob("*.xplane.pb")
        space = xplane_pb2.XSpace.FromString(path.read_bytes())
    totals = {}
    for plane in space.planes:
        for line in plane.lines:
            if line.name.startswith(_THREADS):
                _add(totals, plane.event_metadata, line.events)
    return {kind: total * _PICOSECONDS / num_steps
            for kind, total in sorted(totals.items(), key=lambda item: -item[1])}


def _add(totals, metadata, events):
    for event in events:
        operation = _OPERATION.fullmatch(metadata[event.metadata_id].name)
        if operation:
            totals[operation[1]] = totals.get(operation[1], 0) + event.duration_ps
