"""The local language model from the window."""

from collections.abc import Callable

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox

from evalstudio.core.run_state import RunState
from evalstudio.engine.servers import local_model
from evalstudio.models.providers import LOCAL_MODEL
from tests.ui.driver import Driver, choose, click

pytestmark = [
    pytest.mark.local_model,
    pytest.mark.skipif(
        not local_model.installed(), reason="the local model is not installed: run 'make local-model'"
    ),
]


def test_that_the_local_model_is_started_used_and_stopped_from_the_menu(
    open_window: Callable[[], Driver],
) -> None:
    driver = open_window()
    driver.ready()
    start, stop = driver.find(QAction, "local_start"), driver.find(QAction, "local_stop")
    driver.wait(start.isEnabled)
    assert not stop.isEnabled()
    start.trigger()
    driver.wait(stop.isEnabled)
    assert not start.isEnabled()
    driver.wait(lambda: f"runs as {LOCAL_MODEL}" in driver.messages())
    choose(driver, "sentiment-8", samples=4)
    offer = next(
        item for item in driver.window.messages.items() if "runs as" in item.notice.text
    ).notice.offers[0]
    offer.act()
    assert driver.find(QComboBox, "model").currentText() == LOCAL_MODEL
    click(driver, "start")
    driver.wait(lambda: driver.state() == RunState.COMPLETED, 60_000)
    reader = driver.reader()
    run = reader.runs()[0]
    assert run.model == LOCAL_MODEL
    assert all(
        (details := reader.details(one)) and details.record.tokens_out for one in reader.record_ids(run.id)
    )
    reader.close()
    driver.find(QAction, "local_stop").trigger()
    driver.wait(lambda: "is stopped" in driver.messages())
