"""What a file is, by its first bytes: for the sentence that refuses one of another kind than its name says."""

import re
from pathlib import Path

from evalstudio.core.errors import DatasetError
from evalstudio.datasets.readers.byte_stream import open_bytes

HEAD = 4096
BINARY: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "a PDF document", "Export its table as CSV."),
    (b"PAR1", "a Parquet file", 'Set format = "parquet".'),
    (b"ARROW1", "an Arrow (Feather) file", "Write it as Parquet: pyarrow.parquet.write_table."),
    (b"\xff\xff\xff\xff", "an Arrow stream", "Write it as Parquet: pyarrow.parquet.write_table."),
    (b"FEA1", "a Feather file", "Write it as Parquet: pyarrow.parquet.write_table."),
    (b"SQLite format 3\0", "an SQLite database", "Export the table as CSV."),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel file of the older kind (.xls)", 'Set format = "excel".'),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "Unpack it, and name the file in it."),
    (b"Rar!\x1a\x07", "a RAR archive", "Unpack it, and name the file in it."),
    (b"BZh", "a bzip2 archive", "Unpack it, or pack it with gzip or zstd."),
    (b"\xfd7zXZ\0", "an xz archive", "Unpack it, or pack it with gzip or zstd."),
    (b"\x89PNG\r\n", "a PNG image", "A dataset is a table."),
    (b"\xff\xd8\xff", "a JPEG image", "A dataset is a table."),
    (b"GIF8", "a GIF image", "A dataset is a table."),
    (b"\x89HDF\r\n", "an HDF5 file", "Export the table as CSV or Parquet."),
    (b"\x93NUMPY", "a NumPy array", "Write it as CSV or Parquet, with names for its columns."),
    (b"Obj\x01", "an Avro file", "Write it as Parquet or JSON Lines."),
    (b"ORC", "an ORC file", "Write it as Parquet."),
    (b"\x7fELF", "a program", "A dataset is a table."),
    (b"{\\rtf", "an RTF document", "Export its table as CSV."),
)
ZIPPED = (
    (b"xl/", "an Excel workbook", 'Set format = "excel".'),
    (b"word/", "a Word document", "Export its table as CSV."),
    (b"ppt/", "a PowerPoint file", "Export its table as CSV."),
    (b"opendocument.spreadsheet", "an OpenDocument sheet", 'Set format = "excel".'),
    (b"opendocument.text", "an OpenDocument text", "Export its table as CSV."),
    (b".npy", "NumPy arrays", "Write them as CSV or Parquet, with names for the columns."),
)
LFS = b"version https://git-lfs"
PICKLE = re.compile(rb"\x80[\x02-\x05](\x95|c|\}|\]|\()")
HTML = re.compile(rb"\s*(<!--.*?-->\s*)*<(!doctype html|html|head)\b", re.IGNORECASE | re.DOTALL)
XML = re.compile(rb"\s*<\?xml\b|\s*<[A-Za-z][\w:.-]*(\s[^<>]*)?>\s*<[A-Za-z]")
JSON_LINE = re.compile(rb'\s*\{\s*("(?:[^"\\]|\\.)*"\s*:|\}\s*$)')
JSON_LIST = re.compile(rb'\s*\[\s*(\{|\[\s*["\d\[{]|\])')
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")
NAMES = {
    "csv": "CSV",
    "tsv": "TSV",
    "json": "JSON",
    "jsonl": "JSON Lines",
    "excel": "a spreadsheet",
    "parquet": "Parquet",
}
TEXTS = ("csv", "tsv", "json", "jsonl")


