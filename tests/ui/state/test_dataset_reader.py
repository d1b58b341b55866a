"""Datasets for the window: each kind of file is shown or refused with a sentence, and the window is not held up."""

import asyncio
import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from evalstudio.datasets import DatasetSource
from evalstudio.errors import DatasetError
from evalstudio.ui.state.dataset_reader import DatasetReader
from tests.datasets.workbooks import write_sheets

STRAY = '<row><c r="XFD1048576" t="inlineStr"><is><t>stray</t></is></c></row>'


@pytest.fixture
def reader(qtbot: QtBot) -> Iterator[DatasetReader]:
    made = DatasetReader()
    yield made
    made.close()


def make_files(folder: Path) -> None:
    (folder / "sep.csv").write_text("sep=;\nq;expected\nx;\n")
    (folder / "quotes.tsv").write_text('q\tn\n"x" he said\t1\n')
    (folder / "chinese.csv").write_bytes("题目,结果\n光速是多少,每秒三十万公里\n".encode("gbk"))
    (folder / "packed.jsonl.gz").write_bytes(gzip.compress(b'{"q":"x"}\n'))
    (folder / "byid.json").write_text(json.dumps({"a1": {"q": "x"}, "a2": {"q": "y"}}))
    pq.write_table(pa.table({"q": ["x"], "talk": [[{"role": "user", "content": "x"}]]}), folder / "p.parquet")
    write_sheets(folder / "hidden.xlsx", {"H": [["no"]], "S": [["q"], ["x"]]}, hidden={"H": "hidden"})
    write_sheets(folder / "stray.xlsx", {"S": [["q"], ["x"]]}, extra=STRAY)
    (folder / "page.csv").write_text("<!DOCTYPE html><html>")


async def test_that_every_kind_of_file_is_shown_without_holding_up_the_window(
    reader: DatasetReader, tmp_path: Path
) -> None:
    make_files(tmp_path)
    shown = {
        "sep.csv": ["q", "expected"],
        "quotes.tsv": ["q", "n"],
        "chinese.csv": ["题目", "结果"],
        "packed.jsonl.gz": ["q"],
        "byid.json": ["id", "q"],
        "p.parquet": ["q", "talk"],
        "hidden.xlsx": ["q"],
    }
    for name, columns in shown.items():
        ticks = 0
        reading = asyncio.ensure_future(reader.preview(DatasetSource(path=name), tmp_path))
        while not reading.done():
            await asyncio.sleep(0)
            ticks += 1
        found = reading.result()
        assert ticks > 1
        assert [column.name for column in found.columns] == columns
    empty = await reader.preview(DatasetSource(path="sep.csv"), tmp_path)
    assert [column.empty for column in empty.columns] == [0, 1]


@pytest.mark.parametrize(
    ("name", "sentence"), [("stray.xlsx", "far from all others"), ("page.csv", "a web page")]
)
async def test_that_a_file_that_cannot_be_shown_is_a_sentence(
    reader: DatasetReader, tmp_path: Path, name: str, sentence: str
) -> None:
    make_files(tmp_path)
    with pytest.raises(DatasetError, match=sentence):
        await reader.preview(DatasetSource(path=name), tmp_path)


async def test_that_a_process_that_ends_without_a_word_is_a_sentence(qtbot: QtBot, tmp_path: Path) -> None:
    make_files(tmp_path)
    broken = tmp_path / "broken-python"
    broken.write_text("#!/bin/sh\necho gone wrong >&2\nexit 3\n")
    broken.chmod(0o700)
    made = DatasetReader(lambda: str(broken))
    try:
        reading = asyncio.ensure_future(made.survey(DatasetSource(path="p.parquet"), tmp_path))
        async with asyncio.timeout(60):
            while not reading.done():
                QCoreApplication.processEvents()  # the process tells Qt that it has ended
                await asyncio.sleep(0)
        with pytest.raises(DatasetError, match=r"could not be read to its end\. gone wrong"):
            reading.result()
    finally:
        made.close()
