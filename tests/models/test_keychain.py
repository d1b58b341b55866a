"""Keys in a keychain: a real backend of keyring, in memory."""

from collections.abc import Iterator

import keyring
import keyring.backend
import keyring.errors
import pytest

from evalstudio.errors import ModelError
from evalstudio.models import keys
from evalstudio.models.keys import (
    SERVICE,
    find_key,
    forget,
    keep_in_keychain,
    redact,
    use_for_session,
    where_is,
)

NAME = "KEYCHAIN_TEST_KEY"
SECRET = "planted-in-a-keychain-0123456789"


class InMemory(keyring.backend.KeyringBackend):
    """What a desktop's keychain does."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        try:
            del self.kept[service, username]
        except KeyError as error:
            raise keyring.errors.PasswordDeleteError(username) from error


class Locked(InMemory):
    """One that a person has not opened."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise keyring.errors.KeyringLocked(f"locked, and told {password}")


@pytest.fixture
def keychain(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemory]:
    monkeypatch.delenv(NAME, raising=False)
    before = keyring.get_keyring()
    made = InMemory()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)
    keys._session.clear()


def test_that_a_key_is_kept_found_and_forgotten(keychain: InMemory, monkeypatch: pytest.MonkeyPatch) -> None:
    assert where_is(NAME) == where_is("") == ""
    use_for_session(NAME, "an older one of the session")
    keep_in_keychain(NAME, SECRET)
    assert keychain.kept == {(SERVICE, NAME): SECRET}
    assert where_is(NAME) == "keychain"  # the session's older one does not hide it
    assert find_key(NAME) == SECRET
    assert SECRET not in redact(f"it was {SECRET}")
    monkeypatch.setenv(NAME, "another-in-the-environment")
    assert where_is(NAME) == "environment"
    monkeypatch.delenv(NAME)
    forget(NAME)
    forget(NAME)  # what is not there is no mistake
    assert keychain.kept == {}
    with pytest.raises(ModelError, match="There is no API key"):
        find_key(NAME)


def test_that_a_keychain_that_refuses_is_told_without_the_key(keychain: InMemory) -> None:
    keys._Seen.secrets = ()
    keyring.set_keyring(Locked())
    with pytest.raises(ModelError, match="no keychain that is open") as told:
        keep_in_keychain(NAME, SECRET)
    assert SECRET not in str(told.value)
    assert where_is(NAME) == ""
