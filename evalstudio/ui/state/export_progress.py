"""Export progress: a message that shows how far an export is, with a button to cancel it, and its result."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from evalstudio.core.errors import StoreError
from evalstudio.ui.kit.text import tr
from evalstudio.ui.state.export_job import Progress
from evalstudio.ui.state.notices import Offer
from evalstudio.ui.state.session import Session

QUIET_S = 0.5  # shorter exports need no progress
TICK_S = 0.25
KEY = "export"


async def export_with_progress(
    session: Session,
    path: Path,
    write: Callable[[Progress], Awaitable[int | None]],
    message: Callable[[int], str],
) -> bool:
    """Awaits `write` and shows its progress in the message bar; at the end, shows `message(count)`.

    Returns whether it was written.
    """
    progress = Progress()
    task = asyncio.ensure_future(write(progress))
    try:
        await asyncio.wait({task}, timeout=QUIET_S)
        if not task.done():
            session.tell(_words(path, progress), "info", Offer(tr("Cancel"), progress.stop.set), key=KEY)
        while not task.done():
            await asyncio.wait({task}, timeout=TICK_S)
            session.progress.emit(KEY, _words(path, progress))
        count = await task
    except StoreError as error:
        session.tell(str(error), "error", key=KEY)
        return False
    finally:
        task.cancel()  # if the window is closing
    if count is None:
        session.tell(tr("The export was cancelled; {name} was not written.").format(name=path.name), key=KEY)
    else:
        session.tell(message(count), key=KEY)
    return count is not None


def _words(path: Path, progress: Progress) -> str:
    if progress.total:
        share = progress.records / progress.total
        return tr("Writing {name}: {records:,} of {total:,} records ({share:.0%})").format(
            name=path.name, records=progress.records, total=progress.total, share=share
        )
    return tr("Writing {name}: {written:,.1f} MB").format(
        name=path.name, written=progress.written / 1000000.0
    )
