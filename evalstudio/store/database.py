"""Opening the database: for the one writer, and read-only for everybody else."""

import importlib
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING
from urllib.parse import quote

from evalstudio.core.errors import StoreError
from evalstudio.store.schema import migrate, newest_version
from evalstudio.workspace.folder import Workspace, prepare

if TYPE_CHECKING:
    import sqlite_utils

BUSY_TIMEOUT_S = 10.0

Connection = sqlite3.Connection
"""What the functions of the store take; other modules need not know whose it is."""


def open_for_writing(workspace: Workspace) -> "sqlite_utils.Database":
    """The database of a workspace, made or migrated where needed. Raises StoreError with what to do."""
    prepare(workspace)
    path = workspace.database
    try:
        path.touch(mode=0o600, exist_ok=True)  # SQLite gives its log the mode of the database
    except OSError as error:
        raise StoreError(f"The database {path} cannot be made ({error.strerror}).") from error
    try:
        connection = sqlite3.connect(
            path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
        )
        try:
            _check(connection, path)
            _use_wal(connection)
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA journal_size_limit = 67108864")
            migrate(connection)
            _prove_writable(connection)
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise StoreError(explain(error, path)) from error
    database: sqlite_utils.Database = _sqlite_utils().Database(connection)
    return database


def _sqlite_utils() -> ModuleType:
    """Imported late, since readers do without, and without pandas, which it would take along for half a second."""
    if "pandas" in sys.modules:
        return importlib.import_module("sqlite_utils")
    sys.modules["pandas"] = None  # type: ignore[assignment] # who imports it now is told that it is not there
    try:
        return importlib.import_module("sqlite_utils")
    finally:
        del sys.modules["pandas"]


class NoTablesYet(StoreError):
    """The database is about to be made."""


def open_for_reading(workspace: Workspace) -> sqlite3.Connection:
    """A connection that cannot write. A database of an older version is brought up to date first.

    Raises:
        StoreError: there is no database, it is damaged, of a newer version, or an older one that may not be written.
    """
    path = workspace.database
    if not path.exists():
        raise StoreError(f"There is no EvalStudio database in {workspace.folder}; start a run first.")
    try:
        address = f"file:{quote(str(path))}?mode=ro"
        connection = sqlite3.connect(
            address, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA query_only = ON")
            connection.execute("PRAGMA cache_size = -16384")
            version: int = connection.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                raise NoTablesYet(f"The database {path} holds no EvalStudio tables yet; start a run first.")
            if version > newest_version():
                raise StoreError(_newer(path, version))
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise StoreError(explain(error, path)) from error
    if version < newest_version():
        connection.close()
        _bring_up_to_date(workspace)
        return open_for_reading(workspace)
    return connection


def _bring_up_to_date(workspace: Workspace) -> None:
    try:
        open_for_writing(workspace).conn.close()
    except StoreError as error:
        raise StoreError(
            f"The database {workspace.database} is of an older EvalStudio and has to be brought up to date before it is "
            f"read. {error}"
        ) from error


def _newer(path: Path, version: int) -> str:
    return (
        f"The database {path} was made by a newer EvalStudio (version {version}, this one knows {newest_version()}); "
        "install the newer one."
    )


@contextmanager
def change(workspace: Workspace) -> Iterator[Connection]:
    """A connection for one change outside the engine: one transaction, all of it or nothing.

    Example:
        with change(workspace) as connection:
            delete_run(connection, 7)

    Raises:
        StoreError: the database can't be opened.
    """
    with closing(open_for_writing(workspace).conn) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turns a failure of SQLite inside the block into a StoreError with one sentence; `path`: of the database."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(explain(error, path)) from error


def explain(error: sqlite3.Error, path: Path) -> str:
    """One sentence for a failure of SQLite: what happened, to which file, what to do."""
    text = str(error).lower()
    if isinstance(error, sqlite3.OperationalError) and ("locked" in text or "busy" in text):
        return f"The database {path} is locked by another program; close that program and try again."
    if "full" in text:
        return f"The disk that holds {path} is full; free some space. Nothing saved is lost."
    if "readonly" in text or "read-only" in text:
        return f"The database {path} is read-only; allow writing or choose another workspace."
    if "malformed" in text or "not a database" in text:
        return (
            f"The database {path} is damaged ({error}); move it away together with its -wal and -shm files to start "
            "a new one, or restore a backup."
        )
    return f"The database {path} cannot be used ({error}); check the folder and try again."


def _use_wal(connection: sqlite3.Connection) -> None:
    """SQLite refuses two programs that switch at one moment without waiting, lest they wait for each other."""
    until = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)


def _prove_writable(connection: sqlite3.Connection) -> None:
    """SQLite opens a file that may only be read all the same, and says so at the first change."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(f"PRAGMA user_version = {newest_version()}")
    finally:
        connection.execute("ROLLBACK")


def _check(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("BEGIN")  # one look at both, since another program may be making its tables now
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    connection.execute("COMMIT")
    if version > newest_version():
        raise StoreError(_newer(path, version))
    if version == 0 and tables:
        raise StoreError(f"{path} is a database of another program; choose another workspace.")
    # quick_check reads every page: seconds for gigabytes, so only where the last user did not close it in order.
    unclean = path.with_name(path.name + "-wal").exists()
    if unclean and path.stat().st_size < 256 << 20:
        problem = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if problem != "ok":
            raise sqlite3.DatabaseError(f"malformed: {problem}")
