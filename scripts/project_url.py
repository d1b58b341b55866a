"""Shows the project's URL, or changes it in every file that names it.

Usage: python scripts/project_url.py [https://github.com/OWNER/evalstudio]

`Source` in `[project.urls]` of pyproject.toml is the URL; the paths behind it in other places are those of GitHub.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILES = ("pyproject.toml", "CITATION.cff", "SECURITY.md", ".github/ISSUE_TEMPLATE/config.yml")
PUBLISHER = "packaging/publisher.toml"  # its homepage is empty as long as the URL is a placeholder
URL = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(/[\w.~-]*[\w~-])+")


def main(arguments: list[str], root: Path = ROOT) -> int:
    """Returns the exit status: 2 for anything but one URL that can be a repository's."""
    if not arguments:
        print(project_url(root))
        return 0
    new = arguments[0].rstrip("/")
    if len(arguments) > 1 or not URL.fullmatch(new):
        print("Give one URL, such as https://github.com/OWNER/evalstudio.", file=sys.stderr)
        return 2
    change(root, new)
    return 0


def project_url(root: Path = ROOT) -> str:
    """The URL as pyproject.toml has it, e.g. `https://github.com/OWNER/evalstudio`."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["urls"]["Source"])


def change(root: Path, new: str) -> None:
    """Puts `new` in the place of the present URL, and into the packages' homepage.

    Raises ValueError, and changes nothing, where a file does not name the present URL.
    """
    old = re.compile(re.escape(project_url(root)) + r"(?![\w-])")
    homepage = re.compile(r'^homepage = "[^"]*"', re.MULTILINE)
    changed: dict[Path, str] = {}
    for name, pattern, text in [
        *((name, old, new) for name in FILES),
        (PUBLISHER, homepage, f'homepage = "{new}"'),
    ]:
        path = root / name
        changed[path], count = pattern.subn(lambda _, text=text: text, path.read_text(encoding="utf-8"))
        if not count:
            raise ValueError(f"{name} does not name the project's URL.")
    for path, text in changed.items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
