"""Interrupted runs: the offers to resume them, which go when a run goes on."""

from collections.abc import Callable, Sequence

from evalstudio.core.run_state import RunState
from evalstudio.store.runs import RunRow
from evalstudio.ui.kit.text import tr
from evalstudio.ui.state.notices import Notice, Offer

MOST_AT_START = 3  # offers of an earlier session's runs


class InterruptedRuns:
    """The offers of one session.

    Args:
        tell: Shows a message.
        resume: Resumes a run.
        settled: Called with the key of a message that no longer applies.
    """

    def __init__(
        self,
        tell: Callable[[Notice], object],
        resume: Callable[[int], object],
        settled: Callable[[str], object],
    ) -> None:
        self._tell, self._resume, self._settled = tell, resume, settled
        self._keys: dict[int, str] = {}  # of the message in which a run is offered

    def offer_at_start(self, rows: Sequence[RunRow]) -> None:
        """Offers to resume runs that were interrupted with their engine."""
        interrupted = [row for row in rows if row.true_state is RunState.INTERRUPTED]
        for row in interrupted[:MOST_AT_START]:
            self.offer(row)

    def offer(self, row: RunRow, before: str = "") -> None:
        """Offers to resume a run; `before` is a sentence of the engine's message, which is replaced."""
        key = self._keys[row.id] = "engine" if before else f"interrupted-{row.id}"
        text = tr(
            "{before}Run {id} of “{experiment}” was interrupted: {saved:,} of {total:,} samples are saved."
        )
        words = text.format(
            before=before, id=row.id, experiment=row.experiment, saved=row.saved, total=row.total
        )
        self._tell(Notice(words, "warning", (Offer(tr("Resume"), lambda: self._resume(row.id)),), key))

    def settle(self, run_id: int) -> None:
        """Takes back the offer of a run that goes on."""
        if (key := self._keys.pop(run_id, None)) is not None:
            self._settled(key)

    def settle_those_that_go_on(self, rows: Sequence[RunRow]) -> None:
        """Takes back the offers of runs that are gone, or no longer interrupted, whoever resumed them."""
        if self._keys:
            waiting = {row.id for row in rows if row.true_state is RunState.INTERRUPTED}
            for run_id in [one for one in self._keys if one not in waiting]:
                self.settle(run_id)
