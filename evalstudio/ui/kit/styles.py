"""Styles: one style sheet for every control of Qt's, made of the tokens. What it can't draw, `widgets` paints of the same tokens."""

from functools import lru_cache
from string import Template

from evalstudio.ui.kit.tokens import BAR, CONTROL, RADIUS_S, Tokens
from evalstudio.workspace.resources import resource

ICONS = {
    "down": "chevron-down", "up": "chevron-up", "right": "chevron-right", "check": "check", "partly": "partly",
    "menu_check": "menu-check",
}  # fmt: skip

_SHEET = Template("""
QLineEdit, QComboBox, QAbstractSpinBox, QPlainTextEdit, QTextEdit {
  border: 1px solid $edge; border-radius: ${radius}px; background: $field; color: $text;
  selection-background-color: $accent; selection-color: $on_accent;
}
QLineEdit, QComboBox, QAbstractSpinBox { min-height: ${inner}px; max-height: ${inner}px; padding: 3px 8px; }
QLineEdit:hover, QComboBox:hover, QAbstractSpinBox:hover, QPlainTextEdit:hover { border-color: $thumb_hover; }
QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:on {
  border: 1px solid $accent_text;
}
QLineEdit:disabled, QComboBox:disabled, QAbstractSpinBox:disabled, QPlainTextEdit:disabled {
  background: $window; border-color: $border; color: $faint;
}
QComboBox QLineEdit, QAbstractSpinBox QLineEdit, QAbstractItemView QLineEdit {
  border: none; background: transparent; padding: 0; min-height: 0; max-height: 16777215px;
}
QAbstractItemView QLineEdit { background: $field; border: 1px solid $accent_text; border-radius: 3px; }
QPlainTextEdit, QTextEdit { padding: 3px 4px; }
QPlainTextEdit[readOnly="true"], QTextEdit[readOnly="true"] { border: 1px solid transparent; background: transparent; }
QPlainTextEdit[readOnly="true"]:focus, QTextEdit[readOnly="true"]:focus { border: 1px solid $ring; }

QComboBox { padding-left: 10px; padding-right: 2px; combobox-popup: 0; }
QComboBox:editable { padding-left: 8px; }
QComboBox::drop-down { border: none; width: 24px; subcontrol-origin: border; subcontrol-position: right center; }
QComboBox::down-arrow { image: url($down); width: ${mark}px; height: ${mark}px; }
QComboBox QAbstractItemView, QListView#completer {
  border: 1px solid $edge; background: $card; padding: 3px; outline: 0;
  selection-background-color: $selection; selection-color: $text;
}
QComboBox QAbstractItemView::item { min-height: ${row}px; padding: 0 6px; border: none; border-radius: 4px; }
QComboBox QAbstractItemView::item:selected, QComboBox QAbstractItemView::item:hover { background: $selection; color: $text; }

QAbstractSpinBox { padding: 3px 24px 3px 2px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {
  border: none; background: transparent; width: 18px; height: ${half}px; subcontrol-origin: border;
}
QAbstractSpinBox::up-button { subcontrol-position: top right; margin: 1px 2px 0 0; border-top-right-radius: ${radius}px; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; margin: 0 2px 1px 0; border-bottom-right-radius: ${radius}px; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover { background: $hover; }
QAbstractSpinBox::up-arrow, QAbstractSpinBox::down-arrow { image: none; width: ${mark}px; height: ${mark}px; }
QAbstractSpinBox::up-arrow:focus, QAbstractSpinBox::up-arrow:hover { image: url($up); }
QAbstractSpinBox::down-arrow:focus, QAbstractSpinBox::down-arrow:hover { image: url($down); }

QCheckBox, QRadioButton { spacing: 8px; padding: 2px 0; }
QCheckBox::indicator, QRadioButton::indicator, QGroupBox::indicator, QAbstractItemView::indicator {
  width: ${box}px; height: ${box}px; border: 1px solid $tick; border-radius: 4px; background: $field;
}
QRadioButton::indicator { border-radius: ${round}px; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover { border-color: $accent_text; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border: 1.5px solid $accent_text; }
QCheckBox::indicator:checked, QGroupBox::indicator:checked, QAbstractItemView::indicator:checked {
  border-color: $accent; background: $accent; image: url($check);
}
QCheckBox::indicator:checked:focus { border-color: $text; }
QCheckBox::indicator:indeterminate, QAbstractItemView::indicator:indeterminate {
  border-color: $accent; background: $accent; image: url($partly);
}
QRadioButton::indicator:checked {
  border-color: $accent;
  background: qradialgradient(cx: 0.5, cy: 0.5, radius: 0.5, fx: 0.5, fy: 0.5, stop: 0 #ffffff, stop: 0.4 #ffffff, stop: 0.5 $accent, stop: 1 $accent);
}
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { border-color: $border; background: $window; }
QCheckBox::indicator:checked:disabled { background: $thumb; border-color: $thumb; }
QCheckBox:disabled, QRadioButton:disabled { color: $faint; }

QSlider { min-height: 20px; border: 1px solid transparent; border-radius: ${radius}px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $border; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $accent; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -6px 0; border-radius: 8px; border: 1px solid $thumb_hover; background: #ffffff; }
QSlider::handle:horizontal:hover { border-color: $accent_text; }
QSlider::handle:horizontal:focus { border: 2px solid $accent_text; width: 13px; height: 13px; }
QSlider::sub-page:horizontal:disabled { background: $thumb; }
QSlider::handle:horizontal:disabled { background: $window; border-color: $border; }

QProgressBar { border: none; border-radius: 3px; background: $border; min-height: 6px; max-height: 6px; text-align: right; color: transparent; }
QProgressBar::chunk { border-radius: 3px; background: $accent; }

QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: ${bar}px; }
QScrollBar:horizontal { height: ${bar}px; }
QScrollBar::handle { background: $thumb; border: none; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover, QScrollBar::handle:pressed { background: $thumb_hover; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: none; background: none; }
QScrollBar::add-page, QScrollBar::sub-page { background: none; }
QAbstractScrollArea::corner { background: transparent; border: none; }

QAbstractItemView { outline: 0; background: $card; border: 1px solid transparent; border-radius: ${radius}px; }
QAbstractItemView:focus { border: 1px solid $ring; }
QHeaderView, QHeaderView:focus { background: transparent; border: none; }
QHeaderView::section {
  background: transparent; color: $muted; border: none; border-bottom: 1px solid $border; padding: 5px 8px; font-weight: normal;
}
QHeaderView::section:vertical { border: none; }
QHeaderView::section:hover { color: $text; }
QHeaderView::down-arrow { image: url($down); width: ${mark}px; height: ${mark}px; subcontrol-position: right center; }
QHeaderView::up-arrow { image: url($up); width: ${mark}px; height: ${mark}px; subcontrol-position: right center; }
QTableCornerButton::section { background: transparent; border: none; }
QTreeView::branch { background: transparent; border-image: none; image: none; }
QTreeView::branch:has-children:closed { image: url($right); }
QTreeView::branch:has-children:open { image: url($down); }

QMenuBar { background: $window; border: none; padding: 1px 4px; }
QMenuBar::item { background: transparent; padding: 4px 9px; border-radius: 4px; color: $text; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: $pressed; }
QMenu { background: $card; border: 1px solid $edge; padding: 4px; }
QMenu::item { padding: 5px 26px 5px 28px; border-radius: 4px; color: $text; background: transparent; }
QMenu::item:selected { background: $selection; }
QMenu::item:disabled { color: $faint; background: transparent; }
QMenu::separator { height: 1px; background: $border; margin: 4px 8px; }
QMenu::icon { padding-left: 7px; }
QMenu::indicator { width: 16px; height: 16px; left: 7px; }
QMenu::indicator:checked { image: url($menu_check); }
QMenu::right-arrow { image: url($right); width: ${mark}px; height: ${mark}px; right: 6px; }

QToolTip { background: $card; color: $text; border: 1px solid $edge; padding: 4px 6px; }
QStatusBar { background: $window; border: none; }
QStatusBar::item { border: none; }
QGroupBox { border: 1px solid $border; border-radius: ${card_radius}px; margin-top: ${inner}px; padding: 8px; }
QGroupBox::title { subcontrol-origin: margin; subcontrol-position: top left; left: 2px; padding: 0 2px; color: $text; }
QToolButton { border: 1px solid transparent; border-radius: ${radius}px; padding: 3px; background: transparent; }
QToolButton:hover { background: $pressed; }
QToolButton:focus { border: 1px solid $accent_text; }
QToolButton::menu-indicator { image: none; }
QTabWidget::pane { border: none; }
QTabWidget::right-corner, QTabWidget::left-corner { border: none; }
QFrame#line { background: $border; border: none; }
QScrollArea { border: none; }
QSplitter::handle { background: transparent; }
QDialog { background: $window; }
""")


