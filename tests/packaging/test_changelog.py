"""The file of changes: each version with its day, in the forms that the packages need."""

import sys
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest

from evalstudio import __version__

sys.path.append(str(Path(__file__).resolve().parent.parent.parent / "packaging"))
import changelog

TEXT = """# Changes

## 0.2.0 (2027-01-05)

- Faster & smaller
- Another chart

## 0.1.0 (2026-12-24)

- First rows
"""


def test_that_versions_are_read_with_their_days_and_changes() -> None:
    newest, first = changelog.releases(TEXT)
    assert (newest.version, newest.day, newest.changes) == (
        "0.2.0", date(2027, 1, 5), ("Faster & smaller", "Another chart"),
    )  # fmt: skip
    assert first.changes == ("First rows",)
    release = ElementTree.fromstring(newest.for_appstream())
    assert release.attrib == {"version": "0.2.0", "date": "2027-01-05"}
    assert [item.text for item in release.iter("li")] == ["Faster & smaller", "Another chart"]
    long = changelog.Release("0.3.0", date(2027, 2, 1), ("word " * 40 + "end",)).for_debian("A B <a@b>")
    assert max(map(len, long.splitlines())) <= 80
    assert newest.for_debian("A B <a@b>") == (
        "evalstudio (0.2.0) stable; urgency=medium\n\n  * Faster & smaller.\n  * Another chart.\n\n"
        " -- A B <a@b>  Tue, 05 Jan 2027 12:00:00 +0000\n"
    )


def test_that_the_version_that_is_built_has_to_be_the_newest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert changelog.releases_up_to(__version__)[0].version == __version__
    (tmp_path / "changes").write_text(TEXT)
    monkeypatch.setattr(changelog, "FILE", tmp_path / "changes")
    with pytest.raises(ValueError, match=r"begins with 0\.2\.0, and 0\.3\.0 is built"):
        changelog.releases_up_to("0.3.0")
    with pytest.raises(ValueError, match=r"nothing about 0\.4\.0"):
        changelog.releases("## 0.4.0 (2027-02-02)\n")
