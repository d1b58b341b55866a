"""The forms in which JSON files hold a table: which part is the rows, and how they are put together."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from evalstudio.core.errors import DatasetError
from evalstudio.datasets.readers.base import Problem, note
from evalstudio.datasets.readers.class_labels import Labels, label_names
from evalstudio.datasets.readers.json_text import RepeatedKeys, kind_of

DEEPEST = 3
"""How many objects around each other are looked into for the rows."""


class Table(NamedTuple):
    """The entries of a file that are its rows, what was noticed, and the names of its class labels."""

    entries: Sequence[Any]
    notes: tuple[Problem, ...] = ()
    labels: Labels = {}  # noqa: RUF012 - nobody adds to it


def find_table(document: Any, name: str, split: str | None = None) -> Table:
    """The rows of a JSON document.

    Read are: a list of objects; one under a key of an object (the only one, or that of `split`); the rows of
    the Hugging Face API; lists or objects by column, as pandas and pyarrow write them; objects by their id,
    which becomes the column `id`.

    Args:
        document: the decoded file.
        name: of the file, for the sentences.
        split: the key of the part that is to be read.

    Raises:
        DatasetError: no rows are found, or several lists of them.

    Example:
        >>> find_table({"q": ["a", "b"], "n": [1, 2]}, "x.json").entries
        [{'q': 'a', 'n': 1}, {'q': 'b', 'n': 2}]
    """
    if split is not None:
        document = _part(document, split, name)
    return _table(document, name, DEEPEST)


def _part(document: Any, split: str, name: str) -> Any:
    if isinstance(document, dict) and split in document:
        return document[split]
    inner = _only_object(document)
    if inner is not None and split in inner:
        return inner[split]
    there = ", ".join(map(str, list(document)[:20])) if isinstance(document, dict) else "none: it is a list"
    raise DatasetError(f"{name} has no split '{split}'. Its keys: {there}.")


def _table(document: Any, name: str, depth: int) -> Table:
    if isinstance(document, list):
        return _listed(document, name)
    if not isinstance(document, dict):
        raise DatasetError(f"{name} holds {kind_of(document)}, not a list of objects.")
    if type(document) is RepeatedKeys:
        raise DatasetError(
            f"{name} has the key '{document.key}' twice, with different values. Rename one of them."
        )
    for form in (_api_rows, _split_orient, _data, _one_list, _by_column, _by_key):
        found = form(document, name)
        if found is not None:
            return found
    inner = _only_object(document) if depth else None
    if inner is not None:
        return _table(inner, name, depth - 1)
    raise DatasetError(
        f"{name} needs one list of objects, at the top or under the key 'data'; it has none. "
        f"It is an object with {_keys(document)}."
    )


def _listed(entries: list[Any], name: str) -> Table:
    if entries and all(_is_api_row(one) for one in entries):
        return _unwrapped(entries)
    if entries and all(isinstance(one, list) for one in entries):
        raise DatasetError(
            f"{name} is a list of lists, and nothing says what their columns are called. "
            "Write an object for each row, or CSV."
        )
    if entries and all(_is_nested(one) for one in entries):
        raise DatasetError(
            f"{name} is nested as SQuAD is: its entries ({len(entries):,}) hold paragraphs, and these the questions. "
            "Write an object for each question."
        )
    return Table(entries)


def _is_nested(entry: Any) -> bool:
    paragraphs = entry.get("paragraphs") if isinstance(entry, dict) else None
    return isinstance(paragraphs, list) and any(isinstance(one, dict) and "qas" in one for one in paragraphs)


def _api_rows(document: dict[str, Any], name: str) -> Table | None:
    """What the rows API of Hugging Face answers."""
    rows = document.get("rows")
    if not (isinstance(rows, list) and rows and all(map(_is_api_row, rows))):
        return None
    found = _unwrapped(rows)
    notes = list(found.notes)
    total = document.get("num_rows_total")
    if isinstance(total, int) and total > len(rows):
        notes.append(note(f"the file holds {len(rows):,} of {total:,} rows of its dataset"))
    features = document.get("features")
    typed = (
        {str(one.get("name")): one.get("type") for one in features if isinstance(one, dict)}
        if isinstance(features, list)
        else {}
    )
    return Table(found.entries, tuple(notes), label_names(typed))


def _is_api_row(entry: Any) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("row"), dict) and "row_idx" in entry


def _unwrapped(entries: list[Any]) -> Table:
    kept, problems = [], []
    for place, entry in enumerate(entries, 1):
        if cut := entry.get("truncated_cells"):
            problems.append(
                Problem(None, f"entry {place:,} was cut by the API in {', '.join(map(str, cut))}")
            )
        else:
            kept.append(entry["row"])
    return Table(kept, tuple(problems))


def _split_orient(document: dict[str, Any], name: str) -> Table | None:
    """pandas' `orient="split"`, and tables of columns and data in other tools."""
    columns, data = document.get("columns"), document.get("data")
    if not (isinstance(columns, list) and isinstance(data, list)) or not _all(data, list):
        return None
    if not all(isinstance(one, str | int) for one in columns) or any(
        len(row) != len(columns) for row in data
    ):
        raise DatasetError(f"{name} has rows in 'data' that have not as many values as there are 'columns'.")
    names = [str(one) for one in columns]
    return Table([dict(zip(names, row, strict=True)) for row in data])


def _data(document: dict[str, Any], name: str) -> Table | None:
    """A list under `data`, whatever stands beside it."""
    data = document.get("data")
    if not isinstance(data, list) or not (_holds_objects(data) or not data or _others(document, list) == 0):
        return None
    if data and not isinstance(data[0], dict | list) and len(document) == 1:
        return None  # a column called data
    return _listed(data, name)


