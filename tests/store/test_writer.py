"""The writer thread: batches, order, and what happens when the disk says no."""

import sqlite3
import threading
import time

import msgspec
import pytest

from evalstudio.errors import StoreError
from evalstudio.store.database import open_for_reading, open_for_writing
from evalstudio.store.reader import Reader
from evalstudio.store.rows import AttemptRow, Record, ScoreRow
from evalstudio.store.schema import MIGRATIONS, newest_version, record_id, record_ids
from evalstudio.store.writer import Saved, Writer
from evalstudio.workspace.folder import Workspace


def record(
    number: int, run: int = 1, outcome: str = "ok", answer: str | None = "yes", attempts: int = 1
) -> Record:
    return Record(
        record_id(run, number, 0, 1), run, number, 0, str(number), outcome, None, "[]", answer, None, "yes", "stop", "m",
        0.5, None, 0.0, 0.0, 0.0, 10, None, 5, 0.0, attempts, time.time(),
    )  # fmt: skip


class Heard:
    """Collects what a writer says, and lets a test wait for it."""

    def __init__(self) -> None:
        self.tokens: list[object] = []
        self.troubles: list[str | None] = []
        self.changed = threading.Condition()

    def saved(self, tokens: list[object]) -> None:
        with self.changed:
            self.tokens += tokens
            self.changed.notify_all()

    def trouble(self, sentence: str | None) -> None:
        with self.changed:
            self.troubles.append(sentence)
            self.changed.notify_all()

    def wait(self, condition: object, timeout: float = 10) -> None:
        with self.changed:
            assert self.changed.wait_for(condition, timeout)  # type: ignore[arg-type]


def test_that_a_record_is_readable_by_others_once_it_is_said_to_be_saved(workspace: Workspace) -> None:
    heard = Heard()
    writer = Writer(workspace, heard.saved, heard.trouble)
    saved = record(3, attempts=2)
    score = ScoreRow(saved.id, "exact_match", True, "a", "a", "equal")
    attempt = AttemptRow(saved.id, 1, "overloaded", 503, "busy", 0.0, 0.2, 1.0)
    writer.save(Saved(saved, [score], [attempt], "three"))
    heard.wait(lambda: heard.tokens == ["three"])

    details = Reader(workspace).details(saved.id)
    assert details is not None
    assert details.record == saved
    assert details.scores[0].value == 1
    assert details.attempts == (attempt,)
    assert writer.close()


def test_that_many_records_come_back_in_dataset_order_each_once(workspace: Workspace) -> None:
    heard = Heard()
    writer = Writer(workspace, heard.saved)
    for number in reversed(range(1000)):
        writer.save(Saved(record(number), token=number))
    heard.wait(lambda: len(heard.tokens) == 1000)
    assert sorted(heard.tokens) == list(range(1000))  # type: ignore[type-var]
    ids = Reader(workspace).record_ids(1)
    assert ids == [record_id(1, number, 0, 1) for number in range(1000)]
    assert writer.close()


def test_that_a_record_made_again_leaves_nothing_of_the_old_one(workspace: Workspace) -> None:
    writer = Writer(workspace)
    old = record(0, outcome="overloaded", answer=None, attempts=8)
    attempts = [
        AttemptRow(old.id, number, "overloaded", 503, "busy", 0.0, 0.1, 0.0) for number in range(1, 9)
    ]
    writer.save(Saved(old, [], attempts))
    writer.execute(lambda connection: None).result(10)  # of an earlier start: committed long ago
    new = record(0)
    writer.save(Saved(new, [ScoreRow(new.id, "e", 0.5, None, None, "")], again=True))
    assert writer.close()
    details = Reader(workspace).details(new.id)
    assert details is not None
    assert details.record.outcome == "ok"
    assert details.attempts == ()
    assert len(details.scores) == 1


def test_that_closing_writes_what_has_come(workspace: Workspace) -> None:
    writer = Writer(workspace)
    for number in range(300):
        writer.save(Saved(record(number)))
    assert writer.close()
    assert len(Reader(workspace).record_ids(1)) == 300


