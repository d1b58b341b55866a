"""Smoke test of an installation: window, chart, database, engine with runs on every provider, Excel and exports.

Nothing it creates is kept.
"""

import asyncio
import os
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from evalstudio.core.errors import EvalStudioError, RunError
from evalstudio.core.version import __version__
from evalstudio.ui.shell import preflight, smoke_providers
from evalstudio.workspace.packaged import is_packaged

EVALUATION = "example:sentiment"
SAMPLES = 20
SHEET_SAMPLES = 5
LONGEST_S = 60.0
DRAWN = 500  # minimum number of pixels by which charts with curves differ from empty ones
EXPECTED = (
    # the offscreen platform has no window manager
    "This plugin does not support propagateSizeHints()",
    "This plugin does not support raise()",
)


def smoke_test() -> dict[str, Any]:
    """Exercises the program once, in temporary folders; returns the findings, with `ok` and possibly `error`.

    A line on stderr, of this process or the engine, counts as an error. It takes some seconds, at most a minute.
    """
    found: dict[str, Any] = {"ok": False, "evalstudio": __version__, "packaged": is_packaged()}
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="evalstudio-smoke-") as name:
        os.environ["EVALSTUDIO_CONFIG"] = str(Path(name, "config"))
        os.environ[smoke_providers.KEY] = "no secret"
        errors = Path(name, "stderr")
        try:
            with _stderr_to(errors):
                preflight.check()
                _go_through(Path(name), found)
        except (EvalStudioError, TimeoutError, OSError) as error:
            found["error"] = str(error) or f"it took longer than {LONGEST_S:g} s"
        message = [*found.pop("engine_stderr", []), *errors.read_text(errors="replace").splitlines()]
        found["stderr"] = [line for line in message if line.strip() and line.strip() not in EXPECTED]
    found["seconds"] = round(time.perf_counter() - started, 2)
    found["ok"] = "error" not in found and not found["stderr"]
    return found


def _go_through(folder: Path, found: dict[str, Any]) -> None:
    from PySide6.QtGui import QGuiApplication
    from PySide6.QtWidgets import QApplication
    from qasync import QEventLoop

    application = QApplication(sys.argv[:1])
    application.setQuitOnLastWindowClosed(False)
    found["platform"] = QGuiApplication.platformName()
    with asyncio.Runner(loop_factory=lambda: QEventLoop(application)) as runner:
        runner.run(_visit(folder, found))


async def _visit(folder: Path, found: dict[str, Any]) -> None:
    from evalstudio.ui.shell.lag_probe import LagProbe
    from evalstudio.ui.shell.studio import open_studio
    from evalstudio.ui.state.engine_client import EngineState

    message: list[str] = []
    found["engine_stderr"] = message
    studio = open_studio(str(folder / "workspace"), lambda: None)
    window, session = studio.window, studio.session
    session.engine.log.connect(lambda line: message.append(line.text) if line.level != "info" else None)
    probe = LagProbe()
    probe.watch(window)
    try:
        async with asyncio.timeout(LONGEST_S):
            window.show()
            await _until(lambda: "first_window_s" in probe.summary())
            found["first_window_s"] = probe.summary()["first_window_s"]
            window.show_page("runs")
            await _until(lambda: session.engine.state in (EngineState.READY, EngineState.FAILED))
            await _run(studio, folder, found)
            await _run_a_sheet(studio, folder, found)
            with smoke_providers.loopback_endpoint() as url:
                await _run_every_provider(studio, folder, url, found)
    finally:
        await studio.close()


async def _run(studio: Any, folder: Path, found: dict[str, Any]) -> None:
    """Runs an example in the engine process, and exports its charts as a picture and its records as files."""
    from evalstudio.protocol import StartRun
    from evalstudio.store.query import RecordQuery
    from evalstudio.ui.state.export_job import export_records

    window, session = studio.window, studio.session
    empty = window.runs_page.charts.grab().toImage()
    run_id = await session.engine.request(
        StartRun(evaluation=EVALUATION, samples=SAMPLES, experiment="smoke test", model=None)
    )
    session.look_at(run_id)
    await _until(
        lambda: session.focused is not None and session.focused.snapshot and not session.focused.is_active
    )
    snapshot = session.focused.snapshot
    ids = await session.store.record_ids(run_id, RecordQuery())
    found |= {"saved": snapshot.saved, "errored": snapshot.errored, "in_database": len(ids)}
    if not snapshot.saved == len(ids) == SAMPLES or snapshot.errored:
        raise RunError(
            f"{SAMPLES} samples were asked for; {snapshot.saved} were saved, {len(ids)} are read back."
        )
    for kind in ("csv", "jsonl"):
        path = folder / f"records.{kind}"
        count = await export_records(session.workspace, run_id, ids, path)
        found[f"exported_{kind}"] = count
        if count != SAMPLES or not path.stat().st_size:
            raise RunError(f"{count} of {SAMPLES} records were exported as {kind}.")
    charts = window.runs_page.charts
    window.runs_page.strip.show_open(True, by_person=True)
    await _until(lambda: _differing(empty, charts.grab().toImage()) >= DRAWN)
    found["chart_points_drawn"] = _differing(empty, charts.grab().toImage())
    picture = folder / "charts.png"
    if not charts.grab().save(str(picture)):
        raise RunError("The charts could not be saved as a picture.")


