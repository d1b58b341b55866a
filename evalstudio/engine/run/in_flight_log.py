"""In-flight log: the records with a call under way, in a memory-mapped file that survives a crash of the engine.

Noting a call costs one memory write, and the operating system keeps the page when the process is killed. A power cut
may lose it: the calls in flight are then unknown, but nothing saved is lost.
"""

import mmap
import os
import struct
from pathlib import Path

from evalstudio.core.errors import StoreError

SLOTS = 16_384
_SLOT = struct.Struct("<q")


class FlightLog:
    """The ids of the records in flight of one run.

    Args:
        path: The file.

    Attributes:
        left_over: Ids that were in flight when an earlier engine died.

    Raises:
        StoreError: The file can't be made.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._map = _mapped(path)
        except OSError as error:
            raise StoreError(
                f"{path} cannot be written ({error.strerror}); free some space, or allow writing to the workspace."
            ) from error
        self._path = path
        self._free = list(range(SLOTS - 1, -1, -1))
        self._slots: dict[int, int] = {}
        self.left_over = [record for (record,) in _SLOT.iter_unpack(self._map) if record]
        self._map[:] = bytes(len(self._map))

    def start(self, record: int) -> None:
        """Notes a call; it is not noted beyond `SLOTS` calls at once."""
        if self._free:
            slot = self._slots[record] = self._free.pop()
            _SLOT.pack_into(self._map, slot * _SLOT.size, record)

    def end(self, record: int) -> None:
        """Removes a call."""
        slot = self._slots.pop(record, None)
        if slot is not None:
            _SLOT.pack_into(self._map, slot * _SLOT.size, 0)
            self._free.append(slot)

    def close(self) -> None:
        """Removes the file, after the run has ended in order."""
        self._map.close()
        self._path.unlink(missing_ok=True)


def _mapped(path: Path) -> mmap.mmap:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        # written, not only extended: on a full disk, touching a mapped page without a block ends the process
        file.write(bytes(max(0, SLOTS * _SLOT.size - file.seek(0, os.SEEK_END))))
        file.flush()
        return mmap.mmap(file.fileno(), SLOTS * _SLOT.size)
