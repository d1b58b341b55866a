"""What the troubleshooting page says the program says, the program says."""

import re
from pathlib import Path

from evalstudio.engine.run.snapshots import SENTENCES

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "guide" / "troubleshooting.md").read_text()
SECTIONS = ("It is slow", "It can't reach the endpoint", "A run pauses by itself", "The workspace")
IN_WORDS = {
    "nothing, for long, in a company's network",
    "11 of the last 20 samples errored",
    "None of 4 calls in 15 s has succeeded",
}


def symptoms() -> list[str]:
    """The first cells of the tables of what the program says."""
    found = []
    for section in SECTIONS:
        text = PAGE.split(f"## {section}\n", 1)[1].split("\n## ", 1)[0]
        cells = re.findall(r"^\| ([^|]+?) \|", text, re.MULTILINE)
        found += [part for cell in cells if cell not in ("it says", "class") for part in cell.split("; ")]
    return found


def test_that_each_symptom_is_a_sentence_of_the_program() -> None:
    sources = "\n".join(path.read_text() for path in (ROOT / "evalstudio").rglob("*.py"))
    said = re.sub(r"\"\s*\n\s*f?\"|\{[^{}\n]*\} ?", "", sources).lower()  # literals joined, values left out
    for symptom in set(symptoms()) - IN_WORDS:
        words = re.sub(r"\b\d+ ", "", symptom.lower()).removeprefix("the ")
        assert words in said, symptom


def test_that_every_sentence_of_what_limits_a_run_has_a_remedy() -> None:
    listed = " ".join(symptoms()).lower()
    for sentence in SENTENCES.values():
        start = re.split(r"[:;.]", sentence.format(limit=8))[0].lower()
        assert start in listed, sentence
