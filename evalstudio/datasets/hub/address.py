"""Address of a dataset on the Hub: its name, revision and split in one line."""

import re
from dataclasses import dataclass

from evalstudio.core.errors import DatasetError

SCHEME = "hf://"
_NAME = re.compile(r"[\w.-]+(?:/[\w.-]+)?")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_REVISION = re.compile(r"[\w./+=~-]+")
_SPLIT = re.compile(r"[\w.-]+")


def is_hub(path: str) -> bool:
    """Whether a dataset's path means the Hub.

    Example:
        >>> is_hub("hf://openai/gsm8k#test"), is_hub("gsm8k/test.parquet")
        (True, False)
    """
    return path.startswith(SCHEME)


@dataclass(frozen=True, slots=True)
class HubAddress:
    """What `hf://owner/name@REVISION#split` says; revision and split may be left out.

    Example:
        >>> HubAddress.parse("hf://openai/gsm8k@main#test")
        HubAddress(name='openai/gsm8k', revision='main', split='test')
    """

    name: str
    revision: str | None = None
    split: str | None = None

    @classmethod
    def parse(cls, text: str) -> "HubAddress":
        """Raises DatasetError if it can't be an address."""
        rest = text.removeprefix(SCHEME).removeprefix("datasets/")
        rest, hash_mark, split = rest.partition("#")
        name, at, revision = rest.partition("@")
        if "[" in split:
            raise DatasetError(
                f"'{text}' has a slice; name the split alone, and choose rows with samples or indices."
            )
        valid = (
            _NAME.fullmatch(name) is not None
            and (not at or (_REVISION.fullmatch(revision) is not None and ".." not in revision))
            and (not hash_mark or _SPLIT.fullmatch(split) is not None)
        )
        if not valid:
            raise DatasetError(
                f"'{text}' is not an address on the Hub; write hf://owner/name#split, or "
                "hf://owner/name@REVISION#split with a branch, tag or commit."
            )
        return cls(name, revision or None, split or None)

    @property
    def is_pinned(self) -> bool:
        """Whether the revision is a commit, whose files never change."""
        return self.revision is not None and _COMMIT.fullmatch(self.revision) is not None

    def __str__(self) -> str:
        revision = f"@{self.revision}" if self.revision else ""
        return f"{SCHEME}{self.name}{revision}{f'#{self.split}' if self.split else ''}"
