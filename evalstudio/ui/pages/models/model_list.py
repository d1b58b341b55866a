"""Model list: a person's own models, the demo's, the local one, and a menu to add another."""

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QMenu, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from evalstudio.models.providers import LOCAL_MODEL, PROVIDERS
from evalstudio.models.settings import ModelSettings
from evalstudio.ui.kit.text import mark, one_line, tooltip, tr
from evalstudio.ui.kit.theme import SPACE_L, SPACE_M, SPACE_S, line_height, scaled, theme, tokens
from evalstudio.ui.kit.tokens import CAPTION, TITLE
from evalstudio.ui.kit.widgets import Button, Card, TextLabel, labelled, quiet_selection
from evalstudio.ui.state.model_book import DEMO_MODELS

ENDPOINT = "endpoint"
TITLES = {
    ENDPOINT: mark("OpenAI-compatible endpoint"), "openai": "OpenAI", "anthropic": "Anthropic", "gemini": "Google Gemini", "mistral": "Mistral", "groq": "Groq",
    "openrouter": "OpenRouter", "together": "Together", "deepseek": "DeepSeek", "ollama": mark("Ollama (this machine)"),
    "vllm": mark("vLLM (your server)"), "llamacpp": mark("llama.cpp (this machine)"), "python": mark("Python function"),
}  # fmt: skip


class ModelList(Card):
    """The list. `chosen` is emitted with a name, `add` with a provider, "endpoint" or "python"."""

    chosen = Signal(str)
    add = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("model_list_card")
        self.tree = QTreeWidget()
        labelled(self.tree, "model_list", tr("Models"))
        self.tree.setHeaderHidden(True)
        self.tree.setRootIsDecorated(False)
        self.tree.setIndentation(12)
        self.tree.setFrameShape(QTreeWidget.Shape.NoFrame)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._own, self._demo, self._local = (
            self._group(name) for name in (tr("Your models"), tr("Demo"), tr("On this machine"))
        )
        self.add_button = Button(tr("&Add"))
        labelled(
            self.add_button,
            "add_model",
            tr("Add a model"),
            tr("An endpoint of a provider, or a Python function"),
        )
        self.menu = QMenu(self.add_button)
        self.menu.setObjectName("add_model_menu")
        for provider in [ENDPOINT, *PROVIDERS, "python"]:
            if provider in ("openai", "ollama", "python"):
                self.menu.addSeparator()
            action = self.menu.addAction(tr(TITLES.get(provider, provider)))
            action.setObjectName(f"add_{provider}")
            action.triggered.connect(lambda *_, provider=provider: self.add.emit(provider))
        self.add_button.setMenu(self.menu)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, SPACE_M, 1, SPACE_S)
        layout.setSpacing(SPACE_S)
        head = QVBoxLayout()
        head.setContentsMargins(SPACE_M, 0, SPACE_M, 0)
        head.setSpacing(SPACE_S)
        head.addWidget(TextLabel(tr("Models"), factor=TITLE, bold=True))
        head.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addLayout(head)
        layout.addWidget(self.tree, 1)
        self.setMinimumWidth(210)
        theme().changed.connect(self._follow_theme)
        self._follow_theme()
        self.tree.currentItemChanged.connect(self._chosen)
        self.show_models({}, None)

    def show_models(self, models: Mapping[str, ModelSettings], current: str | None) -> None:
        """Shows a person's own models, and selects one without emitting a signal."""
        with QSignalBlocker(self.tree):
            self._fill(self._own, {name: model.label for name, model in models.items()})
            # a model with an entry of its own is listed there
            self._fill(self._demo, {name: "" for name in DEMO_MODELS if name not in (LOCAL_MODEL, *models)})
            local = (
                {}
                if LOCAL_MODEL in models
                else {LOCAL_MODEL: tr("A small real language model, installed on demand")}
            )
            self._fill(self._local, local)
            self.choose(current)

    def choose(self, name: str | None) -> None:
        """Selects a model; None clears the selection."""
        self.tree.clearSelection()
        for group in (self._own, self._demo, self._local):
            for row in range(group.childCount()):
                item = group.child(row)
                if item is not None and item.data(0, Qt.ItemDataRole.UserRole) == name:
                    self.tree.setCurrentItem(item)
                    return

    def _follow_theme(self) -> None:
        quiet_selection(self.tree)
        for group in (self._own, self._demo, self._local):
            group.setFont(0, scaled(QApplication.font(), CAPTION, bold=True))
            group.setForeground(0, QColor(tokens().muted))
            group.setSizeHint(0, QSize(0, line_height() + SPACE_L))
            for row in range(group.childCount()):
                if (item := group.child(row)) is not None:
                    item.setSizeHint(0, QSize(0, line_height() + SPACE_S))

    def _fill(self, group: QTreeWidgetItem, names: Mapping[str, str]) -> None:
        group.takeChildren()
        for name, about in names.items():
            item = QTreeWidgetItem([one_line(name, 60)])
            item.setData(0, Qt.ItemDataRole.UserRole, name)
            item.setSizeHint(0, QSize(0, line_height() + SPACE_S))
            item.setToolTip(0, tooltip(f"{name}\n{about}" if about and about != name else name))
            group.addChild(item)
        group.setHidden(not names)
        group.setExpanded(True)

    def _group(self, title: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem(self.tree, [title])
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        return item

    def _chosen(self, item: QTreeWidgetItem | None, before: QWidget | None) -> None:
        name = item.data(0, Qt.ItemDataRole.UserRole) if item is not None else None
        if name:
            self.chosen.emit(str(name))
