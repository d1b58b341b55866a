"""Atomic file writes: a file is written completely or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """Yields a temporary path next to `path`; it replaces `path` when the block ends without an error.

    Until then, and after an error, `path` is unchanged and no temporary file remains. The file has the permissions
    of any new file; its folder must exist. Of a link, what it names is replaced. A pipe or a device (`/dev/stdout`) is
    yielded itself: nothing can take its place.

    Example:
        with atomic_file(folder / "settings.json") as part:
            part.write_text("{}", encoding="utf-8")

    Raises:
        OSError: the file can't be written or replaced.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        yield path
        return
    if path.is_symlink():
        path = path.resolve()
    part = path.with_name(f"{path.name}.part")
    try:
        yield part
        part.replace(path)
    except BaseException:
        with suppress(OSError):  # the error of the write is more informative
            part.unlink(missing_ok=True)
        raise
