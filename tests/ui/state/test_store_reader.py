"""The window's reader: what is looked at now waits for no long question."""

import asyncio
import contextlib
import sqlite3
import threading
from pathlib import Path

import pytest

from evalstudio.errors import StoreError
from evalstudio.store.query import RecordQuery
from evalstudio.store.reader import Reader
from evalstudio.store.schema import migrate
from evalstudio.ui.state.store_reader import StoreReader
from evalstudio.workspace.folder import Workspace


def test_that_a_database_that_is_just_being_made_is_empty_and_no_trouble(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    connection = sqlite3.connect(workspace.database)
    connection.execute("PRAGMA journal_mode = WAL")  # the file is there, its tables are not
    store = StoreReader(workspace)
    assert asyncio.run(store.runs()) == []
    migrate(connection)
    connection.execute("INSERT INTO experiments VALUES (1, 'one', 1.0)")
    connection.commit()
    connection.close()
    assert asyncio.run(store.history(1)) is None
    store.close()


def test_that_rows_come_while_a_long_question_is_answered(filled: Path) -> None:
    begun, go = threading.Event(), threading.Event()

    def long_question(reader: Reader) -> int:
        begun.set()
        assert go.wait(20)
        return len(reader.runs())

    async def look() -> None:
        store = StoreReader(Workspace(filled))
        ids = await store.record_ids(1, RecordQuery())
        question = asyncio.ensure_future(store._questions.read(long_question, 0))
        try:
            await asyncio.to_thread(begun.wait, 20)
            async with asyncio.timeout(10):
                lines = await store.lines(ids[:3].tolist())
                details = await store.details(int(ids[0]))
            assert [line.id for line in lines] == ids[:3].tolist()
            assert details is not None
            assert not question.done()
        finally:
            go.set()
            assert await question == 2
            store.close()

    asyncio.run(look())


ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n WHERE x < 0"


def test_that_a_comparison_holds_up_nothing_and_can_be_broken_off(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two runs of a million took half a minute, in which no other run's charts came and nothing could be stopped."""
    begun = threading.Event()

    def endless(reader: Reader, a: int, b: int) -> None:
        begun.set()
        for _ in range(3):  # one statement after the other, as a comparison is
            with contextlib.suppress(sqlite3.OperationalError):
                reader.connection.execute(ENDLESS).fetchone()
        reader.connection.execute(ENDLESS).fetchone()

    async def look() -> None:
        store = StoreReader(Workspace(filled))
        with monkeypatch.context() as patched:
            patched.setattr("evalstudio.ui.state.store_reader.compare_runs", endless)
            comparison = asyncio.ensure_future(store.comparison(1, 2))
            try:
                await asyncio.to_thread(begun.wait, 20)
                async with asyncio.timeout(10):
                    assert len(await store.runs()) == 2
                    assert await store.history(1) is not None
                assert not comparison.done()
                store.break_off_comparison()
                async with asyncio.timeout(10):
                    with pytest.raises(StoreError):
                        await comparison
            finally:
                store.break_off_comparison()
        assert await store.comparison(1, 2) is not None  # the next one is not broken off
        store.close()

    asyncio.run(look())
