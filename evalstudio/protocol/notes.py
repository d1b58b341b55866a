"""Notes and marks: what a person writes about runs and records, and which runs are pinned or archived."""

import msgspec


class RunMarks(msgspec.Struct, frozen=True):
    """The marks of one run, all of them. `tags` are words without blanks."""

    run_id: int
    note: str = ""
    tags: tuple[str, ...] = ()
    pinned: bool = False
    archived: bool = False


class RecordNote(msgspec.Struct, frozen=True):
    """What is noted about one record; an empty note without tags is none."""

    record_id: int
    note: str = ""
    tags: tuple[str, ...] = ()


def tags_in(text: str) -> tuple[str, ...]:
    """Returns the tags of a text, each once, in its order; commas and signs before them are left out.

    Example:
        >>> tags_in("#late, prompt-2 late")
        ('late', 'prompt-2')
    """
    words = (word.lstrip("#") for word in text.replace(",", " ").split())
    return tuple(dict.fromkeys(word for word in words if word))
