"""A whole run against a scripted endpoint."""

from pathlib import Path

from evalstudio.concurrency import SlidingWindow
from evalstudio.evaluations.request import Options
from evalstudio.protocol import Snapshot
from evalstudio.store.reader import Details, Reader
from evalstudio.workspace.folder import Workspace
from tests.engine.models.scripted import Script, scripted
from tests.engine.support import engine_in, finish, write_evaluation


async def run_against(
    script: Script,
    folder: Path,
    workspace: Workspace,
    samples: int = 2,
    extra: str = "",
    provider: str = "openai",
) -> tuple[Snapshot, list[Details]]:
    """The end of a run of `samples` samples, and its records."""
    async with scripted(script) as server, engine_in(workspace) as (engine, _):
        model = f'{{ provider = "{provider}", name = "m-1", base_url = "{server.url}" }}'
        run = await engine.start_run(
            write_evaluation(folder, model, samples, extra=extra), Options("one", SlidingWindow(4))
        )
        final = await finish(engine, run)
    reader = Reader(workspace)
    records = [reader.details(record) for record in reader.record_ids(run.id)]
    reader.close()
    return final, [record for record in records if record is not None]
