"""What the packaged app leaves out, by the rules of pyinstaller.spec; building it takes minutes and is in `make proof`."""

import ast
import re
from pathlib import Path

import pytest

SPEC = Path(__file__).resolve().parent.parent.parent / "pyinstaller.spec"


@pytest.fixture(scope="module")
def unused() -> re.Pattern[str]:
    tree = ast.parse(SPEC.read_text(encoding="utf-8"))
    rules = [
        part for part in tree.body
        if isinstance(part, ast.Assign) and getattr(part.targets[0], "id", "") in ("LANGUAGES", "UNUSED")
    ]  # fmt: skip
    names: dict[str, object] = {"re": re, "Path": lambda _: SPEC.parent / "resources" / "translations"}
    exec(compile(ast.Module(rules, []), str(SPEC), "exec"), names)
    pattern = names["UNUSED"]
    assert isinstance(pattern, re.Pattern)
    return pattern


@pytest.mark.parametrize(
    "path",
    [
        "PySide6/Qt/lib/libQt6Core.so.6", "PySide6/Qt/lib/libQt6Widgets.so.6", "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/imageformats/libqsvg.so", "resources/translations/evalstudio_de.qm", "numpy/_core/numeric.py",
    ],
)  # fmt: skip
def test_that_what_the_window_needs_is_kept(unused: re.Pattern[str], path: str) -> None:
    assert not unused.search(path)


@pytest.mark.parametrize(
    "path",
    [
        "PySide6/Qt/lib/libQt6Quick.so.6", "PySide6/Qt/qml/QtQuick/x.so", "PySide6/Qt/plugins/platforms/libqeglfs.so",
        "PySide6/Qt/translations/qtbase_xx.qm", "resources/translations/evalstudio.ts", "numpy/_core/tests/test_numeric.py",
    ],
)  # fmt: skip
def test_that_what_nobody_sees_is_left_out(unused: re.Pattern[str], path: str) -> None:
    assert unused.search(path)
