"""What was measured, as text."""

import statistics

_GIGA = 1e9
_KINDS_SHOWN = 8


def table(measured):
    """Returns what `measurement.measure` returned as lines of name, number and unit."""
    settings, peak = measured["settings"], measured["peak_operations_per_second"]
    rows = [
        ("compilation and first step", measured["compile_seconds"], "s"),
        ("step, real pipeline", 1e3 * measured["step_seconds"], "ms"),
        ("step, data in memory", 1e3 * measured["step_seconds_in_memory"], "ms"),
        ("  the pipeline's cost", 100 * (measured["pipeline_cost"] - 1),
         "% [{:.1f}, {:.1f}]".format(*(100 * (measured[f"{end}_pipeline_cost"] - 1)
                                       for end in ("lowest", "highest")))),
        ("  the pipeline alone", measured["pipeline_over_step"], "x the step's need"),
        ("examples", measured["examples_per_second"], "/s"),
        *((f"{kind.replace('_', ' ')}", number / _GIGA, "GFLOP")
          for kind, number in measured["operations"].items()),
        ("rate, data in memory", measured["operations_per_second"] / _GIGA, "GFLOP/s"),
        *((f"  of the {kind.replace('_', ' ')} peak, {peak[kind] / _GIGA:.0f} GFLOP/s",
           100 * share, "%") for kind, share in measured["share_of_peak"].items()),
        *operation_rows(measured["seconds_by_operation"]),
        *((name, measured[key], "MiB") for name, key in (
            ("peak memory", "peak_memory_mib"), ("peak GPU memory", "peak_gpu_memory_mib"))
          if key in measured),
        *((f"inference: {name.replace('_', ' ')}", value, "")
          for name, value in measured["inference"].items()),
    ]
    width = max(len(name) for name, _, _ in rows)
    lines = [f"{settings['model']}, batch {settings['batch_size']}, {settings['precision']}",
             contender_line(measured)]
    return "\n".join(lines + [f"  {name:{width}} {number:12,.3f} {unit}".rstrip()
                              for name, number, unit in rows])


def operation_rows(seconds):
    """Returns rows of `table`: what all operations take, and which take most of it.

    Args:
        seconds: `{kind: seconds of a step}`, the longest first.
    """
    total = sum(seconds.values())
    kinds = list(seconds.items())
    shown, rest = kinds[:_KINDS_SHOWN], [each for _, each in kinds[_KINDS_SHOWN:]]
    if rest:
        shown.append((f"{len(rest)} other kinds", sum(rest)))
    return [("operations of a step, data in memory", 1e3 * total, "ms")] + [
        (f"  {kind}, {each / total:.0%}", 1e3 * each, "ms") for kind, each in shown]


def contender_line(description):
    """Returns a line with the parameters and operations of a `race.Contender`."""
    parameters = ", ".join(f"{name} {number:,}"
                           for name, number in description["parameters"].items())
    totals = {name.replace("_", " "): sum(description[name].values()) / _GIGA
              for name in ("operations", "needed_operations") if name in description}
    return "; ".join([f"parameters: {parameters}",
                      *(f"{name} of a step: {total:.3f} GFLOP" for name, total in totals.items())])


def race_table(result):
    """Returns what `race.race` returned as lines, medians and [lowest, highest]."""
    lines = []
    for name, seconds in zip(("first", "second"), result["step_seconds"], strict=True):
        lines.append(f"  {name:6} {1e3 * statistics.median(seconds):10.1f} ms a step "
                     f"[{1e3 * min(seconds):.1f}, {1e3 * max(seconds):.1f}]")
    lines.append(f"  the first is {result['ratio']:.2f} times as fast as the second "
                 f"[{result['lowest_ratio']:.2f}, {result['highest_ratio']:.2f}], "
                 f"{len(result['step_seconds'][0])} pairs")
    return "\n".join(lines)


def scaling_line(result):
    """Returns a line of what `scaling.measure` yields."""
    together, alone = map(statistics.median, result["step_seconds"])
    line = (f"{result['strategy']} x {result['count']}: {1e3 * together:.1f} ms a step, "
            f"one process {1e3 * alone:.1f}: {result['ratio']:.2f} times as fast "
            f"[{result['lowest_ratio']:.2f}, {result['highest_ratio']:.2f}]; "
            f"{result['peak_memory_mib']:.0f} MiB; "
            f"gradients {result['gradient_bytes'] / 1e6:.1f} MB")
    if "sent_bytes" in result:
        line += (f", sent {result['sent_bytes'] / 1e6:.1f} MB in "
                 f"{1e3 * result['communication_seconds']:.1f} ms")
    return line
