"""In-flight log: the records with a call under way, in a memory-mapped file that survives a crash of the engine.

Noting a call costs one memory write, and the operating system keeps the page when the process is killed. A power cut
may lose it: the calls in flight are then unknown, but nothing saved is lost.

The log also tells which calls are to be suspected: those of a person's code that was under way when the engine died by
itself. One that was killed from outside suspects nobody.
"""

import contextlib
import mmap
import os
import struct
from dataclasses import dataclass
from pathlib import Path

from evalstudio.core.errors import StoreError
from evalstudio.engine.user_code.own_death import SUFFIX, died_by_itself, own_death
from evalstudio.store.lease import process_started

SLOTS = 16_384
_SLOT = struct.Struct("<q")  # a record's id; negative while a step of its code has the event loop
_HEADER = struct.Struct("<qq")  # behind the slots: the process, and whether it hangs
_SIZE = SLOTS * _SLOT.size + _HEADER.size


class FlightLog:
    """The ids of the records in flight of one run.

    Args:
        path: The file.
        own_code: A person's code runs in this process, and may end it.

    Attributes:
        left_over: Ids that were in flight when an earlier engine died.
        over: The run is about to be stopped: no further step of its code is begun. Any thread may set it.
        suspects: Those of them whose code may have ended it.

    Raises:
        StoreError: The file can't be made.
    """

    def __init__(self, path: Path, *, own_code: bool = False) -> None:
        self._path = path
        self._own_code = own_code
        self.over = False  # the run is about to be stopped; set by any thread
        try:
            self._map = _mapped(path)
            self._read()
            if own_code:
                own_death.watch(path.parent)
        except OSError as error:
            raise StoreError(
                f"{path} cannot be written ({error.strerror}); free some space, or allow writing to the workspace."
            ) from error
        self._free = list(range(SLOTS - 1, -1, -1))
        self._slots: dict[int, int] = {}
        self._map[:] = bytes(len(self._map))
        self.note_hang(hangs=False)

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

    def note_step(self, record: int, *, on_loop: bool) -> None:
        """Notes that a step of a call's async code has the event loop, or that it has given it back."""
        slot = self._slots.get(record)
        if slot is not None:
            _SLOT.pack_into(self._map, slot * _SLOT.size, -record if on_loop else record)

    def note_hang(self, *, hangs: bool) -> None:
        """Notes whether the event loop hangs in a step: who ends the engine then only does what the code deserves."""
        with contextlib.suppress(ValueError):  # it is closed: the run has just ended
            _HEADER.pack_into(self._map, SLOTS * _SLOT.size, os.getpid(), hangs)

    def close(self) -> None:
        """Removes the file, after the run has ended in order."""
        self._map.close()
        self._path.unlink(missing_ok=True)
        _drop_notes(self._path.parent)
        if self._own_code:
            own_death.end()

    def _read(self) -> None:
        slots = [record for (record,) in _SLOT.iter_unpack(self._map[: SLOTS * _SLOT.size]) if record]
        process, hung = _HEADER.unpack_from(self._map, SLOTS * _SLOT.size)
        self.left_over = [abs(record) for record in slots]
        on_loop = [-record for record in slots if record < 0]
        self.suspects: list[int] = []
        if process and died_by_itself(self._path.parent, process):
            self.suspects = on_loop or self.left_over
        elif hung:
            self.suspects = on_loop


@dataclass(slots=True)
class NotedCall:
    """One call in the log, as `UnderWay`. `label` names its function."""

    flight: FlightLog
    record: int
    label: str

    @property
    def over(self) -> bool:
        return self.flight.over

    def step_began(self) -> None:
        self.flight.note_step(self.record, on_loop=True)

    def step_ended(self) -> None:
        self.flight.note_step(self.record, on_loop=False)


def _drop_notes(folder: Path) -> None:
    """Removes the notes of dead engines that no log refers to any more."""
    notes = {path.stem: path for path in folder.glob(f"*{SUFFIX}")}
    if not notes:
        return
    notes.pop(str(os.getpid()), None)
    for log in folder.iterdir():
        if log.suffix != SUFFIX and log.stat().st_size >= _SIZE:
            with log.open("rb") as file:
                file.seek(SLOTS * _SLOT.size)
                notes.pop(str(_HEADER.unpack(file.read(_HEADER.size))[0]), None)
    for process, note in notes.items():
        if process.isdecimal() and process_started(int(process)) is None:
            note.unlink(missing_ok=True)


def _mapped(path: Path) -> mmap.mmap:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        # written, not only extended: on a full disk, touching a mapped page without a block ends the process
        file.write(bytes(max(0, _SIZE - file.seek(0, os.SEEK_END))))
        file.flush()
        return mmap.mmap(file.fileno(), _SIZE)
