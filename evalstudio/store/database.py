"""Database connections: one for the writer, read-only ones for everybody else."""

import importlib
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING
from urllib.parse import quote

from evalstudio.core.errors import StoreError
from evalstudio.store.schema import migrate, newest_version
from evalstudio.workspace.folder import Workspace, check_name, prepare

if TYPE_CHECKING:
    import sqlite_utils

BUSY_TIMEOUT_S = 10.0

Connection = sqlite3.Connection
"""What the functions of the store take; other modules need not know whose it is."""


def open_for_writing(workspace: Workspace) -> "sqlite_utils.Database":
    """Opens the database of a workspace, creating or migrating it if needed. Raises StoreError."""
    prepare(workspace)
    path = workspace.database
    with suppress(OSError):  # there is one, or SQLite says why there can be none
        path.touch(mode=0o600, exist_ok=False)  # SQLite gives its log the mode of the database
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
    """Imports sqlite_utils late, as readers don't need it, and without pandas, which would add half a second."""
    if "pandas" in sys.modules:
        return importlib.import_module("sqlite_utils")
    sys.modules["pandas"] = None  # type: ignore[assignment] # makes an import of it fail
    try:
        return importlib.import_module("sqlite_utils")
    finally:
        del sys.modules["pandas"]


class NoTablesYet(StoreError):
    """The database file exists, but its tables are not created yet."""


def open_for_reading(workspace: Workspace) -> sqlite3.Connection:
    """Opens a read-only connection; a database of an older version is migrated first.

    Raises:
        StoreError: there is no database, it is damaged, newer than this version, or older and not writable.
    """
    path = workspace.database
    check_name(workspace)
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
    """Opens a connection for one change outside the engine, in one transaction.

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
    """Converts an SQLite error inside the block to a StoreError; `path` is the database's."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(explain(error, path)) from error


def explain(error: sqlite3.Error, path: Path) -> str:
    """Describes an SQLite error in one sentence: what happened, to which file, and what to do."""
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
    """Switches to WAL mode, with retries: if two programs switch at once, SQLite fails at once to avoid deadlock."""
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
    """Checks that the file is writable: SQLite opens a read-only file without an error and fails at the first change."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(f"PRAGMA user_version = {newest_version()}")
    finally:
        connection.execute("ROLLBACK")


def _check(connection: sqlite3.Connection, path: Path) -> None:
    # both are read in one transaction, since another program may be creating the tables now
    connection.execute("BEGIN")
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    connection.execute("COMMIT")
    if version > newest_version():
        raise StoreError(_newer(path, version))
    if version == 0 and tables:
        raise StoreError(f"{path} is a database of another program; choose another workspace.")
    # quick_check reads every page: seconds for gigabytes, so only if the last user did not close it properly.
    unclean = path.with_name(path.name + "-wal").exists()
    if unclean and path.stat().st_size < 256 << 20:
        problem = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if problem != "ok":
            raise sqlite3.DatabaseError(f"malformed: {problem}")
