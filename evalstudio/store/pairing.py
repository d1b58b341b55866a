"""Which samples of two runs are the same rows, where their datasets differ: one has more rows, or changed ones."""

import json
from typing import NamedTuple

from evalstudio.store.reader import Reader
from evalstudio.store.runs import RunRow


class Pairing(NamedTuple):
    """The samples of two runs by id: the same rows, those of one id that differ, and those of one run only."""

    same: int
    changed: frozenset[str]
    only_a: int
    only_b: int

    def words(self, names: tuple[str, str]) -> str:
        """How many are paired, and how many are not and why."""
        parts = [
            f"{self.same:,} sample{'' if self.same == 1 else 's'} with the same id and the same row are paired"
        ]
        if self.changed:
            parts.append(f"{len(self.changed):,} with the same id are not told to be the same row")
        for count, name in ((self.only_a, names[0]), (self.only_b, names[1])):
            if count:
                parts.append(f"{count:,} are only in {name}")
        return ", ".join(parts)


def pairing_of(reader: Reader, a: RunRow, b: RunRow) -> Pairing | None:
    """Pairs the samples of two runs whose datasets differ; None where they are the same.

    An id that is a row's place says nothing once rows are added: then the prompts have to be the same. With ids from a
    column, what is expected has to be, and the prompts where both runs have the same template.
    """
    if a.dataset_hash == b.dataset_hash:
        return None
    named = bool(_id_column(a)) and _id_column(a) == _id_column(b)
    same_prompt = _part(a, "prompt") == _part(b, "prompt")
    first, second = _samples(reader, a.id), _samples(reader, b.id)
    shared = first.keys() & second.keys()
    changed = set()
    for sample in shared:
        (prompt, expected), (other_prompt, other_expected) = first[sample], second[sample]
        is_asked = bool(prompt) and prompt == other_prompt
        is_told = is_asked if same_prompt else named
        if expected != other_expected or not is_told:
            changed.add(sample)
    return Pairing(
        len(shared) - len(changed), frozenset(changed), len(first) - len(shared), len(second) - len(shared)
    )


def _samples(reader: Reader, run_id: int) -> dict[str, tuple[int, str | None]]:
    """What each sample asked, as a hash (0: nothing is kept of it), and what it expects."""
    rows = reader.connection.execute(
        "SELECT sample_id, prompt, expected FROM records WHERE run_id = ? AND repeat = 0", (run_id,)
    )
    return {
        sample: (0 if prompt in ("", "[]", "null", '""') else hash(prompt), expected)
        for sample, prompt, expected in rows
    }


def _part(row: RunRow, part: str) -> str:
    return str(json.loads(row.fingerprint).get(part, ""))


def _id_column(row: RunRow) -> str | None:
    stored = json.loads(row.spec)
    dataset = stored.get("spec", stored).get("dataset") or {}
    column = dataset.get("id") if isinstance(dataset, dict) else None
    return column if isinstance(column, str) else None
