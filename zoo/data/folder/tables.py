"""Caption tables: rows of `file_name` and `text` in a .csv or .jsonl file."""

import csv
import json

from zoo.errors import RequestError

NAMES = ("captions.csv", "captions.jsonl", "metadata.csv", "metadata.jsonl")
_COLUMNS = ("file_name", "text")


def read_rows(path):
    """Reads a caption table.

    Bytes that are not UTF-8 become surrogates, so that a bad row does not hide the good ones.

    Args:
        path: `pathlib.Path` of the table.

    Yields:
        (line number, [file_name, text]), or (line number, what is wrong with it).

    Raises:
        OSError: the table cannot be read.
        RequestError: it has no columns file_name and text.
    """
    # Excel writes a byte order mark before the first column's name.
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        yield from _csv_rows(file) if path.suffix.lower() == ".csv" else _json_rows(file)


def _csv_rows(file):
    # Strict: a forgotten quotation mark would swallow all rows that follow.
    reader = csv.reader(file, strict=True)
    try:
        columns = [column.strip() for column in next(reader, [])]
    except csv.Error:
        columns = []
    if not set(_COLUMNS) <= set(columns):
        raise RequestError(f"{file.name}: its first line must name the columns file_name and text, "
                           f"with a comma between them; it has {', '.join(columns) or 'none'}.")
    wanted = [columns.index(column) for column in _COLUMNS]
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield reader.line_num, f"is not CSV ({error})"
            continue
        if cells is None:
            return
        if len(cells) == len(columns):
            yield reader.line_num, [cells[column] for column in wanted]
        elif cells:  # No blank line.
            yield reader.line_num, (f"has {len(cells)} cells, not {len(columns)}; a caption with a "
                                    "comma in it needs quotation marks around it")


def _json_rows(file):
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            yield number, "is not JSON"
            continue
        cells = [row.get(key) if isinstance(row, dict) else None for key in _COLUMNS]
        wrong = [key for key, cell in zip(_COLUMNS, cells) if not isinstance(cell, str)]
        yield number, f"has no string {' and no string '.join(wrong)}" if wrong else cells
