"""Every text of the window can be translated: in the code, in a window whose every text is marked, and with a real file
of Qt's."""

import ast
import importlib.util
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QTranslator
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTableView,
    QTabWidget,
    QWidget,
)

import evalstudio.ui
from evalstudio.ui.kit.text import CONTEXT, tr, trn
from evalstudio.ui.settings.settings import SettingsDialog
from evalstudio.ui.shell.translation import install_translation
from tests.ui.driver import Driver

ROOT = Path(evalstudio.ui.__file__).parent
PAGES = ("home", "runs", "results", "compare", "evaluations", "datasets", "models")
WITHOUT_QT = ("preflight.py", "smoke_test.py")  # say what they say where there is no window
NAMES = re.compile(r"EvalStudio|SHA-256|JSON|\b[kMG]B\b")  # are the same in every language
# which arguments of a call a person sees
SHOWN = {
    **dict.fromkeys(
        (
            "setText", "setToolTip", "setStatusTip", "setWindowTitle", "setPlaceholderText", "setAccessibleName", "setTitle",
            "setAccessibleDescription", "setSpecialValueText", "setInformativeText", "setLabelText", "setIconText", "show_text",
            "addAction", "addMenu", "addItem", "addItems", "addButton", "setHorizontalHeaderLabels", "setNameFilters", "TextLabel",
            "ElidedLabel", "Button", "QLabel", "QCheckBox", "Offer", "tell", "NavigationButton", "QAction", "setTabText", "addTab",
            "RunError", "StoreError", "ModelError", "SettingsError", "EvaluationError", "DatasetError", "_say", "say", "_tell",
        ),
        (0, 1),
    ),
    **dict.fromkeys(("Tabs", "GrowingText", "RunChoice", "small_button"), (1, 3)),
    **dict.fromkeys(("labelled", "OverlayChart", "HistogramChart", "make_table", "choice", "QFileDialog", "QMessageBox"), (1, 2, 3)),
}  # fmt: skip
FOR_CODE = {"labelled": 1, "choice": 0, "make_table": 0, "HistogramChart": 0, "OverlayChart": 0}
# What a person, a file or the engine gave: names of models, runs and columns, and sentences of the engine; Qt's own parts
DATA = re.compile(
    r"^item (capacity_evaluation|dataset_encoding|eval_model|evaluation|evaluator|evaluator_0_type|message_\d_role|model|several_\w+) "
    r"|^(text|tooltip) (model_title|run_title|run_binding|score_metric|model_provider|model_advice|legend_overlay_\w+) "
    r"|^text (TextLabel < QWidget < EvaluatorRow|TextLabel < Card < Overview|evaluator_0_(normalise|squad|words|ignore_case|partial|first))|^tooltip evaluation |^name Scroll\w+Button "
)
MARKED = re.compile(r"‹.*›", re.DOTALL)


def test_that_no_text_a_person_sees_is_left_out() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in sorted(ROOT.rglob("*.py"))
        if path.name not in WITHOUT_QT
        for line, text in bare_texts(path.read_text("utf-8"))
    ]
    assert not found


def test_that_the_rule_sees_a_text_that_is_left_out() -> None:
    assert [text for _, text in bare_texts('label.setText("Nothing yet" if empty else tr("Done"))')] == [
        "Nothing yet"
    ]
    assert [text for _, text in bare_texts('x = TextLabel(f"{count} records")')] == [" records"]
    assert not list(bare_texts('labelled(box, "box_name", tr("Box"))'))


