"""A try of an evaluation: a few samples, under an experiment of its own; of a grid the first variants, each a run."""

from collections.abc import Iterator

from PySide6.QtCore import QObject, Signal

from evalstudio.errors import StoreError
from evalstudio.evaluation import EvaluationSpec, variants
from evalstudio.protocol import StartRun
from evalstudio.store.query import RecordQuery
from evalstudio.store.reader import Details
from evalstudio.ui.panels.sample_preview import SamplePreview, answer_parts
from evalstudio.ui.session import Session
from evalstudio.ui.tasks import spawn
from evalstudio.ui.text import one_line, tr, trn

SAMPLES = 3
MOST_VARIANTS = 6
Parts = Iterator[tuple[str, str]]


class Trial(QObject):
    """`changed` when a try begins or ends, `answered` when its answers are there."""

    changed = Signal()
    answered = Signal()

    def __init__(self, session: Session, preview: SamplePreview) -> None:
        super().__init__(preview)
        self._session, self._preview = session, preview
        self.is_under_way = False
        self._all_begun = False
        self._left_out = 0  # variants that are not tried
        self._runs: dict[int, str] = {}  # those of this try, and their variants
        self._answers: dict[int, list[Details]] = {}
        self._ended: set[int] = (
            set()
        )  # all that ended while this window was open: a run may before its start is answered
        session.run_changed.connect(self._run_changed)

    async def begin(self, reference: str, name: str, spec: EvaluationSpec | None) -> None:
        """Starts a run of each variant, as far as the engine takes them; what it refuses it says."""
        labels = list(variants(spec)) if spec is not None else []
        self._runs, self._answers = {}, {}
        self._left_out = max(0, len(labels) - MOST_VARIANTS)
        self.is_under_way, self._all_begun = True, False
        self.changed.emit()
        for label in labels[:MOST_VARIANTS] or [""]:
            run_id = await self._session.ask_engine(
                StartRun, evaluation=f"{reference}#{label}" if label else reference, experiment=f"{name} (try)",
                samples=SAMPLES, new_run=True,
            )  # fmt: skip
            if run_id is None:
                break
            self._runs[run_id] = label
            self._show()
        self._all_begun = True
        await self._read()

    def end(self) -> None:
        """The engine has ended, and the runs with it; they can be resumed on the Runs page."""
        self.is_under_way = False
        self.changed.emit()

    def _run_changed(self, run_id: int) -> None:
        model = self._session.models.get(run_id)
        if model is not None and not model.is_active:
            self._ended.add(run_id)
            if self.is_under_way and run_id in self._runs:
                spawn(self._read())

    async def _read(self) -> None:
        """The answers of runs that have ended; the try ends with the last of them."""
        store = self._session.store
        for run_id in [one for one in self._runs if one in self._ended and one not in self._answers]:
            try:
                ids = await store.record_ids(run_id, RecordQuery())
                found = [await store.details(int(one)) for one in ids]
            except StoreError:
                found = []  # said elsewhere: the list of runs is read from the same file
            self._answers[run_id] = [one for one in found if one is not None]
        if self._runs:
            self._show()
        if self.is_under_way and self._all_begun and len(self._answers) == len(self._runs):
            self.is_under_way = False
            self.changed.emit()
            self.answered.emit()

    def _show(self) -> None:
        self._preview.show_answers(
            [part for run_id in self._runs for part in self._parts_of(run_id)] + self._rest()
        )

    def _parts_of(self, run_id: int) -> Parts:
        label, answers = self._runs[run_id], self._answers.get(run_id)
        if label:
            yield (
                tr("VARIANT {label}").format(label=one_line(label, 200)),
                tr("Run {run_id}").format(run_id=run_id),
            )
        if answers is None:
            words = tr("Run {run_id}: {samples} samples…").format(run_id=run_id, samples=SAMPLES)
            yield tr("CALLING THE MODEL"), words
        else:
            yield from answer_parts(answers)

    def _rest(self) -> list[tuple[str, str]]:
        if not self._left_out:
            return []
        words = trn(
            "{n} more variant is not tried; a run takes all of them.",
            "{n} more variants are not tried; a run takes all of them.",
            self._left_out,
        )
        return [(tr("NOT TRIED"), words)]
