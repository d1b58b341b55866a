"""Writing a file whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """Gives a path beside `path` to write to; it takes the place of `path` when the block ends without an error.

    Until then, and after an error, `path` is as it was, and nothing is left beside it. The file has the permissions
    that every new file gets; its folder must be there.

    Example:
        with atomic_file(folder / "settings.json") as part:
            part.write_text("{}", encoding="utf-8")

    Raises:
        OSError: the file can't be put in its place.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        yield part
        part.replace(path)
    except BaseException:
        with suppress(OSError):  # why the file could not be written says more
            part.unlink(missing_ok=True)
        raise
