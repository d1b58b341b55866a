"""The window's reader: what is looked at now waits for no long question."""

import asyncio
import sqlite3
import threading
from pathlib import Path

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
