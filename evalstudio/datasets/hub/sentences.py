"""Sentences about what the Hub refuses: what to do, in place of the library's exception."""

import errno

_UNREACHABLE = frozenset(("TransportError", "ConnectError", "ConnectionError", "TimeoutException"))
_NOT_IN_CACHE = frozenset(("LocalEntryNotFoundError", "CacheNotFound"))


def explain(error: BaseException, address: str, page: str, *, has_token: bool) -> str | None:
    """The sentence about an exception of huggingface_hub; None for one that is a defect.

    Args:
        error: as it was raised.
        address: of the dataset, as it was asked for.
        page: of the dataset, for a person.
        has_token: whether a token was sent.
    """
    chain = list(_chain(error))
    names = {kind.__name__ for one in chain for kind in type(one).__mro__}
    status = next((found for one in chain if (found := _status(one))), None)
    token = "the token of HF_TOKEN" if has_token else "no token"
    if "GatedRepoError" in names:
        if has_token:
            return (
                f"{address} is gated, and the account of HF_TOKEN has no access: accept its terms at {page}."
            )
        return (
            f"{address} is gated: accept its terms at {page}, then set HF_TOKEN to a token of that account, or add it "
            "under Models."
        )
    if "RevisionNotFoundError" in names:
        return f"{address} has no such revision, or has it no more; the branches and tags are at {page}/tree/main."
    if "DisabledRepoError" in names:
        return f"{address} has been disabled on the Hub: {page} says why."
    if "RepositoryNotFoundError" in names:
        return f"There is no dataset {address} that {token} can read; check its name at {page}."
    if "RemoteEntryNotFoundError" in names:
        return f"A file of {address} is gone from the Hub; look at {page}."
    if status in (401, 403):
        return f"The Hub does not accept {token} for {address} (status {status}); make a new one with read access."
    if status == 429:
        wait = next((told for one in chain if (told := _wait(one))), "")
        return f"The Hub has had too many requests from here{wait}; set HF_TOKEN for a higher limit, or try again later."
    if status is not None:
        return f"{address} can't be downloaded: the Hub answers with status {status}. Try again later."
    if "FileMetadataError" in names:
        return f"{address} can't be downloaded: what answers at {page} is not a Hub; check HF_ENDPOINT."
    if "OfflineModeIsEnabled" in names or (names & _NOT_IN_CACHE and not names & _UNREACHABLE):
        return (
            f"{address} is not in the cache, or not all of it, and offline mode is on: run once without "
            "HF_HUB_OFFLINE."
        )
    if names & _UNREACHABLE:
        return (
            f"{address} can't be downloaded, for the Hub can't be reached ({_first(chain[-1])}). If it has been "
            "downloaded before, HF_HUB_OFFLINE=1 uses what is there."
        )
    if "YAMLError" in names:
        return f"The card of {address} can't be read: {_first(error)}"
    if "HFValidationError" in names:
        return f"{address} is not the name of a dataset: {_first(error)}"
    disk = next((one for one in chain if isinstance(one, OSError) and one.errno), None)
    if disk is not None:
        full = " Make room, or set HF_HOME to a folder elsewhere." if disk.errno == errno.ENOSPC else ""
        return f"{address} can't be stored: {disk.strerror}.{full}"
    if isinstance(error, OSError):  # as of a download that is shorter than announced
        return f"{address} can't be downloaded: {_first(error)}"
    return None


def _status(error: BaseException) -> int | None:
    status = getattr(getattr(error, "response", None), "status_code", None)
    return status if isinstance(status, int) and status >= 400 else None


def _wait(error: BaseException) -> str:
    headers = getattr(getattr(error, "response", None), "headers", {})
    seconds = str(headers.get("Retry-After", ""))
    return f" and asks to wait {seconds} s" if seconds.isdigit() else ""


def _first(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__)[:300].rstrip(".")


def _chain(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found
