"""What every format offers, and how a file's format is told."""

from pathlib import Path, PurePath

import msgspec

from evalstudio.core.errors import DatasetError
from evalstudio.datasets.readers.base import FormatReader
from evalstudio.datasets.readers.encoding import Encoding, detect_encoding
from evalstudio.datasets.readers.parts import PARTS_ENDING, PartsReader, read_parts
from evalstudio.datasets.readers.signatures import check_signature
from evalstudio.datasets.source import DatasetSource

FORMATS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".txt": "csv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".xlsx": "excel",
    ".xlsm": "excel",
    ".xlsb": "excel",
    ".xls": "excel",
    ".ods": "excel",
    ".parquet": "parquet",
}


COMPRESSED = (".gz", ".gzip", ".zst", ".zstd")
"""Endings that may stand behind those of text."""
TEXT = ("csv", "tsv", "json", "jsonl")
PARTS = "parts"
"""The format of the list of files that a downloaded split of the Hub is."""


def is_dataset(path: Path) -> bool:
    """Whether the file's name has an ending that can be read."""
    return ending_of(path) != ""


def ending_of(path: PurePath) -> str:
    """What the format is told from, as in `.csv` or `.csv.gz`; "" where it cannot be."""
    endings = path.name.lower().split(".")[1:]
    last = f".{endings[-1]}" if endings else ""
    if last in FORMATS:
        return last
    before = f".{endings[-2]}" if len(endings) > 1 else ""
    return before + last if last in COMPRESSED and FORMATS.get(before) in TEXT else ""


def format_named(path: PurePath) -> str | None:
    """The format that the file's name tells."""
    ending = ending_of(path)
    return FORMATS["." + ending.split(".")[1]] if ending else None


def format_of(path: Path, source: DatasetSource) -> str:
    """The format's name, as asked for or by the file's name.

    Raises:
        DatasetError: the format is unknown.
    """
    if path.suffix == PARTS_ENDING:
        return PARTS
    known = sorted(set(FORMATS.values()))
    if source.format is not None:
        if source.format not in known:
            raise DatasetError(f"'{source.format}' is not a format. Use one of {', '.join(known)}.")
        return source.format
    name = format_named(path)
    if name is None:
        raise DatasetError(
            f"The format of {path.name} cannot be told from its name. Set format to one of {', '.join(known)}."
        )
    return name


def open_reader(
    path: Path, source: DatasetSource, encoding: Encoding, limit: int | None = None
) -> FormatReader:
    """A reader for the file; the formats' libraries are imported only when one is used.

    Args:
        path: the file.
        source: the options.
        encoding: of its text, as asked for or detected.
        limit: for a preview: how many bytes may be looked at before the first row; None: all.

    Raises:
        DatasetError: the file cannot be read in this format.
        RequirementError: the format needs an extra that is not installed.
    """
    name = format_of(path, source)
    if name == PARTS:
        return _open_parts(path, source, limit)
    if name in ("csv", "tsv"):
        from evalstudio.datasets.readers.delimited import DelimitedReader

        return DelimitedReader(path, encoding, source, "\t" if name == "tsv" else None, limit)
    if name == "jsonl":
        from evalstudio.datasets.readers.json_lines import JsonLinesReader

        return JsonLinesReader(path, encoding.name)
    if name == "json":
        from evalstudio.datasets.readers.json_array import JsonArrayReader

        return JsonArrayReader(path, encoding.name, source.split)
    if name == "excel":
        from evalstudio.datasets.readers.excel import ExcelReader

        return ExcelReader(path, source)
    from evalstudio.datasets.readers.parquet import ParquetReader

    return ParquetReader(path)


def _open_parts(path: Path, source: DatasetSource, limit: int | None) -> FormatReader:
    """A reader of the files in a manifest, one after the other."""
    labels = read_parts(path).labels
    plain = msgspec.structs.replace(source, split=None)

    def open_part(part: Path) -> FormatReader:
        name = format_of(part, plain)
        check_signature(part, name)
        if name == "parquet":
            from evalstudio.datasets.readers.parquet import ParquetReader

            return ParquetReader(part, labels)
        packed = Encoding("", True)
        return open_reader(part, plain, packed if name == "excel" else detect_encoding(part, limit), limit)

    return PartsReader(path, open_part)