def test_that_a_change_sees_what_was_put_in_before_it(workspace: Workspace) -> None:
    writer = Writer(workspace)
    for number in range(50):
        writer.save(Saved(record(number)))
    count = writer.execute(
        lambda connection: connection.execute("SELECT count(*) FROM records").fetchone()[0]
    )
    assert count.result(10) == 50
    assert writer.close()


def test_that_a_failing_change_is_undone_and_reported_to_its_caller_only(workspace: Workspace) -> None:
    writer = Writer(workspace)

    def fail(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO experiments (name, created_at) VALUES ('x', 0)")
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        writer.execute(fail).result(10)
    count = writer.execute(
        lambda connection: connection.execute("SELECT count(*) FROM experiments").fetchone()[0]
    )
    assert count.result(10) == 0
    assert writer.close()


def test_that_a_full_disk_is_said_and_nothing_is_lost_when_there_is_room_again(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evalstudio.store.writer.RETRY_S", 0.02)
    heard = Heard()
    writer = Writer(workspace, heard.saved, heard.trouble)
    pages = writer.execute(lambda connection: connection.execute("PRAGMA page_count").fetchone()[0]).result(
        10
    )
    limit = writer.execute  # a database that may not grow is a disk that is full
    limit(lambda connection: connection.execute(f"PRAGMA max_page_count = {pages + 4}").fetchone()).result(10)
    for number in range(400):
        writer.save(Saved(record(number, answer="x" * 500), token=number))
    heard.wait(lambda: any(heard.troubles))
    assert "full" in str(heard.troubles[0])
    assert "Nothing saved is lost" in str(heard.troubles[0])

    writer._connection.execute("PRAGMA max_page_count = 1000000")
    heard.wait(lambda: len(heard.tokens) == 400)
    assert heard.troubles[-1] is None
    assert writer.close()
    assert len(Reader(workspace).record_ids(1)) == 400


def test_that_readers_cannot_write(workspace: Workspace) -> None:
    open_for_writing(workspace).close()
    connection = open_for_reading(workspace)
    with pytest.raises(sqlite3.OperationalError):
        connection.execute("DELETE FROM runs")
    connection.close()


def test_that_the_ids_of_two_runs_never_meet() -> None:
    assert record_ids(1)[1] < record_ids(2)[0]
    assert record_id(1, 999_999, 4, 5) <= record_ids(1)[1]
    assert len({record_id(1, position, repeat, 3) for position in range(10) for repeat in range(3)}) == 30


def test_that_a_damaged_database_is_refused_with_what_to_do(workspace: Workspace) -> None:
    workspace.folder.mkdir(parents=True)
    workspace.database.write_bytes(b"this is no database" * 500)
    with pytest.raises(StoreError, match=r"damaged.*move it away"):
        open_for_writing(workspace)


@pytest.mark.parametrize("version", range(1, newest_version()))
def test_that_a_database_of_an_older_program_is_brought_up_to_date_with_what_it_holds(
    workspace: Workspace, version: int
) -> None:
    workspace.folder.mkdir(parents=True)
    old = sqlite3.connect(workspace.database)
    for script in MIGRATIONS[:version]:
        old.executescript(script)
    names = {name for _, name, *_ in old.execute("PRAGMA table_info(records)")}
    values = {name: value for name, value in msgspec.structs.asdict(record(3)).items() if name in names}
    marks = ", ".join("?" * len(values))
    old.execute(f"INSERT INTO records ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))
    old.execute(f"PRAGMA user_version = {version}")
    old.commit()
    old.close()

    open_for_writing(workspace).conn.close()
    details = Reader(workspace).details(record_id(1, 3, 0, 1))
    assert details is not None
    assert (details.record.answer, details.record.connect, details.record.cached) == ("yes", None, False)


def test_that_a_database_of_a_newer_program_is_left_alone(workspace: Workspace) -> None:
    database = open_for_writing(workspace)
    database.conn.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(StoreError, match="newer EvalStudio"):
        open_for_writing(workspace)


def test_that_a_database_of_another_program_is_left_alone(workspace: Workspace) -> None:
    workspace.folder.mkdir(parents=True)
    connection = sqlite3.connect(workspace.database)
    connection.execute("CREATE TABLE cats (name TEXT)")
    connection.close()
    with pytest.raises(StoreError, match="another program"):
        open_for_writing(workspace)


def test_that_a_folder_without_permission_is_named(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.folder.mkdir(parents=True)

    def refuse(self: object, data: bytes) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.write_bytes", refuse)  # root may write anywhere, so the refusal is made
    with pytest.raises(StoreError, match=r"cannot be written.*--workspace"):
        open_for_writing(workspace)


class OwnText(str):
    """A text of a person's own class, as `numpy.str_` is one."""


class OwnNumber(int):
    pass


@pytest.mark.parametrize("when", ["before its turn", "while it is under way", "after it ended"])
def test_that_a_cancelled_change_does_not_end_the_thread(workspace: Workspace, when: str) -> None:
    writer = Writer(workspace)
    under_way, may_end = threading.Event(), threading.Event()

    def work(connection: sqlite3.Connection) -> int:
        under_way.set()
        assert may_end.wait(10)
        return 1

    if when == "before its turn":
        first = writer.execute(work)
        second = writer.execute(lambda connection: 2)
        assert under_way.wait(10)
        assert second.cancel()
        may_end.set()
        assert first.result(10) == 1
    elif when == "while it is under way":
        first = writer.execute(work)
        assert under_way.wait(10)
        assert not first.cancel()
        may_end.set()
        assert first.result(10) == 1
    else:
        may_end.set()
        first = writer.execute(work)
        assert first.result(10) == 1
        first.cancel()
    assert writer.execute(lambda connection: 3).result(10) == 3
    assert writer.close()


def test_that_a_change_cancelled_before_its_turn_is_not_made(workspace: Workspace) -> None:
    writer = Writer(workspace)
    begun, may_end = threading.Event(), threading.Event()
    writer.execute(lambda connection: (begun.set(), may_end.wait(10)))
    made: list[int] = []
    task = writer.execute(lambda connection: made.append(1))
    assert begun.wait(10)
    task.cancel()
    may_end.set()
    writer.execute(lambda connection: None).result(10)
    assert made == []
    writer.close()


def test_that_listeners_that_are_gone_do_not_end_the_thread(workspace: Workspace) -> None:
    def closed(value: object) -> None:
        raise RuntimeError("Event loop is closed")

    writer = Writer(workspace, closed, closed)
    writer.save(Saved(record(1)))
    writer.save(Saved(record(2)))
    assert writer.execute(lambda connection: 3).result(10) == 3
    assert writer.close()
    assert len(list(Reader(workspace).record_ids(1))) == 2


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("prompt", OwnText("[]"), "[]"),
        ("answer", OwnText("grüß"), "grüß"),
        ("answer", "half \ud83d", "half ?"),
        ("sample_id", OwnText("7"), "7"),
        ("expected", 1 << 80, "1.20892581961463e+24"),
        ("expected", ["a", "b"], '["a", "b"]'),
        ("expected", {"a": 1}, '{"a": 1}'),
        ("expected", object, None),
        ("tokens_in", OwnNumber(5), 5),
        ("tokens_in", 1 << 70, float(1 << 70)),
    ],
)
def test_that_a_value_that_sqlite_cannot_hold_costs_no_other_record(
    workspace: Workspace, field: str, value: object, kept: object
) -> None:
    heard = Heard()
    writer = Writer(workspace, heard.saved, heard.trouble)
    odd = record(1)
    msgspec.structs.force_setattr(odd, field, value)
    for one in (record(0), odd, record(2)):
        writer.save(Saved(one, token=one.position))
    heard.wait(lambda: sorted(heard.tokens) == [0, 1, 2])  # type: ignore[type-var]
    writer.close()
    assert heard.troubles == []
    rows = open_for_reading(workspace).execute(f"SELECT {field} FROM records ORDER BY position").fetchall()
    assert len(rows) == 3
    if kept is not None:
        assert rows[1][0] == kept
