"""Finder: ranks what the palette offers by how well it fits what is typed, spelling mistakes included."""

import heapq
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz.distance import OSA

MOST = 60  # results
LEAST_FOR_TYPOS = 4  # letters of a word that may be misspelled
ALIKE = 0.7  # the least similarity of a misspelled word
_WORD = re.compile(r"[^\W_]+", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to find. `key` is its own; `kind` is shown; `detail` is searched, too, and weighs less."""

    key: str
    title: str
    kind: str
    act: Callable[[], object] = field(compare=False)
    detail: str = ""
    keys: str = ""  # the shortcut
    is_enabled: bool = True


class Finder:
    """An index of entries.

    Example:
        Finder(entries).find("adaptve", {"setting:strategy": 0})  # what was used last comes first
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._titles = [entry.title.casefold() for entry in entries]
        self._texts = [
            f"{title}\n{entry.kind}\n{entry.detail}".casefold()
            for title, entry in zip(self._titles, entries, strict=True)
        ]
        self._vocabulary: list[str] | None = None

    def find(self, typed: str, used: Mapping[str, int]) -> list[Entry]:
        """Returns the best entries; `used` holds the place of those used before, 0 the last one."""
        words = typed.casefold().split()
        if not words:
            recent = [entry for entry in self._entries if entry.key in used]
            recent.sort(key=lambda entry: used[entry.key])
            others = [entry for entry in self._entries if entry.key not in used]
            return [*recent, *others][:MOST]
        places = self._with(words)
        if not places:
            words = [self._nearest(word) for word in words]
            places = self._with(words)
        query = " ".join(words)
        least = len(used)
        titles, entries = self._titles, self._entries

        def rank(place: int) -> tuple[int, bool, int, int, int]:
            title = titles[place]
            if title.startswith(query):
                fit = 0 if title == query else 1
            elif all(word in title for word in words):
                fit = 2 if f" {words[0]}" in f" {title}" else 3
            else:
                fit = 4
            entry = entries[place]
            return fit, not entry.is_enabled, used.get(entry.key, least), len(title), place

        return [entries[place] for place in heapq.nsmallest(MOST, places, key=rank)]

    def _with(self, words: Sequence[str]) -> list[int]:
        """Returns the entries that contain every word."""
        first, *rest = words
        places = [place for place, text in enumerate(self._texts) if first in text]
        for word in rest:
            places = [place for place in places if word in self._texts[place]]
        return places

    def _nearest(self, word: str) -> str:
        """Returns the known word that is most like a misspelled one, or like its beginning; else the word itself."""
        if len(word) < LEAST_FOR_TYPOS or any(word in text for text in self._texts):
            return word
        if self._vocabulary is None:
            self._vocabulary = sorted(
                {known for text in self._texts for known in _WORD.findall(text) if len(known) >= 3}
            )
        best, likeness = word, ALIKE
        size = len(word)
        for known in self._vocabulary:
            if abs(len(known) - size) <= 2 or len(known) > size:
                found = OSA.normalized_similarity(word, known[: size + 1], score_cutoff=likeness)
                if found > likeness:
                    best, likeness = known, found
        return best
