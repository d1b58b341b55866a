"""What every format offers, and how a file's format is told."""

from pathlib import Path

from evalstudio.core.errors import DatasetError
from evalstudio.datasets.readers.base import FormatReader
from evalstudio.datasets.readers.encoding import Encoding
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


def format_of(path: Path, source: DatasetSource) -> str:
    """The format's name, as asked for or by the file's name.

    Raises:
        DatasetError: the format is unknown.
    """
    known = sorted(set(FORMATS.values()))
    if source.format is not None:
        if source.format not in known:
            raise DatasetError(f"'{source.format}' is not a format. Use one of {', '.join(known)}.")
        return source.format
    name = FORMATS.get(path.suffix.lower())
    if name is None:
        raise DatasetError(
            f"The format of {path.name} cannot be told from its name. Set format to one of {', '.join(known)}."
        )
    return name


def open_reader(path: Path, source: DatasetSource, encoding: Encoding) -> FormatReader:
    """A reader for the file; the formats' libraries are imported only when one is used.

    Raises:
        DatasetError: the file cannot be read in this format.
        RequirementError: the format needs an extra that is not installed.
    """
    name = format_of(path, source)
    if name in ("csv", "tsv"):
        from evalstudio.datasets.readers.delimited import DelimitedReader

        delimiter = source.delimiter or ("\t" if name == "tsv" else None)
        return DelimitedReader(path, encoding, delimiter, source.header)
    if name == "jsonl":
        from evalstudio.datasets.readers.json_lines import JsonLinesReader

        return JsonLinesReader(path, encoding.name)
    if name == "json":
        from evalstudio.datasets.readers.json_array import JsonArrayReader

        return JsonArrayReader(path, encoding.name)
    if name == "excel":
        from evalstudio.datasets.readers.excel import ExcelReader

        return ExcelReader(path, source.sheet, source.header)
    from evalstudio.datasets.readers.parquet import ParquetReader

    return ParquetReader(path)
