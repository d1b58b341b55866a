"""Run start: starts a run, and offers what to do where its experiment has one already."""

from collections.abc import Collection

import msgspec

from evalstudio.core.errors import DifferentRunError, EvalStudioError
from evalstudio.core.run_state import RunState
from evalstudio.protocol import StartRun
from evalstudio.ui.kit.text import one_line, tr
from evalstudio.ui.state.notices import Offer
from evalstudio.ui.state.session import Session
from evalstudio.ui.state.tasks import spawn

KEY = "start"


async def start_run(session: Session, command: StartRun) -> int | None:
    """Starts a run, or resumes that of the same experiment; returns its id, None if it was refused.

    A refusal is told, and so is a run that has nothing left to do; a new run or the present one is offered.
    """
    before = {row.id: row for row in session.rows}
    try:
        run_id = await session.engine.request(command)
    except DifferentRunError as error:
        old = next((row.id for row in session.rows if row.experiment == command.experiment), None)
        session.tell(str(error), "warning", *_offers(session, command, old), key=KEY)
        return None
    except EvalStudioError as error:
        session.refuse(error)
        return None
    row = before.get(run_id)
    if row is not None and row.true_state is RunState.COMPLETED:
        session.tell(
            tr(
                "Run {id} of “{experiment}” has all its answers already: only missing samples and scores are added to it."
            ).format(id=run_id, experiment=one_line(row.experiment, 60)),
            "info",
            *_offers(session, command, run_id),
            key=KEY,
        )
    return run_id


def next_name(name: str, taken: Collection[str]) -> str:
    """Returns the next unused name of an experiment.

    Example:
        >>> next_name("faq-2", {"faq-2", "faq-3"})
        'faq-4'
    """
    base, _, number = name.rpartition("-")
    count = int(number) if base and number.isdecimal() else 1
    base = base if base and number.isdecimal() else name
    while f"{base}-{count}" in taken or f"{base}-{count}" == name:
        count += 1
    return f"{base}-{count}"


def _offers(session: Session, command: StartRun, old: int | None) -> list[Offer]:
    name = next_name(command.experiment or "run", {row.experiment for row in session.rows})

    async def start_anew() -> None:
        run_id = await start_run(session, msgspec.structs.replace(command, experiment=name, new_run=True))
        if run_id is not None:
            session.run_wanted.emit(run_id)

    offers = [Offer(tr("New run ({name})").format(name=one_line(name, 30)), lambda: spawn(start_anew()))]
    if old is not None:
        offers.append(Offer(tr("Open run {id}").format(id=old), lambda: session.run_wanted.emit(old)))
    return offers