@lru_cache(maxsize=16)
def style_sheet(colours: Tokens, line: int) -> str:
    """Returns the style sheet of a theme for text with lines of `line` pixels.

    Example:
        application.setStyleSheet(style_sheet(LIGHT, 16))
    """
    words = {name: getattr(colours, name) for name in colours.__slots__ if name != "series"}
    words |= {name: f'"{resource("icons", f"{file}.svg").as_posix()}"' for name, file in ICONS.items()}
    dark = colours.window < "#8"
    return _SHEET.substitute(
        words,
        faint="#6f7885" if dark else "#949ca8",
        thumb_hover="#5a6371" if dark else "#9ba4b1",
        tick="#6b7585" if dark else "#8a93a1",
        pressed="#262b33" if dark else "#e5e8ed",
        ring="#2f4a7d" if dark else "#a9c4f5",
        radius=RADIUS_S,
        card_radius=RADIUS_S + 2,
        inner=line + CONTROL - 8,
        half=(line + CONTROL - 4) // 2,
        row=line + 8,
        mark=max(10, round(line * 0.75)),
        box=max(14, line - 1),
        round=max(14, line - 1) // 2 + 1,
        bar=BAR,
    )


def control_height(line: int) -> int:
    """Returns the height of inputs and buttons for text with lines of `line` pixels."""
    return line + CONTROL
