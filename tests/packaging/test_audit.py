"""The dependency audit: what could not be looked up is never told as free of weaknesses."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).resolve().parent.parent.parent / "scripts"))
import audit

KNOWN = {"name": "a", "version": "1", "vulns": []}
WEAK = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1"}]}
SKIPPED = {"name": "c", "skip_reason": "Dependency not found on PyPI"}

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in for pip-audit")


@pytest.mark.parametrize(
    ("said", "status", "words"),
    [
        ([KNOWN], 0, "Looked up 1 of 1 packages: 0 with known weaknesses."),
        ([KNOWN, WEAK], 1, "b 2: PYSEC-1"),
        ([KNOWN, SKIPPED], 0, "Looked up 1 of 2"),
        ([SKIPPED], 0, audit.INVENTORY),
        (None, 0, f"(no such host). {audit.INVENTORY}"),
    ],
)
def test_that_what_pip_audit_says_is_told_as_it_is(
    said: list[dict[str, Any]] | None,
    status: int,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    program = tmp_path / "pip-audit"
    answer = "echo 'no such host' >&2" if said is None else f"echo '{json.dumps({'dependencies': said})}'"
    program.write_text(f"#!/bin/sh\n{answer}\n")
    program.chmod(0o755)
    monkeypatch.setattr(audit.shutil, "which", lambda *_, **__: str(program))
    assert audit.known_weaknesses() == status
    told = capsys.readouterr().out
    assert words in told
    assert (audit.INVENTORY in told) is (said is None or SKIPPED in said)
