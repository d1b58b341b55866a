"""Trial run: an evaluation on a few samples, in an experiment of its own.

Of a grid, the first variants are tried, each as a run.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal

from evalstudio.core.errors import StoreError
from evalstudio.core.format import duration
from evalstudio.evaluations.library import try_name
from evalstudio.evaluations.loading import variants
from evalstudio.evaluations.spec import EvaluationSpec
from evalstudio.protocol import StartRun, StopRun
from evalstudio.store.query import RecordQuery
from evalstudio.store.reader import Details
from evalstudio.ui.kit.text import one_line, tr, trn
from evalstudio.ui.pages.evaluations.sample_preview import SamplePreview, answer_parts
from evalstudio.ui.state.session import Session
from evalstudio.ui.state.tasks import spawn

SAMPLES = 3
MOST_VARIANTS = 6
Parts = Iterator[tuple[str, str]]


@dataclass(slots=True)
class Tried:
    """One run of a trial: its variant, the records read so far, and how many were saved at that time."""

    label: str
    answers: list[Details] = field(default_factory=list)
    saved: int = -1
    is_done: bool = False


class Trial(QObject):
    """A trial. `changed` is emitted when it begins or ends, `answered` when all its answers are there."""

    changed = Signal()
    answered = Signal()

    def __init__(self, session: Session, preview: SamplePreview) -> None:
        super().__init__(preview)
        self._session, self._preview = session, preview
        self.is_under_way = False
        self._all_begun = False
        self._left_out = 0  # number of variants not tried
        self._runs: dict[int, Tried] = {}
        self._reading = self._again = False
        # all runs that ended while this window was open: one may end before its start is answered
        self._ended: set[int] = set()
        session.run_changed.connect(self._run_changed)
        preview.stop.clicked.connect(lambda: spawn(self.stop()))

    async def begin(self, reference: str, name: str, spec: EvaluationSpec | None) -> None:
        """Starts a run of each variant, until the engine refuses one; a refusal is reported."""
        labels = list(variants(spec)) if spec is not None else []
        self._runs = {}
        self._left_out = max(0, len(labels) - MOST_VARIANTS)
        self.is_under_way, self._all_begun = True, False
        self._preview.show_answers(())
        self._preview.answers.setFocus()  # otherwise it moves to the next button, which starts the full run
        self._say_how_far()
        self.changed.emit()
        for label in labels[:MOST_VARIANTS] or [""]:
            run_id = await self._session.ask_engine(
                StartRun(
                    f"{reference}#{label}" if label else reference,
                    try_name(name),
                    samples=SAMPLES,
                    new_run=True,
                )
            )
            if run_id is None:
                break
            self._runs[run_id] = Tried(label)
        self._all_begun = True
        self._look()

    async def stop(self) -> None:
        """Stops the runs of the trial; their answers remain visible."""
        for run_id in [one for one, tried in self._runs.items() if not tried.is_done]:
            await self._session.ask_engine(StopRun(run_id=run_id))

    def end(self) -> None:
        """Ends the trial because the engine has ended; its runs can be resumed on the Runs page."""
        self.is_under_way = False
        self._say_how_far()
        self.changed.emit()

    def _run_changed(self, run_id: int) -> None:
        model = self._session.models.get(run_id)
        if model is not None and not model.is_active:
            self._ended.add(run_id)
        if self.is_under_way and run_id in self._runs:
            self._say_how_far()
            self._look()

    def _look(self) -> None:
        self._again = True
        if not self._reading:
            spawn(self._read())

    async def _read(self) -> None:
        """Reads the answers so far; the trial ends with the last of its runs."""
        self._reading = True
        try:
            while self._again:
                self._again = False
                for run_id, tried in list(self._runs.items()):
                    has_ended, saved = run_id in self._ended, self._saved(run_id)
                    if not tried.is_done and (has_ended or saved != tried.saved):
                        tried.answers = await self._answers_of(run_id)
                        tried.saved, tried.is_done = saved, has_ended
        finally:
            self._reading = False
        parts = [part for tried in self._runs.values() for part in self._parts_of(tried)]
        self._preview.show_answers([*parts, *self._rest()])
        if self.is_under_way and self._all_begun and all(tried.is_done for tried in self._runs.values()):
            self.is_under_way = False
            self._say_how_far()
            self.changed.emit()
            self.answered.emit()

    async def _answers_of(self, run_id: int) -> list[Details]:
        store = self._session.store
        try:
            ids = await store.record_ids(run_id, RecordQuery())
            found = [await store.details(int(one)) for one in ids]
        except StoreError:
            found = []  # reported elsewhere: the list of runs is read from the same file
        return [one for one in found if one is not None]

    def _saved(self, run_id: int) -> int:
        model = self._session.models.get(run_id)
        return model.snapshot.saved if model is not None and model.snapshot is not None else 0

    def _say_how_far(self) -> None:
        if not self.is_under_way:
            self._preview.say_trying("")
            return
        models = [self._session.models.get(run_id) for run_id in self._runs]
        now = [model.snapshot for model in models if model is not None and model.snapshot is not None]
        words = tr("{saved} of {total} answers after {time}").format(
            saved=sum(one.saved for one in now),
            total=SAMPLES * max(1, len(self._runs)),
            time=duration(max((one.elapsed for one in now), default=0.0)),
        )
        self._preview.say_trying(words)

    def _parts_of(self, tried: Tried) -> Parts:
        if tried.label:
            yield tr("VARIANT {label}").format(label=one_line(tried.label, 200)), ""
        yield from answer_parts(tried.answers)

    def _rest(self) -> Parts:
        if self._left_out:
            words = trn(
                "{n} more variant is not tried. A run includes it.",
                "{n} more variants are not tried. A run includes all of them.",
                self._left_out,
            )
            yield tr("NOT TRIED"), words
