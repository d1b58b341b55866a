"""dotevals SQLite storage: reads one evaluation of it as the lines that its JSON storage would have."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from evalstudio.core.errors import EvaluationError

BEGINNING = b"SQLite format 3\0"
CHOICE = "#"  # FILE#EVALUATION, or FILE#EXPERIMENT/EVALUATION


def split_choice(path: Path) -> tuple[Path, str]:
    """Splits a reference into the file and the name of one of its evaluations, "" if none is named."""
    if path.exists():
        return path, ""
    file, found, choice = str(path).partition(CHOICE)
    return (Path(file), choice) if found and Path(file).is_file() else (path, "")


def is_store(path: Path) -> bool:
    """Returns whether the file is an SQLite database."""
    try:
        with path.open("rb") as file:
            return file.read(len(BEGINNING)) == BEGINNING
    except OSError:
        return False  # the reader of the file reports why


def store_lines(path: Path, choice: str) -> list[Mapping[str, Any]]:
    """Yields a header, then a line for each result of the chosen evaluation, or of the only one.

    The file is opened read-only. Raises EvaluationError if it is damaged, is not a dotevals store, or holds
    several evaluations of which none is named.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            number, name = _chosen(connection, path, choice)
            return [{"evaluation_name": name}, *_lines(connection, number)]
    except (
        sqlite3.Error,
        IndexError,
        TypeError,
    ) as error:  # a damaged schema: a column or a value is missing
        raise EvaluationError(
            f"{path.name} is no results store of dotevals that can be read ({error})."
        ) from error
    except (ValueError, RecursionError) as error:
        raise EvaluationError(f"{path.name} holds a value that is not JSON ({error}).") from error


def _chosen(connection: sqlite3.Connection, path: Path, choice: str) -> tuple[int, str]:
    rows = connection.execute(
        "SELECT id, experiment_name, evaluation_name FROM evaluations ORDER BY started_at, id"
    ).fetchall()
    named = {f"{row['experiment_name']}/{row['evaluation_name']}": row for row in rows}
    meant = [row for whole, row in named.items() if choice in ("", whole, row["evaluation_name"])]
    if len(meant) == 1:
        return int(meant[0]["id"]), str(meant[0]["evaluation_name"])
    if not rows:
        raise EvaluationError(f"{path.name} holds no evaluation.")
    what = f"no evaluation '{choice}'" if not meant else f"{len(meant)} evaluations"
    if choice and meant:
        what += f" called '{choice}'"
    raise EvaluationError(
        f"{path.name} holds {what}; name one as '{path.name}{CHOICE}{next(iter(named))}'. There are: {', '.join(named)}."
    )


def _lines(connection: sqlite3.Connection, evaluation: int) -> Iterator[Mapping[str, Any]]:
    scores: dict[int, list[dict[str, Any]]] = {}
    for row in connection.execute(
        "SELECT result_id, evaluator_name, value FROM scores WHERE result_id IN"
        " (SELECT id FROM results WHERE evaluation_id = ?) ORDER BY id", (evaluation,),
    ):  # fmt: skip
        scores.setdefault(row["result_id"], []).append(
            {"name": row["evaluator_name"], "value": _value(row["value"])}
        )
    for row in connection.execute("SELECT * FROM results WHERE evaluation_id = ? ORDER BY id", (evaluation,)):
        yield {
            "item_id": row["item_id"],
            "dataset_row": _value(row["dataset_row"]),
            "error": row["error"],
            "result": {
                "prompt": row["prompt"],
                "model_response": row["model_response"],
                "scores": scores.get(row["id"], []),
            },
        }


def _value(text: Any) -> Any:
    return json.loads(text) if isinstance(text, (str, bytes)) else text
