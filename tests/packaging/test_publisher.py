"""Who publishes the packages is said in one file, and what no package can take is refused in a sentence."""

import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

sys.path.append(str(Path(__file__).resolve().parent.parent.parent / "packaging"))
import publisher

SET = 'name = "Someone & Co"\nemail = "a@example.org"\napp_id = "org.example.EvalStudio"\n'


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DEBFULLNAME", "DEBEMAIL"):
        monkeypatch.delenv(name, raising=False)


def test_that_the_file_says_who_publishes(tmp_path: Path) -> None:
    file = tmp_path / "publisher.toml"
    file.write_text(SET + 'homepage = "https://example.org/?a=1&b=2"\n')
    by = publisher.read(file)
    assert by.maintainer == "Someone & Co <a@example.org>"
    assert by.control_line == "Homepage: https://example.org/?a=1&b=2\n"
    assert ElementTree.fromstring(by.url_element.strip()).text == "https://example.org/?a=1&b=2"


def test_that_debians_variables_win(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "publisher.toml"
    file.write_text(SET)
    monkeypatch.setenv("DEBEMAIL", "b@example.org")
    by = publisher.read(file)
    assert by.maintainer == "Someone & Co <b@example.org>"
    assert by.control_line == by.url_element == ""


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("a@example.org", "nobody", "an e-mail address are needed"),
        ("Someone & Co", "<b>", "without < and >"),
        ("org.example.EvalStudio", "EvalStudio", "'EvalStudio' is no app_id"),
        ("app_id", "homepage = 'http://example.org'\napp_id", "does not begin with https"),
        ("app_id", "colour = 'red'\napp_id", "no setting 'colour'"),
    ],
)
def test_that_what_no_package_can_take_is_refused(
    tmp_path: Path, before: str, after: str, sentence: str
) -> None:
    file = tmp_path / "publisher.toml"
    file.write_text(SET.replace(before, after))
    with pytest.raises(ValueError, match=sentence):
        publisher.read(file)


def test_that_no_other_file_says_it() -> None:
    by = publisher.read()
    for path in publisher.FILE.parent.rglob("*"):
        if path.is_file() and path != publisher.FILE and path.suffix != ".pyc":
            text = path.read_text(encoding="utf-8")
            assert by.email not in text, path
            assert by.app_id not in text, path