async def _run_a_sheet(studio: Any, folder: Path, found: dict[str, Any]) -> None:
    """Previews an Excel file in the window, then runs it in the engine, which reads it separately."""
    from evalstudio.datasets import DatasetSource
    from evalstudio.protocol import StartRun

    session = studio.session
    write_sheet(folder / "sheet.xlsx", SHEET_SAMPLES)
    shown = await session.datasets.preview(DatasetSource("sheet.xlsx"), folder)
    (folder / "sheet.toml").write_text(SHEET_EVALUATION)
    run_id = await session.engine.request(
        StartRun(evaluation=str(folder / "sheet.toml"), experiment="smoke test of a sheet", model=None)
    )
    session.look_at(run_id)
    await _until(lambda: session.focused is not None and session.focused.snapshot)
    await _until(lambda: not session.focused.is_active)
    found |= {"excel_rows": len(shown.rows), "excel_saved": session.focused.snapshot.saved}
    if not found["excel_rows"] == found["excel_saved"] == SHEET_SAMPLES:
        raise RunError(
            f"A sheet has {SHEET_SAMPLES} rows; {found['excel_rows']} were shown, {found['excel_saved']} saved."
        )


async def _run_every_provider(studio: Any, folder: Path, url: str, found: dict[str, Any]) -> None:
    """Sends one question through each provider's client to an endpoint in this process, and checks the prices."""
    from evalstudio.protocol import StartRun

    session = studio.session
    (folder / "question.jsonl").write_text(SAMPLE)
    found["providers"] = []
    for provider, text in smoke_providers.evaluations(url):
        path = folder / f"{provider}.toml"
        path.write_text(text)
        run_id = await session.engine.request(
            StartRun(evaluation=str(path), experiment=f"smoke test of {provider}", model=None)
        )
        session.look_at(run_id)
        await _until(lambda: session.focused is not None and session.focused.snapshot)
        await _until(lambda: not session.focused.is_active)
        snapshot = session.focused.snapshot
        if (snapshot.saved, snapshot.errored) != (1, 0):
            raise RunError(
                f"The answer of {provider} was not saved: {snapshot.reason or 'no reason is known'}"
            )
        found["providers"].append(provider)


SAMPLE = '{"question": "What is the capital of France?", "answer": "Paris"}\n'
SHEET_EVALUATION = """
name = "sheet"
dataset = { path = "sheet.xlsx" }
model = "demo/instant"
messages = [{ role = "user", content = "{{ question }}" }]
evaluators = [{ type = "contains", expected = "{{ answer }}" }]
"""
_BOOK = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"


def write_sheet(path: Path, samples: int) -> None:
    """Writes a minimal Excel file: a heading, and a number of rows with a question and its answer."""
    rows = [("question", "answer"), *((f"What is {n} plus {n}?", str(2 * n)) for n in range(samples))]
    cell = '<c t="inlineStr"><is><t>{}</t></is></c>'
    cells = "".join(f"<row>{''.join(cell.format(word) for word in row)}</row>" for row in rows)
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{_LINKS}"><Relationship Id="a" Type="{_OFFICE}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_LINKS}"><Relationship Id="b"'
        f' Type="{_OFFICE}/worksheet" Target="worksheets/one.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_BOOK}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="one" sheetId="1" r:id="b"/></sheets></workbook>',
        "xl/worksheets/one.xml": f'<worksheet xmlns="{_BOOK}"><sheetData>{cells}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w") as book:
        for name, text in parts.items():
            book.writestr(name, text)


def _differing(before: Any, after: Any) -> int:
    """Counts the pixels in which two pictures differ; all of the second if their sizes differ."""
    points = [(x, y) for x in range(after.width()) for y in range(after.height())]
    if before.size() != after.size():
        return len(points)
    return sum(before.pixel(x, y) != after.pixel(x, y) for x, y in points)


async def _until(holds: Callable[[], object]) -> None:
    while not holds():  # noqa: ASYNC110 - many different things are waited for
        await asyncio.sleep(0.02)


@contextmanager
def _stderr_to(path: Path) -> Iterator[None]:
    """Redirects stderr of this process and its libraries to a file."""
    before = os.dup(2)
    with path.open("w") as file:
        os.dup2(file.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(before, 2)
            os.close(before)
