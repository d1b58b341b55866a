"""Sentences about what keeps a task from running: what to do, in place of a library's exception."""

import re

_HUB_PAGE = re.compile(r"https?://[^\s'\"<>]+/datasets/[\w.-]+/[\w.-]+")


def explain(error: BaseException) -> str:
    """Returns one sentence about an exception of lm-eval, of `datasets`, or of a task's own code."""
    chain = list(_chain(error))
    names = {kind.__name__ for one in chain for kind in type(one).__mro__}
    text = " ".join(f"{one}" for one in chain)
    if isinstance(error, ModuleNotFoundError):
        return _module(error)
    if "GatedRepoError" in names or "gated dataset" in text:
        page = _HUB_PAGE.search(text)
        where = f" at {page[0]}" if page else " on its page"
        return f"The dataset is gated: ask for access{where}, then set HF_TOKEN to a token of that account."
    if names & {"OfflineModeIsEnabled", "LocalEntryNotFoundError"} or "offline mode" in text.lower():
        return (
            "The dataset is not in the cache, and offline mode is on: run once without HF_HUB_OFFLINE, "
            "or give the task local files with dataset_path: json."
        )
    if "DatasetNotFoundError" in names:
        return f"The dataset can't be found on the Hub or in the cache: {_first(error)}"
    if names & {"ConnectionError", "ConnectTimeout", "ConnectError", "NetworkError"}:
        return f"The dataset can't be loaded, for the Hub can't be reached: {_first(error)}"
    if isinstance(error, Problem):
        return str(error)
    return f"{type(error).__name__}: {_first(error)}"


class Problem(Exception):
    """A problem that the host has put into a sentence itself."""


def _module(error: ModuleNotFoundError) -> str:
    package = (error.name or "a package").partition(".")[0]
    if package == "lm_eval":
        return "Benchmarks need lm-eval."
    return f"The task needs the package '{package}', which is not installed beside lm-eval."


def _first(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else "it gives no reason")[:500]


def _chain(error: BaseException | None) -> "list[BaseException]":
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found
