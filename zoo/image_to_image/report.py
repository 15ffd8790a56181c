"""A page of results that works from disk: source, output and truth, sortable by each metric."""

import html

import tensorflow as tf

from zoo.core import folders
from zoo.core.measured import shown

_PAGE = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>{title}</title>
<style>
body {{ font: 14px sans-serif; margin: 1em; }}
table {{ border-collapse: collapse; }}
th, td {{ padding: 4px 8px; border-bottom: 1px solid #ddd; text-align: right; }}
th {{ position: sticky; top: 0; background: #fff; }}
th:first-child, td:first-child {{ text-align: left; }}
img {{ width: 128px; image-rendering: pixelated; display: block; margin-left: auto; }}
button {{ font: inherit; border: 0; background: none; cursor: pointer; }}
</style>
<h1>{title}</h1>
<p>{summary}</p>
<p>A click on a metric sorts by it, a second one the other way round; a link that ends in
#{example} opens the page sorted.</p>
<table>
<thead><tr>{head}</tr></thead>
<tbody>
{rows}
</tbody>
</table>
<script>
const body = document.querySelector("tbody");
let last = "";
function sortBy(name) {{
  const sign = name === last ? -1 : 1;
  const value = row => Number(row.dataset[name]);
  const rows = [...body.rows].sort((a, b) => sign * (value(a) - value(b)));
  body.append(...rows);
  last = name === last ? "" : name;
}}
for (const button of document.querySelectorAll("button")) {{
  button.onclick = () => sortBy(button.dataset.by);
}}
const wanted = location.hash.slice(1);
if (document.querySelector(`button[data-by="${{CSS.escape(wanted)}}"]`)) sortBy(wanted);
</script>
</html>
"""


def write(folder, title, measured):
    """Writes `report/index.html` and its pictures, in the place of an earlier report.

    Args:
        folder: `pathlib.Path` of the workdir.
        title: str.
        measured: `zoo.image_to_image.evaluation.Measured`.

    Returns:
        `pathlib.Path` of the page.
    """
    place = folder / "report"
    with folders.replacing(place, "--out") as report:
        _write(report, title, measured)
    return place / "index.html"


def check_place(folder):
    """Refuses, before anything is measured, a folder with somebody else's `report`.

    Raises:
        RequestError: see `zoo.core.folders.replacing`.
    """
    folders.check_free(folder / "report", "--out")


def _write(report, title, measured):
    (report / "images").mkdir()
    rows = []
    for i, name in enumerate(measured.names):
        cells = []
        for column, images in measured.pictures.items():
            file = f"images/{i:05d}_{column}.png"
            (report / file).write_bytes(tf.io.encode_png(images[i]).numpy())
            cells.append(f'<td><img src="{file}" alt="{column}" loading="lazy"></td>')
        numbers = {metric: float(values[i]) for metric, values in measured.values.items()}
        data = " ".join(f'data-{m}="{value!r}"' for m, value in numbers.items())
        cells += [f"<td>{value:.4f}</td>" for value in numbers.values()]
        rows.append(f"<tr {data}><td>{html.escape(name)}</td>{''.join(cells)}</tr>")
    head = "<th>name</th>" + "".join(f"<th>{column}</th>" for column in measured.pictures)
    head += "".join(f'<th><button data-by="{metric}">{metric}</button></th>'
                    for metric in measured.values)
    summary = ", ".join(f"{metric} {shown(result['value'])}"
                        for metric, result in measured.results.items())
    (report / "index.html").write_text(_PAGE.format(
        title=html.escape(title), summary=html.escape(summary), head=head,
        rows="\n".join(rows), example=next(iter(measured.values))), encoding="utf-8")
