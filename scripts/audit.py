"""What the program stands on: every installed dependency with its version, licence and size, and what is known against it.

Usage: python scripts/audit.py [--development]
Known weaknesses are looked up with pip-audit where that is installed and its service (pypi.org) can be reached;
otherwise this is an inventory, and says so. Exit status: 1 where pip-audit finds something or a licence is missing from
what may ship.
"""

import importlib.metadata as metadata
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = "evalstudio"
INVENTORY = "This is an inventory, not an audit."
EXTRAS = ("excel", "parquet", "cluster")
FREE = re.compile(
    r"MIT|BSD|Apache|ISC|PSF|Python Software|MPL|Mozilla|LGPL|Lesser|Zlib|HPND|CC0|Unlicense|0BSD|CNRI|Public Domain",
    re.IGNORECASE,
)

TEXTS = {
    "Redistribution and use in source and binary forms": "BSD",
    "Permission is hereby granted, free of charge": "MIT",
}


def main(arguments: list[str]) -> int:
    extras = (*EXTRAS, "dev") if "--development" in arguments else EXTRAS
    packages = sorted(dependencies(ROOT, extras))
    print(f"{'package':28} {'version':14} {'MB':>6}  licence")
    doubtful = []
    for name in packages:
        found = metadata.distribution(name)
        licence = licence_of(found)
        if not FREE.search(licence):
            doubtful.append(f"{name} ({licence})")
        print(f"{name:28} {found.version:14} {size_of(found):6.1f}  {licence}")
    print(f"\n{len(packages)} packages.")
    if doubtful:
        print(f"A licence to look at: {', '.join(doubtful)}.")
    return max(bool(doubtful), known_weaknesses())


def dependencies(name: str, extras: tuple[str, ...] = ()) -> set[str]:
    """The names of all that `name` needs on this machine, and what that needs; only what is installed."""
    found: set[str] = set()
    waiting = [(name, extras)]
    while waiting:
        current, wanted = waiting.pop()
        for text in metadata.requires(current) or ():
            needed = Requirement(text)
            applies = needed.marker is None or any(
                needed.marker.evaluate({"extra": one}) for one in ("", *wanted)
            )
            key = canonicalize_name(needed.name)
            if applies and key != ROOT and key not in found and is_installed(key):
                found.add(key)
                waiting.append((key, tuple(needed.extras)))
    return found


def is_installed(name: str) -> bool:
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def licence_of(found: metadata.Distribution) -> str:
    """As the package itself states it: the expression, else the classifiers, else what its text is."""
    about = found.metadata
    if expression := about.get("License-Expression"):
        return str(expression)
    classifiers = [
        text.rpartition(" :: ")[2] for text in about.get_all("Classifier") or () if "License ::" in text
    ]
    if classifiers:
        return ", ".join(classifiers)
    text = about.get("License") or ""
    for words, name in TEXTS.items():
        if words in text:
            return f"{name} (by its text)"
    return next(lines_of(text), "not stated")[:60]


def lines_of(text: str) -> Iterator[str]:
    return (line.strip() for line in text.splitlines() if line.strip())


def size_of(found: metadata.Distribution) -> float:
    return sum(file.size or 0 for file in found.files or ()) / 1e6


def known_weaknesses() -> int:
    """Asks pip-audit, where it can be asked. What it could not look up is counted: that is no clean bill."""
    program = shutil.which("pip-audit", path=str(Path(sys.executable).parent)) or shutil.which("pip-audit")
    if program is None:
        print(f"Known weaknesses were not looked up: pip-audit is not installed. {INVENTORY}")
        return 0
    constraints = Path(__file__).resolve().parent.parent / "constraints.txt"
    command = [program, "--format", "json", "--progress-spinner", "off", "--no-deps", "--disable-pip"]
    done = subprocess.run([*command, "-r", str(constraints)], check=False, capture_output=True, text=True)
    try:
        found = json.loads(done.stdout)["dependencies"]
    except ValueError:
        said = next(reversed(list(lines_of(done.stderr))), "it said nothing")
        print(
            f"Known weaknesses were not looked up: pip-audit can't reach its service ({said[:200]}). {INVENTORY}"
        )
        return 0
    skipped = [one for one in found if "skip_reason" in one]
    weak = [one for one in found if one.get("vulns")]
    for one in weak:
        names = ", ".join(weakness["id"] for weakness in one["vulns"])
        print(f"{one['name']} {one['version']}: {names}")
    print(
        f"Looked up {len(found) - len(skipped)} of {len(found)} packages: {len(weak)} with known weaknesses."
    )
    if skipped:
        print(
            f"{len(skipped)} were not found there, the first because: {skipped[0]['skip_reason']}. {INVENTORY}"
        )
    return int(bool(weak))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