def check_signature(path: Path, format_name: str) -> None:
    """Refuses a file whose first bytes are another format's.

    Args:
        path: the file.
        format_name: as which it is about to be read (csv, excel, ...).

    Raises:
        DatasetError: says what the file seems to be, and which option reads it or what else to do.

    Example:
        A PDF that is called `rows.csv`: "rows.csv cannot be read as CSV: it seems to be a PDF document. Export
        its table as CSV."
    """
    head = _head(path, format_name)
    found = _told(head, path)
    if found is None:
        if format_name in ("excel", "parquet"):
            found = _text(head)
    elif f'"{format_name}"' in found[1]:
        return
    if found is None and format_name in ("csv", "tsv"):
        found = _json(head)
    if found is None and format_name == "jsonl" and _is_one_document(head):
        found = "JSON", 'Set format = "json".'
    if found is not None and f'"{format_name}"' not in found[1]:
        kind, advice = found
        raise DatasetError(
            f"{path.name} cannot be read as {NAMES[format_name]}: it seems to be {kind}. {advice}"
        )


def seems_json_lines(head: bytes) -> bool:
    """Whether the first two lines are objects by themselves."""
    lines = [line for line in head.removeprefix(b"\xef\xbb\xbf").splitlines() if line.strip()][:2]
    return len(lines) == 2 and all(JSON_LINE.match(line) for line in lines)


def _is_one_document(head: bytes) -> bool:
    """Whether the text is a list of objects, or an object over several lines, rather than an object a line."""
    first = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return JSON_LIST.match(first) is not None or first.split(b"\n", 1)[0].strip() in (b"{", b"[")


def _head(path: Path, format_name: str) -> bytes:
    if format_name in TEXTS:
        with open_bytes(path) as file:
            return file.read(HEAD)
    with path.open("rb") as file:
        return file.read(HEAD)


def _told(head: bytes, path: Path) -> tuple[str, str] | None:
    """A kind of file that is no table of text, and what to do with it."""
    for magic, kind, advice in BINARY:
        # "ORC" may be the beginning of a column's name; a file of that format has control characters
        if head.startswith(magic) and (len(magic) > 4 or magic == b"%PDF" or CONTROL.search(head)):
            return kind, advice
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(path)
    if head.startswith((b"\x1f\x8b", b"\x28\xb5\x2f\xfd")):
        return "a compressed file", "Unpack it."
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "a WebP image", "A dataset is a table."
    if PICKLE.match(head):
        return "a Python pickle", "Write it as Parquet or JSON Lines."
    if head.startswith(LFS):
        return "a Git LFS pointer, without the file itself", "Fetch the file with: git lfs pull"
    if HTML.match(head):
        page = "a login page" if re.search(rb"(?i)log.?in|sign.?in|password", head) else "a web page"
        return f"{page} (HTML)", "Download the file itself; the address may ask for a login."
    plain = head.removeprefix(b"\xef\xbb\xbf")
    if XML.match(plain):
        return "XML", "Write it as CSV or JSON Lines."
    return None


def _zipped(path: Path) -> tuple[str, str]:
    with path.open("rb") as file:
        ends = file.read(65_536)
        file.seek(max(0, path.stat().st_size - 65_536))
        ends += file.read()
    for mark, kind, advice in ZIPPED:
        if mark in ends:
            return kind, advice
    return "a ZIP archive", "Unpack it, and name the file in it."


def _text(head: bytes) -> tuple[str, str] | None:
    """Text where a binary format is expected."""
    if (found := _json(head)) is not None:
        return found
    start = head[:-4] if len(head) == HEAD else head  # a character may be cut
    try:
        text = start.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    if not text or any(ord(one) < 32 and one not in "\t\r\n\f" for one in text):
        return None
    return (
        ("text in columns (TSV)", 'Set format = "tsv".')
        if "\t" in text.split("\n", 1)[0]
        else ("text (CSV?)", 'Set format = "csv".')
    )


def _json(head: bytes) -> tuple[str, str] | None:
    plain = head.removeprefix(b"\xef\xbb\xbf")
    if seems_json_lines(plain):
        return "JSON Lines", 'Set format = "jsonl".'
    first = plain.lstrip()
    if JSON_LIST.match(first) or (first.startswith(b"{") and JSON_LINE.match(first)):
        whole = first.rstrip()
        if whole.count(b"\n") == 0 and whole.endswith(b"}") and len(head) < HEAD:
            return "JSON Lines", 'Set format = "jsonl".'
        return "JSON", 'Set format = "json".'
    return None
