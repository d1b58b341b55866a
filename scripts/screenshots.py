"""Pictures of the window for the documentation: real runs of examples on the demo model, in both themes.

Usage: python scripts/screenshots.py [--folder docs/images] [--size 1280x800] [--text-scale 100] [--all]
"""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


async def take(folder: Path, size: tuple[int, int], *, every: bool, scale: int) -> None:
    """Saves every page in both themes: Home as it is first seen, the Runs page mid-run (and, with `every`, finished and in all its tabs), two
    runs of another example for Results, Compare and Home later; an evaluation after a try, a dataset."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage
    from PySide6.QtWidgets import QComboBox, QLabel, QTableView

    from evalstudio.settings.values import changed
    from evalstudio.ui.shell.studio import open_studio
    from evalstudio.ui.state.engine_client import EngineState

    with tempfile.TemporaryDirectory() as workspace:
        studio = open_studio(workspace, lambda: None)
        window, session = studio.window, studio.session
        # a path of this machine has no place in a picture
        window.findChild(QLabel, "workspace").setText("Workspace: ~/evaluations")  # type: ignore[union-attr]
        window.resize(*size)
        window.show()

        async def until(holds: Callable[[], object]) -> None:
            while not holds():  # noqa: ASYNC110 - many different things are waited for
                await asyncio.sleep(0.05)

        def save(name: str) -> None:
            picture = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
            picture.save(str(folder / f"{name}.png"), "PNG", 0)  # the smallest file

        def save_tab(name: str, tab: int) -> None:
            save(f"{name}-tab-{tab}")

        session.settings = changed(session.settings, text_scale=scale)
        session.settings_changed.emit()
        await until(lambda: session.engine.state is EngineState.READY)
        suffix = "" if size == (1280, 800) else f"-{size[0]}"

        def use_theme(theme: str) -> None:
            session.settings = changed(session.settings, theme=theme)
            session.settings_changed.emit()

        for theme in ("light", "dark"):
            use_theme(theme)
            await asyncio.sleep(0.3)
            save(f"welcome-{theme}{suffix}")
        window.show_page("runs")
        for theme in ("light", "dark"):
            use_theme(theme)
            window.findChild(QComboBox, "model").setCurrentText("demo/flaky")  # type: ignore[union-attr]
            before = session.focus
            window.actions_["start"].trigger()
            await until(
                lambda before=before: (
                    session.focus not in (None, before)
                    and session.focused is not None
                    and session.focused.is_active
                )
            )
            model = session.focused
            assert model is not None
            await until(
                lambda model=model: (model.snapshot and model.snapshot.saved >= 90) or not model.is_active
            )
            table = window.findChild(QTableView, "records")
            await until(lambda table=table: table.model().rowCount() > 3)
            table.setCurrentIndex(table.model().index(1, 0))  # type: ignore[union-attr]
            await asyncio.sleep(0.6)
            save(f"runs-{theme}{suffix}")
            await until(lambda model=model: not model.is_active)
            await asyncio.sleep(1.5)
            if every:
                save(f"runs-{theme}{suffix}-finished")
                await each_tab(window, "run_tabs", partial(save_tab, f"runs-{theme}{suffix}"))
        for model_name, words in (("demo/flaky", "Solve"), ("demo/fast", "Think first, then solve")):
            window.runs_page.start_bar.add_file(str(arithmetic(Path(workspace), words)))
            window.findChild(QComboBox, "model").setCurrentText(model_name)  # type: ignore[union-attr]
            before = session.focus
            window.actions_["start"].trigger()
            await until(lambda before=before: session.focus != before and session.focused is not None)
            await until(lambda: session.focused is not None and session.focused.snapshot is not None)
            await until(lambda: session.focused is not None and not session.focused.is_active)
        for theme in ("light", "dark"):
            use_theme(theme)
            session.look_at(session.rows[1].id)
            window.show_page("results")
            table = window.findChild(QTableView, "results_records")
            header = table.horizontalHeader()  # type: ignore[union-attr]
            table.setColumnHidden(6, True)  # type: ignore[union-attr]
            table.setColumnHidden(7, False)  # type: ignore[union-attr]
            header.setSortIndicator(7, Qt.SortOrder.DescendingOrder)  # by attempts
            await until(lambda table=table: table.model().rowCount() > 10)
            await asyncio.sleep(1)
            table.setCurrentIndex(table.model().index(2, 0))  # type: ignore[union-attr]
            await asyncio.sleep(0.6)
            save(f"results-{theme}{suffix}")
            window.show_page("compare")
            await until(lambda: window.compare_page.comparison is not None)
            await asyncio.sleep(0.6)
            save(f"compare-{theme}{suffix}")
            if every:
                await each_tab(window, "compare_tabs", partial(save_tab, f"compare-{theme}{suffix}"))
            window.show_page("home")
            await asyncio.sleep(0.6)
            save(f"home-{theme}{suffix}")
        await define(studio, until)
        for theme in ("light", "dark"):
            use_theme(theme)
            for page in ("evaluations", "datasets"):
                window.show_page(page)
                await asyncio.sleep(1.5)
                save(f"{page}-{theme}{suffix}")
        await models_and_settings(window, session, until, save, folder, suffix)
        await studio.close()


async def each_tab(window: Any, name: str, save: Callable[[int], None]) -> None:
    """Every tab but the first, which is in the page's own picture."""
    from PySide6.QtWidgets import QTabWidget

    tabs = window.findChild(QTabWidget, name)
    for place in range(1, tabs.count()):
        tabs.setCurrentIndex(place)
        await asyncio.sleep(0.6)
        save(place)
    tabs.setCurrentIndex(0)


