"""The window's texts for translators: collects them, brings every translation up to date, and compiles it for Qt.

Usage: python scripts/translations.py [LANGUAGE ...]    e.g. de, or pt_BR, begins a translation into that language
"""

import argparse
import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from string import Formatter
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "translations"
WINDOW = ROOT / "evalstudio" / "ui"
FORMS = {"ja": 1, "ko": 1, "zh": 1, "tr": 2, "pl": 3, "ru": 3, "uk": 3, "cs": 3, "ar": 6}
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@dataclass
class Message:
    """One text. `one`: its singular, where it has a number; `files`: where it stands, as paths of the project."""

    text: str
    one: str = ""
    files: list[str] = field(default_factory=list)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("language", nargs="*", help="a language to begin with, as de or pt_BR")
    chosen = parser.parse_args()
    FOLDER.mkdir(exist_ok=True)
    messages = collect()
    write(FOLDER / "evalstudio.ts", messages, "")
    for language in chosen.language:
        (FOLDER / f"evalstudio_{language}.ts").touch()
    for path in sorted(FOLDER.glob("evalstudio_*.ts")):
        language = path.stem.removeprefix("evalstudio_")
        left = write(path, messages, language)
        print(f"{path.name}: {len(messages) - left} of {len(messages)} texts are translated")
        compile_qm(path)
    print(f"{len(messages)} texts in evalstudio.ts")
    return 0


def collect() -> list[Message]:
    """Every text of the window: those in `tr`, `trn` and `mark`, and those of lists that others use as well."""
    found: dict[tuple[str, str], Message] = {}
    for path in sorted(WINDOW.rglob("*.py")):
        for text, one in texts_in(path.read_text("utf-8")):
            note(found, text, one, str(path.relative_to(ROOT)))
    for text, file in shared():
        note(found, text, "", file)
    return [found[key] for key in sorted(found)]


def note(found: dict[tuple[str, str], Message], text: str, one: str, file: str) -> None:
    message = found.setdefault((text, one), Message(text, one))
    if file not in message.files:
        message.files.append(file)


def texts_in(source: str) -> Iterator[tuple[str, str]]:
    """The texts of a file, each with its singular or nothing. Raises ValueError where one is not written out."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        name, given = node.func.id, node.args
        if name == "mark" or (name == "tr" and isinstance(given[0], ast.Constant)):
            yield literal(given[0]), ""
        elif name == "trn":
            yield literal(given[1]), literal(given[0])


def literal(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise ValueError(
        f"line {node.lineno}: a text for translation must be written out, not made: {ast.unparse(node)}"
    )


def shared() -> Iterator[tuple[str, str]]:
    """Texts that the window shows and others too: commands, settings, states and classes; with their files."""
    from evalstudio.advice import presets
    from evalstudio.advice.overload_signs import Trouble
    from evalstudio.core.outcome import Outcome
    from evalstudio.core.run_state import RunState
    from evalstudio.settings import schema
    from evalstudio.ui.kit.actions import COMMANDS
    from evalstudio.ui.state.engine_client import EngineState

    for command in COMMANDS:
        yield from (
            (text, "evalstudio/ui/kit/actions.py")
            for text in (command.text, command.hint, command.short)
            if text
        )
    settings = "evalstudio/settings/schema.py"
    for title, about in schema.SECTIONS:
        yield from ((title, settings), (about, settings))
    yield schema.PRIVACY, settings
    for one in schema.FIELDS:
        words = (one.title, one.help, one.unit, one.empty, one.acts, *(words for _, words in one.choices))
        yield from ((text, settings) for text in words if text)
    for preset in presets.PRESETS.values():
        yield from (
            (preset.name, "evalstudio/advice/presets.py"),
            (preset.reason, "evalstudio/advice/presets.py"),
        )
    for states, file in (
        (RunState, "evalstudio/store/runs.py"), (Outcome, "evalstudio/core/outcome.py"), (Trouble, "evalstudio/advice/overload_signs.py"),
        (EngineState, "evalstudio/ui/state/engine_client.py"),
    ):  # fmt: skip
        yield from ((str(state.value), file) for state in states)
    for word in ("calling", "waiting", "streaming", "judging", "backing off", "starting", "ready", "leaving"):
        yield word, "evalstudio/protocol/snapshot.py"
    for word in ("scored", "unscored", "errored", "default", "settings", "environment", "option"):
        yield word, "evalstudio/protocol/snapshot.py"


def write(path: Path, messages: list[Message], language: str) -> int:
    """Writes a .ts file with what was translated in it before; returns how many texts still are not."""
    before = translated(path)
    root = ElementTree.Element(
        "TS", version="2.1", sourcelanguage="en", **({"language": language} if language else {})
    )
    context = ElementTree.SubElement(root, "context")
    ElementTree.SubElement(context, "name").text = "EvalStudio"
    left = 0
    for message in messages:
        element = ElementTree.SubElement(context, "message", **({"numerus": "yes"} if message.one else {}))
        for file in message.files:
            ElementTree.SubElement(element, "location", filename=f"../../{file}")
        ElementTree.SubElement(element, "source").text = message.text
        if message.one:
            ElementTree.SubElement(element, "comment").text = message.one
        known = before.get((message.text, message.one), [])
        if wrong := [form for form in known if form and parts_of(form) != parts_of(message.text)]:
            raise SystemExit(
                f"{path.name}: '{wrong[0]}' must have the same parts in braces as '{message.text}'"
            )
        done = bool(known) and all(known)
        left += not done
        target = ElementTree.SubElement(element, "translation", **({} if done else {"type": "unfinished"}))
        if message.one:
            forms = FORMS.get(language.partition("_")[0], 2)
            for form in (known + [""] * forms)[:forms]:
                ElementTree.SubElement(target, "numerusform").text = form
        else:
            target.text = known[0] if known else ""
    ElementTree.indent(root, "  ")
    text = ElementTree.tostring(root, encoding="unicode")
    path.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{text}\n', encoding="utf-8")
    return left


def parts_of(text: str) -> set[str]:
    """The names in braces that a text is filled with."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def translated(path: Path) -> dict[tuple[str, str], list[str]]:
    """What a .ts file holds: (text, singular) -> its translation, or its forms by number."""
    if not path.exists() or not path.read_text("utf-8").strip():
        return {}
    found = {}
    for element in ElementTree.parse(path).iter("message"):
        target = element.find("translation")
        if target is None:
            continue
        forms = [form.text or "" for form in target.iter("numerusform")] or [target.text or ""]
        found[element.findtext("source") or "", element.findtext("comment") or ""] = forms
    return found


def compile_qm(path: Path) -> None:
    """Makes the .qm file that the window loads, with Qt's own tool."""
    tool = shutil.which(
        "pyside6-lrelease", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    )
    if tool is None:
        raise SystemExit("pyside6-lrelease is not there; it comes with PySide6-Essentials: make setup-dev")
    subprocess.run([tool, "-silent", str(path), "-qm", str(path.with_suffix(".qm"))], check=True)


if __name__ == "__main__":
    raise SystemExit(main())
