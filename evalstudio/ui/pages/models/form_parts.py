"""Parts of the model form: widgets in a line, counts with a word for none, and a proposed name."""

import re
from collections.abc import Container

from PySide6.QtWidgets import QHBoxLayout, QSpinBox, QWidget

from evalstudio.ui.kit.form_fields import CalmSpinBox
from evalstudio.ui.kit.theme import SPACE_S
from evalstudio.ui.kit.widgets import labelled


def in_line(*parts: QWidget, stretched: QWidget | None = None) -> QWidget:
    """Places widgets side by side; `stretched` takes the room that is left."""
    line = QWidget()
    layout = QHBoxLayout(line)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(SPACE_S)
    for part in parts:
        layout.addWidget(part, 1 if part is stretched else 0)
    if stretched is None:
        layout.addStretch(1)
    return line


def count_field(name: str, spoken: str, none: str, most: int) -> QSpinBox:
    """Creates a number field in which 0 means `none`."""
    box = CalmSpinBox()
    box.setRange(0, most)
    box.setSpecialValueText(none)
    box.setGroupSeparatorShown(True)
    box.setMinimumWidth(112)
    labelled(box, name, spoken, f"0: {none}")
    return box


def free_name(model: str, taken: Container[str]) -> str:
    """Returns a name for a model of the workspace, made from its name at the endpoint.

    Example:
        >>> free_name("Qwen/Qwen3-8B", {"Qwen3-8B"})
        'Qwen3-8B 2'
    """
    base = re.sub(r"[^\w .@-]+", "-", model.strip().rsplit("/", 1)[-1]).strip("-_. ")
    name, number = base, 2
    while name in taken:
        name, number = f"{base} {number}", number + 1
    return name
