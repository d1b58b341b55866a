"""Loop watch: a thread that notices when a person's code holds the event loop, and says which function it is.

While the loop is held nothing else of the engine works: no snapshot, no stop. The watch notes the hang in the logs of
the calls in flight, so that who ends the engine then blames the function, and no other call.
"""

import threading
from collections.abc import Callable, Mapping

from evalstudio.engine.run.run import Run
from evalstudio.engine.user_code.under_way import holder

LOOK_S = 0.5
SILENT_S = 5.0  # after which a loop that does not turn is told of


class LoopWatch:
    """Watches one loop, which calls `turned` some times a second.

    Args:
        runs: Those of the engine.
        on_silence: Called in the watch's thread at each look while a function holds the loop: with its name, and whether
            this is the first word of it.
    """

    def __init__(self, runs: Mapping[int, Run], on_silence: Callable[[str, bool], None]) -> None:
        self._runs = runs
        self._on_silence = on_silence
        self._turns = 0
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="loop watch", daemon=True)
        self._thread.start()

    def turned(self) -> None:
        """The loop turns; called on it."""
        self._turns += 1

    def close(self) -> None:
        self._closing.set()
        self._thread.join(LOOK_S)

    def _watch(self) -> None:
        # in looks, not in time: a process that was stopped as a whole was held by nobody
        looks, seen = 0, -1
        while not self._closing.wait(LOOK_S):
            looks, before, seen = (0 if seen != self._turns else looks + 1), looks, self._turns
            if looks * LOOK_S >= SILENT_S and (label := holder.label):
                self._note(hangs=True)
                self._on_silence(label, before * LOOK_S < SILENT_S)
            elif before * LOOK_S >= SILENT_S:
                self._note(hangs=False)

    def _note(self, *, hangs: bool) -> None:
        for run in list(self._runs.values()):
            run.flight.note_hang(hangs=hangs)
