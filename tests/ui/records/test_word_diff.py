"""The difference between what was expected and what came: right for any two texts, and told by signs."""

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from evalstudio.store.reader import Details
from evalstudio.store.rows import Record
from evalstudio.ui.records.record_detail import RecordDetail
from evalstudio.ui.records.word_diff import Piece, difference, signed

TEXTS = st.text(st.sampled_from('ab {},"\n\u05d0'), max_size=30)


@given(TEXTS, TEXTS)
def test_that_a_difference_holds_both_texts_whole(expected: str, answer: str) -> None:
    pieces = difference(expected, answer)
    if pieces:
        assert "".join(piece.text for piece in pieces if piece.kind != "new") == expected.strip()
        assert "".join(piece.text for piece in pieces if piece.kind != "gone") == answer.strip()


def test_that_only_texts_which_are_alike_and_not_the_same_are_compared() -> None:
    assert difference("the red house", "the blue house") == [
        Piece("same", "the "), Piece("gone", "red"), Piece("new", "blue"), Piece("same", " house"),
    ]  # fmt: skip
    assert difference("the red house", " the  red house\n") == []
    assert difference("positive", "neutral") == []
    assert difference("a " * 600, "a " * 500) == []


def shown(qapp: QApplication, expected: str | None, answer: str | None) -> str:
    values = {
        "id": 1, "run_id": 1, "position": 0, "repeat": 0, "sample_id": "0", "outcome": "ok", "error": None,
        "prompt": "[]", "answer": answer, "thinking": None, "expected": expected, "finish_reason": None,
        "answered_by": None, "latency": 1.0, "first_token": None, "queued": None, "backed_off": None, "judged": None,
        "tokens_in": None, "tokens_cached": None, "tokens_out": None, "cost": None, "attempts": 1, "finished_at": 0.0,
    }  # fmt: skip
    detail = RecordDetail()
    detail.show_record(Details(Record(**values), (), ()))  # type: ignore[arg-type]
    return detail.text()


def test_that_a_record_tells_the_difference_by_signs_that_a_clipboard_keeps(qapp: QApplication) -> None:
    text = shown(qapp, '{"city": "Oslo", "days": 3}', '{"city": "Oslo", "days": 4}')
    assert 'FROM EXPECTED TO ANSWER\n{"city": "Oslo", "days": [-3-]{+4+}}' in text
    assert signed(Piece("same", "x")) == "x"
    for expected, answer in (("432", "432"), (None, "yes"), ("yes", None)):
        assert "FROM EXPECTED" not in shown(qapp, expected, answer)


def test_that_texts_of_any_length_are_not_compared() -> None:
    assert difference("yes and no", "yes and no " * 3)
    assert difference("x" * 30_000, "x" * 30_000 + " y") == []
