"""Cache of benchmarks: where the index of all tasks of lm-eval is kept."""

from pathlib import Path

import platformdirs


def cache_folder() -> Path:
    """Returns the folder of the index of all tasks."""
    return Path(platformdirs.user_cache_dir("evalstudio", appauthor=False)) / "benchmarks"


def latest_index() -> Path | None:
    """Returns the index that was made last; None until benchmarks have been listed or run once."""
    try:
        return max(cache_folder().glob("lm-eval-*.json"), key=lambda path: path.stat().st_mtime, default=None)
    except OSError:  # it was removed meanwhile
        return None