async def define(studio: Any, until: Callable[[Callable[[], object]], Awaitable[None]]) -> None:
    """Imports a dataset, makes an evaluation of an example and tries it on three samples."""
    from PySide6.QtWidgets import QLabel, QPlainTextEdit

    from evalstudio.evaluations.library import copy_example

    window, session = studio.window, studio.session
    path = copy_example(session.workspace, "example:sentiment")
    window.evaluations_page.open(str(path))
    window.show_page("evaluations")
    await until(window.actions_["try_evaluation"].isEnabled)
    window.actions_["try_evaluation"].trigger()
    answers = window.findChild(QPlainTextEdit, "try_text")
    await until(lambda: "exact_match" in answers.toPlainText())
    await until(lambda: "earlier" in window.findChild(QLabel, "forecast").text())
    window.show_page("datasets")
    status = window.findChild(QLabel, "dataset_status")
    await until(lambda: "rows" in status.text())


async def models_and_settings(
    window: Any, session: Any, until: Any, save: Callable[[str], None], folder: Path, suffix: str
) -> None:
    """The Models page with a measured capacity, and two groups of the settings."""
    from PySide6.QtGui import QImage

    from evalstudio.models.settings import ModelSettings
    from evalstudio.settings.values import changed
    from evalstudio.ui.settings.settings import SettingsDialog

    page = window.models_page
    window.book.save("judge", ModelSettings("openai", "gpt-4o-mini", requests_per_minute=500.0))
    window.show_page("models")
    page.look_at("demo/fast")
    await page.capacity.measure()
    for theme in ("light", "dark"):
        session.settings = changed(session.settings, theme=theme)
        session.settings_changed.emit()
        for name, model, tab in (("models", "judge", 0), ("capacity", "demo/fast", 1)):
            page.look_at(model)
            page.tabs.setCurrentIndex(tab)
            await asyncio.sleep(0.8)
            save(f"{name}-{theme}{suffix}")
        window.open_settings()
        dialog = window.findChild(SettingsDialog)
        await until(dialog.isVisible)
        for row, name in ((0, "concurrency"), (2, "time-outs")):
            dialog.sections.setCurrentRow(row)
            await asyncio.sleep(0.2)
            picture = QImage(dialog.size(), QImage.Format.Format_RGB888)
            picture.fill(dialog.palette().window().color())  # outside of its round corners
            dialog.render(picture)
            picture.save(str(folder / f"settings-{name}-{theme}{suffix}.png"), "PNG", 0)
        dialog.reject()
        await asyncio.sleep(0.1)


def arithmetic(folder: Path, words: str) -> Path:
    """The arithmetic example with other words in its prompt."""
    examples = ROOT / "resources" / "examples"
    place = folder / words.split()[0].lower()
    place.mkdir()
    (place / "arithmetic.jsonl").write_bytes((examples / "arithmetic.jsonl").read_bytes())
    path = place / "arithmetic.toml"
    path.write_text(
        (examples / "arithmetic.toml").read_text().replace("Solve the problem", f"{words} the problem")
    )
    return path


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "docs" / "images")
    parser.add_argument("--size", default="1280x800")
    parser.add_argument("--text-scale", type=int, default=100, help="in per cent")
    parser.add_argument("--all", action="store_true", help="the finished run and all tabs, too")
    arguments = parser.parse_args()
    width, height = (int(part) for part in arguments.size.split("x"))
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as config:
        os.environ["EVALSTUDIO_CONFIG"] = config
        from PySide6.QtWidgets import QApplication
        from qasync import QEventLoop

        application = QApplication(sys.argv[:1])
        application.setQuitOnLastWindowClosed(False)
        with asyncio.Runner(loop_factory=lambda: QEventLoop(application)) as runner:
            runner.run(
                take(arguments.folder, (width, height), every=arguments.all, scale=arguments.text_scale)
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
