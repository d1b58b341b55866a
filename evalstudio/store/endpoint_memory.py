"""Endpoint memory: what Adaptive learned about endpoints and models, and how the runs on each model went."""

import sqlite3
import time

import msgspec

NEWEST_RUNS = 20  # runs of a model whose records are counted by outcome
MAX_AGE = 7 * 86_400.0


class Prior(msgspec.Struct, frozen=True, kw_only=True):
    """What earlier runs learned. The store adds the time; entries older than `MAX_AGE` seconds are ignored.

    `window` is None if the search did not settle. Rates are per minute: learned from rejections, or stated by the
    endpoint itself, never settings.
    """

    window: int | None = None
    throughput: float | None = None  # answers/s at that window
    seconds: float | None = None  # of one attempt, mean
    requests_per_minute: float | None = None
    concurrency_cap: int | None = None  # in flight above which the endpoint rejected calls
    crashed_at: int | None = None  # in flight at which it went down
    expected_output: float | None = None  # tokens
    stated_requests_per_minute: float | None = None
    stated_tokens_per_minute: float | None = None


class Learned(msgspec.Struct, frozen=True):
    """What was learned about one endpoint and model, and when (Unix time). None means unknown. Contains no key."""

    address: str  # a base URL, a provider that the app starts itself, or a Python file
    name: str
    learned_at: float
    endpoint: str  # its name in the store, for `forget_endpoint`
    window: int | None = None
    throughput: float | None = None  # answers/s at that window
    seconds: float | None = None  # of one attempt, mean
    requests_per_minute: float | None = None
    concurrency_cap: int | None = None  # in flight above which calls were rejected
    crashed_at: int | None = None


class ModelHistory(msgspec.Struct, frozen=True):
    """History of the runs on one model. `errors` are the newest runs' errored records by class, most frequent first."""

    model: str
    runs: int
    saved: int
    errored: int
    last: float  # Unix time
    errors: tuple[tuple[str, int], ...] = ()


def load_prior(connection: sqlite3.Connection, identity: str) -> Prior | None:
    """Loads what was learned about an endpoint, unless it is too old."""
    row = connection.execute(
        "SELECT learned_at, prior FROM priors WHERE endpoint = ?", (identity,)
    ).fetchone()
    if row is None or time.time() - row[0] > MAX_AGE:
        return None
    try:
        return msgspec.json.decode(row[1], type=Prior)
    except msgspec.MsgspecError:
        return None  # written by an older version: learned again


def save_prior(connection: sqlite3.Connection, identity: str, prior: Prior) -> None:
    """Saves what was learned about an endpoint, with the current time."""
    connection.execute(
        "INSERT OR REPLACE INTO priors (endpoint, learned_at, prior) VALUES (?, ?, ?)",
        (identity, time.time(), msgspec.json.encode(prior).decode()),
    )


def forget_endpoint(connection: sqlite3.Connection, endpoint: str) -> None:
    """Deletes what was learned about an endpoint; the next run on it starts cold."""
    connection.execute("DELETE FROM priors WHERE endpoint = ?", (endpoint,))


def learned_endpoints(connection: sqlite3.Connection) -> list[Learned]:
    """Returns everything that was learned, newest first; entries of other versions are left out."""
    found = []
    for endpoint, learned_at, prior in connection.execute(
        "SELECT endpoint, learned_at, prior FROM priors ORDER BY learned_at DESC"
    ):
        address, name = _parts(endpoint)
        try:
            values = msgspec.json.decode(prior, type=dict)
            found.append(
                msgspec.convert(
                    values
                    | {"address": address, "name": name, "learned_at": learned_at, "endpoint": endpoint},
                    Learned,
                )
            )
        except msgspec.MsgspecError:
            continue
    return found


def model_histories(connection: sqlite3.Connection) -> list[ModelHistory]:
    """Returns every model that has runs, most recently used first."""
    rows = connection.execute(
        "SELECT model, count(*), sum(saved), sum(errored), max(created_at) FROM runs"
        " WHERE deleted_at IS NULL GROUP BY model ORDER BY 5 DESC"
    ).fetchall()
    return [
        ModelHistory(model, runs, saved, errored, last, _errors(connection, model) if errored else ())
        for model, runs, saved, errored, last in rows
    ]


def _errors(connection: sqlite3.Connection, model: str) -> tuple[tuple[str, int], ...]:
    rows = connection.execute(
        "SELECT outcome, count(*) FROM records WHERE outcome != 'ok' AND run_id IN"
        " (SELECT id FROM runs WHERE model = ? AND errored AND deleted_at IS NULL ORDER BY id DESC LIMIT ?) GROUP BY outcome ORDER BY 2 DESC",
        (model, NEWEST_RUNS),
    )
    return tuple((str(outcome), int(count)) for outcome, count in rows)


def _parts(endpoint: str) -> tuple[str, str]:
    """Splits an endpoint's name in the store: file::function, provider/name, or URL#account/name."""
    if "::" in endpoint:
        path, _, name = endpoint.rpartition("::")
        return path, name
    address, mark, rest = endpoint.partition("#")
    if mark:
        return address, rest.partition("/")[2]
    provider, _, name = endpoint.partition("/")
    return provider, name
