"""Files that are something else than their name says: the sentence names what they seem to be and what reads them."""

import io
import os
import pickle
import sqlite3
import threading
import zipfile
from pathlib import Path

import numpy
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evalstudio.datasets import DatasetSource, open_dataset, preview
from evalstudio.errors import DatasetError
from tests.datasets.conftest import OpenFile, values
from tests.datasets.workbooks import write_sheets


def parquet() -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"q": ["x"]}), sink)
    return sink.getvalue()


def arrow(*, stream: bool = False) -> bytes:
    sink = io.BytesIO()
    table = pa.table({"q": ["x"]})
    with (pa.ipc.new_stream if stream else pa.ipc.new_file)(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def zipped(name: str) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as book:
        book.writestr(name, "x")
    return sink.getvalue()


def array() -> bytes:
    sink = io.BytesIO()
    numpy.save(sink, numpy.arange(3))
    return sink.getvalue()


def database(folder: Path) -> bytes:
    connection = sqlite3.connect(folder / "made.db")
    connection.execute("create table t (q text)")
    connection.commit()
    connection.close()
    return (folder / "made.db").read_bytes()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.csv", b"%PDF-1.4\n%\xe2\xe3\n1 0 obj", "it seems to be a PDF document. Export"),
        ("a.json", b"%PDF-1.4\n%\xe2\xe3\n1 0 obj", "a PDF document"),
        (
            "a.xlsx",
            b"%PDF-1.4\n%\xe2\xe3\n1 0 obj",
            "cannot be read as a spreadsheet: it seems to be a PDF document",
        ),
        ("a.csv", zipped("rows.csv"), "a ZIP archive. Unpack it"),
        ("a.csv", zipped("word/document.xml"), "a Word document"),
        ("a.csv", zipped("xl/workbook.xml"), 'an Excel workbook. Set format = "excel"'),
        ("a.jsonl", parquet(), 'a Parquet file. Set format = "parquet"'),
        ("a.parquet", arrow(), "an Arrow .* file. Write it as Parquet"),
        ("a.parquet", arrow(stream=True), "an Arrow stream"),
        ("a.csv", b"\x89PNG\r\n\x1a\n\x00\x00", "a PNG image"),
        ("a.tsv", b"\xff\xd8\xff\xe0\x00\x10JFIF", "a JPEG image"),
        ("a.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", r"older kind \(.xls\). Set format = \"excel\""),
        ("a.jsonl", pickle.dumps([{"q": 1}]), "a Python pickle"),
        ("a.csv", array(), "a NumPy array"),
        ("a.csv", b"BZh91AY&SY\x00\x01", "a bzip2 archive"),
        ("a.csv", b"\xfd7zXZ\x00\x00\x04", "an xz archive"),
        ("a.csv", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n", "git lfs pull"),
        (
            "a.parquet",
            b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n",
            "Git LFS pointer",
        ),
        ("a.csv", b"<!DOCTYPE html>\n<html><body><form>Password", r"a login page \(HTML\)"),
        ("a.json", b"\n<html><body>404", r"a web page \(HTML\)"),
        ("a.xls", b"<html><table><tr><td>q", "a web page"),
        ("a.csv", b'<?xml version="1.0"?><rows/>', "XML"),
        ("a.csv", b'[{"q": "x"}]', 'JSON. Set format = "json"'),
        ("a.csv", b'{\n "q": ["x"]\n}', 'JSON. Set format = "json"'),
        ("a.csv", b'{"q": "x"}\n{"q": "y"}\n', 'JSON Lines. Set format = "jsonl"'),
        ("a.json", b'{"q": "x"}\n{"q": "y"}\n', 'JSON Lines.* format = "jsonl"'),
        ("a.jsonl", b'[{"q": "x"}, {"q": "y"}]', 'JSON. Set format = "json"'),
        ("a.jsonl", b'{\n  "data": [{"q": "x"}]\n}', 'JSON. Set format = "json"'),
        ("a.xlsx", b"q,a\nx,1\n", 'cannot be read as a spreadsheet: .*format = "csv"'),
        ("a.parquet", b"q\ta\nx\t1\n", 'cannot be read as Parquet: .*format = "tsv"'),
        ("a.parquet", b'[{"q": "x"}]', 'format = "json"'),
        ("a.parquet", b"PAR1\x00\x01garbage", "cannot be read as Parquet"),
        ("a.xlsx", b"PK\x03\x04xl/garbage", "cannot be read as a spreadsheet"),
    ],
)
def test_that_a_file_of_another_kind_is_named(
    opened: OpenFile, tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    with pytest.raises(DatasetError, match=sentence):
        opened(name, content)
    with pytest.raises(DatasetError, match=sentence):
        preview(DatasetSource(path=name), tmp_path)


def test_that_a_database_is_named(opened: OpenFile, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"an SQLite database\. Export the table"):
        opened("a.csv", database(tmp_path))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "ORCID,a\nx,1\n"),
        ("a.csv", "PAR1,a\nx,1\n"),
        ("a.csv", "GIF8,a\nx,1\n"),
        ("a.csv", "BZh,a\nx,1\n"),
        ("a.csv", "[name],a\nx,1\n"),
        ("a.csv", "<b>,a\nx,1\n"),
        ("a.csv", "{q},a\nx,1\n"),
        ("a.csv", "PK,a\nx,1\n"),
        ("a.csv", "version,a\nx,1\n"),
        ("a.jsonl", '{"<html>": 1, "a": "1"}\n'),
    ],
)
def test_that_a_table_that_only_begins_like_it_is_read(opened: OpenFile, name: str, text: str) -> None:
    assert [row["a"] for row in values(opened(name, text))] == ["1"]


def test_that_the_option_that_the_sentence_names_reads_the_file(opened: OpenFile, tmp_path: Path) -> None:
    assert values(opened("a.csv", b'[{"q": "x"}]', format="json")) == [{"q": "x"}]
    assert values(opened("b.json", b'{"q": "x"}\n{"q": "y"}\n', format="jsonl")) == [{"q": "x"}, {"q": "y"}]
    assert values(opened("c.csv", parquet(), format="parquet")) == [{"q": "x"}]
    assert values(opened("d.parquet", b"q\tn\nx\t1\n", format="tsv")) == [{"q": "x", "n": "1"}]
    write_sheets(tmp_path / "e.csv", {"S": [["q"], ["x"]]})
    assert values(open_dataset(DatasetSource(path="e.csv", format="excel"), tmp_path)) == [{"q": "x"}]


def test_that_a_pipe_is_refused_for_what_it_is(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "rows.csv")
    writer = threading.Thread(target=lambda: os.close(os.open(tmp_path / "rows.csv", os.O_RDWR)), daemon=True)
    writer.start()
    for read in (open_dataset, preview):
        with pytest.raises(DatasetError, match=r"is a pipe or a device.*Save what it gives to a file"):
            read(DatasetSource(path="rows.csv"), tmp_path)
    writer.join()
    with pytest.raises(DatasetError, match="is a pipe or a device"):
        open_dataset(DatasetSource(path="/dev/null", format="csv"), tmp_path)
