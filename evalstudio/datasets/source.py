"""What is read and what comes out: the `[dataset]` table, and one sample."""

from typing import Any

import msgspec


class DatasetSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The `dataset` table of an evaluation: which file, how it is read, which of its rows are samples.

    Rows are chosen in this order: `filter` or `indices`, then `samples` of what is left.
    """

    path: str
    """The file, relative to the evaluation's folder."""
    format: str | None = None
    """csv, tsv, json, jsonl, excel or parquet; by default told from the file's name."""
    columns: dict[str, str] = {}
    """Name used in templates -> column in the file; a dotted path reaches into nested values."""
    samples: int | None = None
    """How many samples in all: the first ones, or with `seed` a random choice."""
    seed: int | None = None
    indices: tuple[int, ...] | None = None
    """Rows to take, counted from 0 over the readable rows."""
    filter: str | None = None
    """A Jinja2 expression over the columns; rows for which it is false are left out."""
    id: str | None = None
    """The column with each sample's id; by default a row's position is its id."""
    cluster_by: str | None = None
    """The column that says which samples belong together, as questions about one document do; intervals and tests
    count these as clusters."""
    delimiter: str | None = None
    quote: str | None = None
    """The character around cells of CSV and TSV; "": a quote is a character like any other. By default \", and
    for TSV what its lines say."""
    encoding: str | None = None
    sheet: str | None = None
    """By default the first sheet that is not hidden."""
    header: bool = True
    """False: the first row is data, and the columns are called column_1, column_2, ..."""
    skip_rows: int | None = None
    """Rows of a sheet, or lines of a CSV file, above the header; by default told from what they hold."""
    split: str | None = None
    """Of a JSON file that holds several lists of rows, the key of the one to read."""


class Sample(msgspec.Struct, frozen=True):
    """One row: its 0-based position among the readable rows, its id, its values by column."""

    position: int
    id: str
    values: dict[str, Any]
