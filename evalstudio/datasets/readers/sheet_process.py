"""Reads a sheet in a process of its own, with bounds: `python -m evalstudio.datasets.readers.sheet_process BOUNDS`.

Its stdout is a row a line, as JSON: the row's number and its cells. The last line of its stderr is a `SheetFound`.
"""

import datetime
import math
import sys
from pathlib import Path
from typing import Any

import msgspec

MODULE = "evalstudio.datasets.readers.sheet_process"
ROWS_AT_ONCE = 500


class Bounds(msgspec.Struct, frozen=True):
    """What is read, and how many bytes of memory and seconds of a processor it may take."""

    path: str
    sheet: str | None
    memory: int
    seconds: float


class SheetFound(msgspec.Struct, frozen=True):
    """What was read: the sheet, how wide it is and which of its columns hold a value.

    `passed`: hidden or empty sheets before it.

    `error`: why it can't be read, a sentence; `lacking`: the library is not there.
    """

    sheet: str = ""
    passed: tuple[str, ...] = ()
    width: int = 0
    columns: tuple[int, ...] = ()
    error: str = ""
    lacking: bool = False


def main() -> int:
    bounds = msgspec.json.decode(sys.argv[1].encode(), type=Bounds)
    _keep_to(bounds)
    found = _read(Path(bounds.path), bounds.sheet)
    sys.stdout.buffer.flush()
    sys.stderr.buffer.write(b"\n" + msgspec.json.encode(found) + b"\n")
    return 0


def _keep_to(bounds: Bounds) -> None:
    """The system ends this process beyond them; where it knows no such bounds, its parent does after a time."""
    if sys.platform == "win32":
        return
    import resource

    seconds = math.ceil(bounds.seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform != "darwin":  # which does not keep to it
        resource.setrlimit(resource.RLIMIT_AS, (bounds.memory, bounds.memory))


def _read(path: Path, sheet: str | None) -> SheetFound:
    try:
        import python_calamine as calamine
    except ImportError:
        return SheetFound(lacking=True)
    try:
        workbook = calamine.load_workbook(path)
        names = workbook.sheet_names
        if not names:
            return SheetFound(error=f"{path.name} has no sheets.")
        if sheet is not None and sheet not in names:
            return SheetFound(error=f"{path.name} has no sheet '{sheet}'. Its sheets: {', '.join(names)}.")
        chosen, columns = "", set[int]()
        for chosen in [sheet] if sheet is not None else _in_order(workbook):
            columns = _write_rows(workbook.get_sheet_by_name(chosen))
            if columns:
                break
        passed = names[: names.index(chosen)] if sheet is None and chosen else []
    except (calamine.CalamineError, OSError, ValueError) as error:
        return SheetFound(error=f"{path.name} cannot be read as a spreadsheet: {error}.")
    return SheetFound(chosen, tuple(passed), max(columns, default=-1) + 1, tuple(sorted(columns)))


def _in_order(workbook: Any) -> list[str]:
    """The sheets that a person sees, then the hidden ones; no charts."""
    sheets = [one for one in workbook.sheets_metadata if str(one.typ).endswith(".WorkSheet")]
    seen = [one.name for one in sheets if str(one.visible).endswith(".Visible")]
    return [*seen, *(one.name for one in sheets if one.name not in seen)]


def _write_rows(sheet: Any) -> set[int]:
    """Writes the rows that hold anything, without empty cells at their ends. Gives the places of columns that do."""
    encoder = msgspec.json.Encoder()
    columns: set[int] = set()
    lines: list[bytes] = []
    for number, row in enumerate(sheet.iter_rows(), 1):
        cells = [_value(cell) for cell in row]
        while cells and cells[-1] is None:
            cells.pop()
        if not cells:
            continue
        columns.update(place for place, cell in enumerate(cells) if cell is not None)
        lines.append(encoder.encode((number, cells)) + b"\n")
        if len(lines) >= ROWS_AT_ONCE:
            sys.stdout.buffer.write(b"".join(lines))
            lines.clear()
    sys.stdout.buffer.write(b"".join(lines))
    return columns


def _value(cell: Any) -> Any:
    if cell == "" or cell is None:
        return None
    if isinstance(cell, float):
        if not math.isfinite(cell):
            return str(cell)
        # a sheet knows one kind of number: 5 and 5.0 are the same cell
        return int(cell) if cell.is_integer() and abs(cell) < 2**63 else cell
    if isinstance(cell, datetime.timedelta):
        return cell.total_seconds()
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return cell


if __name__ == "__main__":
    sys.exit(main())
