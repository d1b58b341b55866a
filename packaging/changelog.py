"""CHANGELOG.md as the packages need it: when a version was released, and what is new in it."""

import re
import textwrap
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import format_datetime
from pathlib import Path
from xml.sax.saxutils import escape

FILE = Path(__file__).resolve().parent.parent / "CHANGELOG.md"
HEAD = re.compile(r"^## (?P<version>\S+) \((?P<day>\d{4}-\d{2}-\d{2})\)$", re.MULTILINE)


@dataclass(frozen=True)
class Release:
    """One version."""

    version: str
    day: date
    changes: tuple[str, ...]

    def for_debian(self, maintainer: str) -> str:
        """Its entry in debian/changelog; dated to noon, for the day is all that is known."""
        changes = "".join(
            textwrap.fill(f"{change}.", 78, initial_indent="  * ", subsequent_indent="    ") + "\n"
            for change in self.changes
        )
        noon = format_datetime(datetime(self.day.year, self.day.month, self.day.day, 12, tzinfo=UTC))
        head = f"evalstudio ({self.version}) stable; urgency=medium"
        return f"{head}\n\n{changes}\n -- {maintainer}  {noon}\n"

    def for_appstream(self) -> str:
        """Its <release>."""
        changes = "".join(f"<li>{escape(change)}</li>" for change in self.changes)
        return (
            f'<release version="{self.version}" date="{self.day}">'
            f"<description><ul>{changes}</ul></description></release>"
        )


def releases(text: str) -> list[Release]:
    """All versions in the order of the file, newest first. Raises ValueError where a version says nothing of itself."""
    heads = list(HEAD.finditer(text))
    ends = [*(head.start() for head in heads[1:]), len(text)]
    found = []
    for head, end in zip(heads, ends, strict=True):
        lines = text[head.end() : end].splitlines()
        changes = tuple(line.removeprefix("- ") for line in lines if line.startswith("- "))
        if not changes:
            raise ValueError(f"CHANGELOG.md says nothing about {head['version']}.")
        found.append(Release(head["version"], date.fromisoformat(head["day"]), changes))
    return found


def releases_up_to(version: str) -> list[Release]:
    """All versions, of which `version` is the newest. Raises ValueError where the file says otherwise."""
    found = releases(FILE.read_text(encoding="utf-8"))
    if not found or found[0].version != version:
        newest = found[0].version if found else "nothing"
        raise ValueError(f"CHANGELOG.md begins with {newest}, and {version} is built: add an entry for it.")
    return found
