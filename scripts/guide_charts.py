"""The window's own charts for the guide: what a larger window does, how Adaptive finds one, and a limit of rate.

Usage: python scripts/guide_charts.py [--folder docs/images]. Real runs on the demo model; a minute and a half.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

ROWS = 4_000  # more than any of the runs gets to
STEP_S = 10.0  # with each window
LONG_S = 25.0
EVALUATION = """
name = "{name}"
dataset = {{ path = "rows.jsonl" }}
model = "demo/{profile}"
messages = [{{ role = "user", content = "Positive, negative or neutral? {{{{ text }}}}" }}]
parameters = {{ max_tokens = 16 }}
evaluators = [{{ type = "exact_match", expected = "{{{{ label }}}}", normalise = true }}]
strategy = {strategy}
"""
FIXED = '{{ type = "sliding_window", max_concurrency = {} }}'
# picture, demo model, strategy it starts with, windows that follow, seconds with each
STORIES = (
    ("charts-window", "fast", FIXED.format(4), (12, 48), STEP_S),
    ("charts-adaptive", "fast", '{ type = "adaptive", max = 64 }', (), LONG_S),
    ("charts-rate", "hosted-500rpm", FIXED.format(32), (), LONG_S),
)


async def take(folder: Path) -> None:
    from evalstudio.core.strategy import SlidingWindow
    from evalstudio.protocol import SetStrategy
    from evalstudio.settings.values import changed
    from evalstudio.ui.shell.studio import open_studio
    from evalstudio.ui.state.engine_client import EngineState

    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        lines = (json.dumps({"text": f"{n}: I love it", "label": "positive"}) + "\n" for n in range(ROWS))
        (place / "rows.jsonl").write_text("".join(lines))
        studio = open_studio(str(place / "workspace"), lambda: None)
        window, session = studio.window, studio.session
        session.settings = changed(session.settings, theme="light")
        session.settings_changed.emit()
        window.resize(1280, 1000)
        window.show_page("runs")
        window.show()
        await until(lambda: session.engine.state is EngineState.READY)
        for picture, profile, strategy, windows, seconds in STORIES:
            path = place / f"{picture}.toml"
            path.write_text(EVALUATION.format(name=picture, profile=profile, strategy=strategy))
            run_id = await start(session, path, picture)
            await asyncio.sleep(seconds)
            for size in windows:
                await session.engine.request(SetStrategy(run_id=run_id, strategy=SlidingWindow(size)))
                await asyncio.sleep(seconds)
            save(window.runs_page.charts, folder / f"{picture}.png")
            window.actions_["stop"].trigger()
            await until(lambda: not session.focused.is_active)
        await studio.close()


async def start(session: Any, path: Path, name: str) -> int:
    from evalstudio.protocol import StartRun

    run_id = await session.engine.request(StartRun(evaluation=str(path), experiment=name, model=None))
    session.look_at(run_id)
    await until(lambda: session.focused is not None and session.focused.snapshot is not None)
    return int(run_id)


async def until(holds: Callable[[], object]) -> None:
    while not holds():  # noqa: ASYNC110 - many different things are waited for
        await asyncio.sleep(0.05)


def save(charts: Any, path: Path) -> None:
    from PySide6.QtGui import QImage

    charts.grab().toImage().convertToFormat(QImage.Format.Format_RGB888).save(str(path), "PNG", 0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "docs" / "images")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as config:
        os.environ["EVALSTUDIO_CONFIG"] = config
        from PySide6.QtWidgets import QApplication
        from qasync import QEventLoop

        application = QApplication(sys.argv[:1])
        application.setQuitOnLastWindowClosed(False)
        with asyncio.Runner(loop_factory=lambda: QEventLoop(application)) as runner:
            runner.run(take(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
