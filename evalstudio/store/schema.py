"""Schema migrations: the database's tables, and the steps that bring an older database to the newest version.

`PRAGMA user_version` counts the migrations applied. A record's id combines its run's id, its sample's position and
its repeat in one number (`record_id`): what a run has done is known without reading the rows, and rows lie in
dataset order.
"""

import sqlite3
from collections.abc import Iterator

POSITION_BITS = 40

MIGRATIONS = [
    """
    CREATE TABLE experiments (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, created_at REAL NOT NULL
    );
    CREATE TABLE runs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        experiment_id INTEGER NOT NULL REFERENCES experiments(id),
        evaluation TEXT NOT NULL,        -- its name
        model TEXT NOT NULL,             -- what a person calls it
        spec TEXT NOT NULL,              -- the run as asked for, JSON; no keys
        fingerprint TEXT NOT NULL,       -- what resume compares, JSON: {part: value}
        dataset_path TEXT NOT NULL, dataset_hash TEXT NOT NULL,
        state TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '',
        total INTEGER NOT NULL, repeats INTEGER NOT NULL DEFAULT 1,
        saved INTEGER NOT NULL DEFAULT 0, errored INTEGER NOT NULL DEFAULT 0,
        created_at REAL NOT NULL, started_at REAL, finished_at REAL,
        elapsed REAL NOT NULL DEFAULT 0, -- seconds of running, pauses left out, over all its starts
        summary TEXT,                    -- the last summary, JSON
        versions TEXT NOT NULL DEFAULT '{}', git_commit TEXT,
        lease_pid INTEGER, lease_started REAL, lease_host TEXT, heartbeat REAL
    );
    CREATE INDEX runs_experiment ON runs(experiment_id);
    CREATE TABLE records (
        id INTEGER PRIMARY KEY,
        run_id INTEGER NOT NULL, position INTEGER NOT NULL, repeat INTEGER NOT NULL, sample_id TEXT NOT NULL,
        outcome TEXT NOT NULL,           -- ok, or the class of the error
        error TEXT,                      -- one sentence
        prompt TEXT NOT NULL, answer TEXT, thinking TEXT, expected TEXT,
        finish_reason TEXT, answered_by TEXT,
        latency REAL, first_token REAL, queued REAL, backed_off REAL, judged REAL,  -- seconds, kept apart
        tokens_in INTEGER, tokens_cached INTEGER, tokens_out INTEGER, cost REAL,
        attempts INTEGER NOT NULL, finished_at REAL NOT NULL
    );
    CREATE INDEX records_run ON records(run_id, outcome);
    CREATE TABLE attempts (              -- only of records that took more than one, or got no answer
        record_id INTEGER NOT NULL, number INTEGER NOT NULL, outcome TEXT NOT NULL, status INTEGER,
        message TEXT NOT NULL, started_at REAL NOT NULL, duration REAL NOT NULL, waited REAL NOT NULL,
        PRIMARY KEY (record_id, number)
    ) WITHOUT ROWID;
    CREATE TABLE scores (
        record_id INTEGER NOT NULL, evaluator TEXT NOT NULL,
        value,                           -- NULL: unscored
        label TEXT, expected_label TEXT, why TEXT NOT NULL,
        PRIMARY KEY (record_id, evaluator)
    ) WITHOUT ROWID;
    CREATE TABLE limit_changes (
        id INTEGER PRIMARY KEY, run_id INTEGER NOT NULL, at REAL NOT NULL,  -- seconds of running
        what TEXT NOT NULL, old TEXT, new TEXT, cause TEXT NOT NULL, sentence TEXT NOT NULL
    );
    CREATE INDEX limit_changes_run ON limit_changes(run_id, at);
    CREATE TABLE seconds (               -- the charts of a run: one closed bucket a second
        run_id INTEGER NOT NULL, second INTEGER NOT NULL, bucket TEXT NOT NULL,
        PRIMARY KEY (run_id, second)
    ) WITHOUT ROWID;
    CREATE TABLE crashes (               -- records that were in flight when an engine died
        record_id INTEGER PRIMARY KEY, times INTEGER NOT NULL
    );
    CREATE TABLE priors (                -- what was learned about an endpoint
        endpoint TEXT PRIMARY KEY, learned_at REAL NOT NULL, prior TEXT NOT NULL
    );
    """,
    """
    -- what tables filter, sort and draw without a look at the records themselves, which are wide; in dataset
    -- order, so that it grows at its end and what is looked up by it lies in a row
    DROP INDEX records_run;
    CREATE INDEX records_figures ON records(
        run_id, outcome, position, repeat, latency, first_token, tokens_in, tokens_out, cost, attempts
    );
    """,
    """
    ALTER TABLE records ADD COLUMN tokens_cache_written INTEGER;
    ALTER TABLE records ADD COLUMN cached INTEGER NOT NULL DEFAULT 0;  -- 1: the answer of an earlier run
    CREATE TABLE cache (                 -- what was asked, and the record that holds the answer
        key BLOB PRIMARY KEY, record_id INTEGER NOT NULL
    ) WITHOUT ROWID;
    """,
    """
    ALTER TABLE records ADD COLUMN connect REAL;  -- seconds of the latency; NULL: a connection was there
    """,
    """
    ALTER TABLE runs ADD COLUMN deleted_at REAL;  -- in the bin since then; NULL: not in the bin
    """,
    """
    ALTER TABLE scores ADD COLUMN seconds REAL;  -- from the saved answer to this score; NULL: it came with the answer
    """,
    """
    ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT '';
    ALTER TABLE runs ADD COLUMN tags TEXT NOT NULL DEFAULT '';  -- words with blanks between them
    ALTER TABLE runs ADD COLUMN pinned_at REAL;   -- NULL: not pinned
    ALTER TABLE runs ADD COLUMN archived_at REAL; -- NULL: not archived
    CREATE TABLE notes (                 -- of records; they outlive a retry of their record
        record_id INTEGER PRIMARY KEY, note TEXT NOT NULL, tags TEXT NOT NULL
    );
    """,
    """
    ALTER TABLE runs ADD COLUMN live TEXT;  -- of an active run: its snapshot at the last heartbeat, JSON
    """,
]


def record_id(run_id: int, position: int, repeat: int, repeats: int) -> int:
    """Returns the record id of one sample in one repeat of a run."""
    return (run_id << POSITION_BITS) + position * repeats + repeat


def record_ids(run_id: int) -> tuple[int, int]:
    """Returns the first and the last id that a record of this run can have."""
    return run_id << POSITION_BITS, ((run_id + 1) << POSITION_BITS) - 1


def migrate(connection: sqlite3.Connection) -> None:
    """Migrates the database to the newest version in one transaction; several programs may open it at once."""
    if _version(connection) >= len(MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        # read again: another program may have migrated while this one waited for the lock
        for script in MIGRATIONS[_version(connection) :]:
            for statement in _statements(script):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk may have ended it already
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def _statements(script: str) -> Iterator[str]:
    """Splits a script into statements, since `executescript` would end the current transaction."""
    statement = ""
    for part in script.split(";"):
        statement += part + ";"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def newest_version() -> int:
    return len(MIGRATIONS)