def bare_texts(source: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        for place in SHOWN.get(name, ()):
            if place < len(node.args) and place != FOR_CODE.get(name):
                for text in literals(node.args[place]):
                    if re.search(r"[A-Za-z]{3}", NAMES.sub("", text)) and not is_code(text):
                        yield node.lineno, text


def is_code(text: str) -> bool:
    """A token of a colour, a level, an icon's or an object's name: lower case, one word."""
    return re.fullmatch(r"[a-z0-9_.-]+", text) is not None


def literals(node: ast.expr) -> Iterator[str]:
    """What a person would read of an expression, without what goes through a call."""
    match node:
        case ast.Constant(value=str() as text):
            yield text
        case ast.JoinedStr(values=values):
            for part in values:
                yield from literals(part)
        case ast.IfExp(body=one, orelse=other):
            yield from literals(one)
            yield from literals(other)
        case ast.BinOp(left=one, right=other):
            yield from literals(one)
            yield from literals(other)
        case ast.BoolOp(values=values) | ast.List(elts=values) | ast.Tuple(elts=values):
            for part in values:
                yield from literals(part)


# A window in a language of its own ------------------------------------------------------------------------------------


class Marker(QTranslator):
    """Puts every text of the window between marks."""

    def isEmpty(self) -> bool:  # noqa: N802
        return False

    def translate(  # type: ignore[override]
        self, context: str, text: str, comment: str | None = None, count: int = -1
    ) -> str | None:
        return f"‹{text}›" if context == CONTEXT else None


@pytest.fixture
def marker(qapp: QApplication) -> Iterator[None]:
    translator = Marker()
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


@pytest.mark.usefixtures("marker")
def test_that_every_text_of_the_window_is_translated(open_window: Callable[..., Driver]) -> None:
    driver = open_window("home")
    driver.ready()
    driver.window.show_page("runs")
    driver.find(QAction, "start").trigger()
    driver.wait(lambda: driver.saved() > 20)
    driver.find(QAction, "stop").trigger()
    driver.wait(lambda: driver.state() == "stopped")
    left: dict[str, str] = {}
    for page in PAGES:
        driver.window.show_page(page)
        driver.wait(lambda page=page: driver.find(QWidget, f"page_{page}").isVisible())
        for tabs in driver.find(QWidget, f"page_{page}").findChildren(QTabWidget):
            for place in range(tabs.count()):
                tabs.setCurrentIndex(place)
                QApplication.processEvents()
        left |= unmarked(driver.window)
    dialog = SettingsDialog(driver.session, driver.window)
    left |= unmarked(dialog)
    dialog.deleteLater()
    assert not left, "\n".join(f"{where}: {text}" for where, text in sorted(left.items()))


def unmarked(window: QWidget) -> dict[str, str]:
    """Texts without a mark, by where they are; data that a person or the engine gave is left out by name."""
    return {
        f"{where} {name}": text
        for widget in [window, *window.findChildren(QWidget)]
        for where, text in texts_of(widget)
        if re.search(r"[A-Za-z]{3}", NAMES.sub("", text))
        and not MARKED.search(text)
        and (name := path_of(widget))
        and not DATA.search(f"{where} {name}")
    } | {
        f"action {action.objectName() or action.text()}": action.text()
        for action in window.findChildren(QAction)
        if re.search(r"[A-Za-z]{3}", NAMES.sub("", action.text()))
        and action.text() != "Export..."
        and not MARKED.search(action.text() + action.objectName())
    }


def texts_of(widget: QWidget) -> Iterator[tuple[str, str]]:
    yield "tooltip", re.sub(r"<[^>]*>", "", widget.toolTip())
    yield "name", widget.accessibleName()
    yield "title", widget.windowTitle()
    match widget:
        case QLabel() | QAbstractButton():
            yield "text", re.sub(r"<[^>]*>", "", widget.text())
        case QLineEdit() | QPlainTextEdit():
            yield "placeholder", widget.placeholderText()
        case QComboBox():
            for row in range(widget.count()):
                yield "item", widget.itemText(row)
        case QTabWidget():
            for place in range(widget.count()):
                yield "tab", widget.tabText(place)
        case QTableView():
            header = widget.horizontalHeader()
            for column in range(header.count()):
                yield "heading", str(header.model().headerData(column, header.orientation()) or "")
        case QAbstractSpinBox():
            yield "special", widget.specialValueText()


def path_of(widget: QWidget) -> str:
    parts = []
    at: QWidget | None = widget
    while at is not None and len(parts) < 3:
        parts.append(at.objectName() or type(at).__name__)
        at = at.parentWidget()
    return " < ".join(parts)


def test_that_numbers_choose_the_form() -> None:
    assert [trn("{n} record", "{n} records", count) for count in (0, 1, 2, 12_345)] == [
        "0 records", "1 record", "2 records", "12,345 records",
    ]  # fmt: skip


def test_that_a_translation_is_made_loaded_and_kept(
    tmp_path: Path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = translations(monkeypatch, tmp_path)
    assert made.main() == 0
    file = tmp_path / "evalstudio_de.ts"
    text = file.read_text("utf-8")
    filled = text.replace(
        '<source>Runs</source>\n      <translation type="unfinished" />',
        "<source>Runs</source>\n      <translation>Läufe</translation>",
    )
    assert filled != text
    many = "<numerusform /><numerusform />"
    filled = re.sub(
        r"(<source>\{n\} records</source>\s*<comment>\{n\} record</comment>\s*)<translation type=\"unfinished\">.*?</translation>",
        r"\1<translation><numerusform>{n} Eintrag</numerusform><numerusform>{n} Einträge</numerusform></translation>",
        filled,
        flags=re.DOTALL,
    )
    assert many not in filled
    file.write_text(filled, encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["translations.py"])
    assert made.main() == 0
    assert "Läufe" in file.read_text("utf-8")
    monkeypatch.setattr("evalstudio.ui.shell.translation.resource", lambda *_: tmp_path)
    before = set(qapp.findChildren(QTranslator))
    try:
        assert install_translation(qapp, QLocale("en_GB")) == "en"
        assert tr("Runs") == "Runs"
        assert install_translation(qapp, QLocale("de_AT")).startswith("de")
        assert tr("Runs") == "Läufe"
        assert [trn("{n} record", "{n} records", count) for count in (1, 1_200)] == [
            "1 Eintrag",
            "1,200 Einträge",
        ]
        assert tr("Compare") == "Compare"
    finally:
        for translator in set(qapp.findChildren(QTranslator)) - before:
            QCoreApplication.removeTranslator(translator)
            translator.deleteLater()


def test_that_a_translation_keeps_the_parts_of_a_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = translations(monkeypatch, tmp_path)
    assert made.parts_of("{saved:,} of {total:,}") == {"saved", "total"}
    made.write(tmp_path / "evalstudio_de.ts", [made.Message("{a} of {b}")], "de")
    file = tmp_path / "evalstudio_de.ts"
    file.write_text(
        file.read_text("utf-8").replace(
            '<translation type="unfinished" />', "<translation>{a} von {c}</translation>"
        ),
        encoding="utf-8",
    )
    with pytest.raises(SystemExit, match="the same parts"):
        made.write(file, [made.Message("{a} of {b}")], "de")


def translations(monkeypatch: pytest.MonkeyPatch, folder: Path) -> ModuleType:
    """The script that translators use, writing into a folder of its own."""
    path = ROOT.parents[1] / "scripts" / "translations.py"
    spec = importlib.util.spec_from_file_location("translations", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "translations", module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "FOLDER", folder)
    monkeypatch.setattr(sys, "argv", ["translations.py", "de"])
    return module
