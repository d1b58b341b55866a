"""Settings reference page, generated from the schema: `python -m evalstudio.settings.reference`."""

from pathlib import Path
from typing import Any

from evalstudio.settings.schema import FIELDS, PRIVACY, SECTIONS, Field
from evalstudio.settings.values import DEFAULTS

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "reference" / "settings.md"
HEAD = """# Settings

This page is made from the program's own list: `python -m evalstudio.settings.reference`.

A value comes from the nearest of these places: a control of a run in work, an option of the command line, the evaluation
(its file or its code), the environment, the settings, the program's default. The dialog (Ctrl+,) shows beside each value
where it comes from. Settings are kept in `settings.json` in your configuration folder, and only those that differ from
the default; they can be exported and imported, and hold no keys.
"""


def page() -> str:
    """Returns the page in Markdown."""
    parts = [HEAD]
    for title, about in SECTIONS:
        parts.append(f"\n## {title}\n\n{about}\n")
        if title == "Privacy":
            parts.append(f"\n{PRIVACY}\n")
        parts += [_entry(field) for field in FIELDS if field.section == title]
    return "".join(parts)


def _entry(field: Field) -> str:
    facts = [f"default {_words(field, DEFAULTS[field.key])}"]
    if field.range:
        facts.append(f"{field.range} {field.unit}".strip())
    if field.option:
        facts.append(f"option `{field.option}`")
    if field.environment:
        facts.append(f"environment `{field.environment}`")
    if field.definition:
        facts.append("in an evaluation " + ", ".join(f"`{one}`" for one in field.definition.split(", ")))
    return f"\n### {field.title}\n\n{field.help} Acts {field.acts}.\n\n{'; '.join(facts)}.\n"


def _words(field: Field, value: Any) -> str:
    if value in (None, "", {}):
        return field.empty or "none"
    words = f"{value:g}" if isinstance(value, float) else str(value)
    return f"{words} {field.unit}".strip() if field.kind in ("whole", "number") else words


def main() -> None:
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
