"""Resource files that ship with the program, found in a wheel, an editable install or a frozen app."""

import sys
from pathlib import Path


def resource(*parts: str) -> Path:
    """Returns the path of a shipped file or folder, e.g. `resource("examples", "sentiment.toml")`.

    Raises FileNotFoundError if the installation lacks it.
    """
    for root in _roots():
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError(f"The installation lacks the file resources/{'/'.join(parts)}; install it again.")


def _roots() -> list[Path]:
    package = Path(__file__).resolve().parent.parent
    frozen = getattr(sys, "_MEIPASS", None)
    roots = [package / "resources", package.parent / "resources"]
    return [Path(frozen) / "resources", *roots] if frozen else roots