def _one_list(document: dict[str, Any], name: str) -> Table | None:
    lists = {key: value for key, value in document.items() if _holds_objects(value)}
    if not lists:
        return None
    if len(lists) == 1:
        return _listed(next(iter(lists.values())), name)
    found = ", ".join(f"{key} with {_rows(len(value))}" for key, value in lists.items())
    first = _likely_split(lists)
    raise DatasetError(
        f"{name} needs one list of objects, at the top or under the key 'data'; it has several ({', '.join(lists)}): "
        f'{found}. Choose one with split = "{first}".'
    )


def _by_column(document: dict[str, Any], name: str) -> Table | None:
    """Lists by column; numbers and texts may stand beside two or more of them."""
    lists = {key: value for key, value in document.items() if isinstance(value, list)}
    if not lists or _others(document, dict) or (len(lists) < len(document) and len(lists) < 2):
        return None
    lengths = {len(value) for value in lists.values()}
    if len(lengths) > 1:
        told = ", ".join(f"{key} ({len(value):,})" for key, value in list(lists.items())[:8])
        raise DatasetError(
            f"{name} has lists of different lengths, so they are no columns of one table: {told}."
        )
    entries = [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]
    left = [key for key in document if key not in lists]
    told_left = (note(f"{', '.join(left)} stand beside the columns and are not read"),) if left else ()
    return Table(entries, told_left)


def _by_key(document: dict[str, Any], name: str) -> Table | None:
    """Objects in an object: columns of values by row number, splits, or rows by their id."""
    if not document or not _all(list(document.values()), dict):
        return None
    inner: dict[str, None] = {}
    for value in document.values():
        inner.update(dict.fromkeys(value))
    if not inner:
        return None
    if any(map(_is_part, document.values())):
        if len(document) == 1:
            return None  # looked into
        first = _likely_split(document)
        raise DatasetError(
            f'{name} holds several tables ({", ".join(document)}). Choose one with split = "{first}".'
        )
    only = next(iter(document.values()))
    if len(document) == 1 and any(isinstance(one, dict | list) for one in only.values()):
        return None
    if _are_numbers(inner) and not _are_numbers(document):
        return _transposed(document, list(inner), by_number=True)
    if not any(all(key in value for value in document.values()) for key in inner):
        return None  # objects that have nothing in common are no rows
    if _are_numbers(inner):
        raise DatasetError(
            f"{name} has objects by number in objects by number: which are rows, and which columns, it does not say. "
            'Write it with orient="records".'
        )
    by_row = [[value[key] for value in document.values() if key in value] for key in inner]
    if all(_is_uniform(list(value.values())) for value in document.values()) and not all(
        map(_is_uniform, by_row)
    ):
        return _transposed(document, list(inner), by_number=False)
    return _by_id(document)


def _is_uniform(values: list[Any]) -> bool:
    """Whether values are of one type, as those of a column are."""
    kinds = {float if type(value) is int else type(value) for value in values if value is not None}
    return len(kinds) <= 1


def _transposed(document: dict[str, Any], rows: list[str], *, by_number: bool) -> Table:
    """pandas' own form: for each column an object of its values by row, which has a number or a name."""
    lacking = sum(len(values) < len(rows) for values in document.values())
    told = (note(f"columns without a value for some rows: {lacking}; it is read as null"),) if lacking else ()
    named = "id" if not by_number and "id" not in document else None
    entries = [
        {**({named: row} if named else {}), **{name: values.get(row) for name, values in document.items()}}
        for row in rows
    ]
    return Table(entries, told)


def _by_id(document: dict[str, Any]) -> Table:
    own = sum("id" in value for value in document.values())
    column = "id" if not own else "key"
    told = note(f"the rows stand under their ids, which are the column '{column}'")
    entries: list[dict[str, Any]] = []
    for key, value in document.items():
        if type(value) is RepeatedKeys:
            entries.append(value)
        else:
            entries.append({column: key, **value})
    return Table(entries, (told,))


def _only_object(document: Any) -> dict[str, Any] | None:
    """The one object in an object."""
    if not isinstance(document, dict):
        return None
    objects = [value for value in document.values() if isinstance(value, dict)]
    return objects[0] if len(objects) == 1 else None


def _likely_split(keys: Iterable[str]) -> str:
    """The one that people evaluate on."""
    likely = ("test", "validation", "valid", "dev", "eval")
    return min(keys, key=lambda key: likely.index(key) if key in likely else len(likely))


def _is_part(value: dict[str, Any]) -> bool:
    """Whether an object is a table by itself."""
    return _is_columns(value) or _api_rows(value, "") is not None


def _is_columns(value: dict[str, Any]) -> bool:
    """Lists of the same length, and of more than one value, under each key."""
    lists = list(value.values())
    return (
        not _are_numbers(value)
        and _all(lists, list)
        and len({len(one) for one in lists}) == 1
        and len(lists) > 1
    )


def _are_numbers(keys: Any) -> bool:
    return all(str(key).removeprefix("-").isdecimal() for key in keys)


def _all(values: list[Any], kind: type) -> bool:
    return bool(values) and all(isinstance(value, kind) for value in values)


def _others(document: dict[str, Any], kind: type) -> int:
    return sum(isinstance(value, kind) for key, value in document.items() if key != "data")


def _holds_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _keys(document: dict[str, Any]) -> str:
    keys = ", ".join(map(str, list(document)[:8]))
    return f"the keys {keys}{', ...' if len(document) > 8 else ''}" if keys else "no keys"
