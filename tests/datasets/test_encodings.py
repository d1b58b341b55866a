"""Text in the encodings that tables come in, told apart without a mark; what is in doubt is said."""

import csv
import io
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalstudio.datasets.readers.legacy_encoding import guess
from tests.datasets.conftest import OpenFile, values

CHINESE = "题目,结果\n光速是多少,每秒三十万公里\n谁写了红楼梦,曹雪芹\n"
TRADITIONAL = "題目,結果\n誰寫了紅樓夢,曹雪芹\n臺灣最高的山,玉山\n"
JAPANESE = "質問,答え\n光の速さはどれくらいですか,秒速三十万キロ\n雪国を書いたのは誰,川端康成\n"
KANA = "q,a\nありがとう,どういたしまして\n"
KOREAN = "질문,답\n훈민정음을 만든 사람은 누구입니까,세종대왕\n바다의 색은,파랑\n"
RUSSIAN = "вопрос,ответ\nКто написал «Войну и мир»,Толстой\nСколько будет два и два,четыре\n"
POLISH = "pytanie,odpowiedź\nKto napisał «Lalkę»,Bolesław Prus\nJakiego koloru jest źdźbło,żółtego\n"
CZECH = "otázka,odpověď\nKdo napsal Babičku,Božena Němcová\nJakou barvu má řeka,žlutou\n"
GREEK = "ερώτηση,απάντηση\nΠοιος έγραψε την Οδύσσεια,ο Όμηρος\nΤι χρώμα έχει η θάλασσα,μπλε\n"
TURKISH = "soru,yanıt\nİstiklal Marşı'nı kim yazdı,Mehmet Âkif Ersoy\nGökyüzü ne renktir,mavidir değil mi\n"
HEBREW = "שאלה,תשובה\nמי כתב את התקווה,נפתלי הרץ אימבר\nמה צבע הים,כחול\n"
ARABIC = "سؤال,جواب\nمن كتب المقدمة,ابن خلدون\nما لون البحر,أزرق\n"
THAI = "คำถาม,คำตอบ\nทะเลสีอะไร,สีน้ำเงิน\nใครแต่งพระอภัยมณี,สุนทรภู่\n"
GERMAN = "Frage,Antwort\nWer schrieb den »Zauberberg«?,Thomas Mann\nWie heißt das größte Säugetier?,Blauwal\n"
FRENCH = "question,réponse\nQui a écrit « L’Étranger » ?,Albert Camus\nOù est né Molière ?,à Paris\n"

TEXTS = [
    ("gb18030", CHINESE),
    ("gbk", CHINESE),
    ("big5", TRADITIONAL),
    ("cp932", JAPANESE),
    ("shift_jis", KANA),
    ("euc_jp", JAPANESE),
    ("iso2022_jp", JAPANESE),
    ("euc_kr", KOREAN),
    ("cp1251", RUSSIAN),
    ("koi8_r", RUSSIAN.replace("«", "").replace("»", "")),
    ("cp1250", POLISH),
    ("cp1250", CZECH),
    ("iso8859_2", CZECH),
    ("cp1253", GREEK),
    ("cp1254", TURKISH),
    ("cp1255", HEBREW),
    ("cp1256", ARABIC),
    ("cp874", THAI),
    ("cp1252", GERMAN),
    ("cp1252", FRENCH),
]
WIDE = [
    (encoding, text)
    for encoding in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
    for text in (CHINESE, JAPANESE, KOREAN, RUSSIAN, GERMAN, "q,a\nplain,text\n")
]


def table_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize(("encoding", "text"), [*TEXTS, *WIDE])
def test_that_an_encoding_is_told_from_its_letters_and_said(
    opened: OpenFile, encoding: str, text: str
) -> None:
    dataset = opened("a.csv", text.encode(encoding))
    assert values(dataset) == table_of(text)
    told = dataset.problems[0]
    assert "read as" in told.message
    assert told.kept
    assert dataset.problem_count == 0


@pytest.mark.parametrize(("encoding", "text"), TEXTS)
def test_that_an_encoding_that_is_asked_for_is_taken_and_nothing_said(
    opened: OpenFile, encoding: str, text: str
) -> None:
    dataset = opened("a.csv", text.encode(encoding), encoding=encoding)
    assert values(dataset) == table_of(text)
    assert dataset.problems == ()


@pytest.mark.parametrize("text", [text for _, text in TEXTS] + ["q,a\n\x00,x\n"])
def test_that_utf8_is_never_taken_for_another_encoding(opened: OpenFile, text: str) -> None:
    dataset = opened("a.csv", text.encode())
    assert values(dataset) == table_of(text)
    assert dataset.problems == ()


@pytest.mark.parametrize(("encoding", "text"), TEXTS[:6])
def test_that_json_lines_are_read_in_them_too(opened: OpenFile, encoding: str, text: str) -> None:
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in table_of(text))
    assert values(opened("a.jsonl", lines.encode(encoding))) == table_of(text)


@pytest.mark.parametrize("text", ["q,a\n5 €,x\n", "q\n±2\n", "q\n7°\n"])
def test_that_what_is_too_short_to_be_told_is_said_to_be_in_doubt(opened: OpenFile, text: str) -> None:
    dataset = opened("a.csv", text.encode("cp1252"))
    assert values(dataset) == table_of(text)
    assert "in doubt" in dataset.problems[0].message
    assert "encoding" in dataset.problems[0].message


def test_that_one_letter_in_a_long_file_decides_as_well_as_in_a_short_one() -> None:
    line = "Какая столица Франции,Париж\n".encode("cp1251")
    assert guess(line).name == "cp1251"


def test_that_letters_far_behind_plain_text_are_found(opened: OpenFile) -> None:
    text = "q,a\n" + "plain,text\n" * 60_000 + "Какая столица Франции,Париж\n"
    dataset = opened("a.csv", text.encode("cp1251"))
    assert values(dataset)[-1] == {"q": "Какая столица Франции", "a": "Париж"}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    encoding=st.sampled_from(["gb18030", "cp932", "big5", "euc_kr", "cp1251", "utf-16", "utf-8-sig"]),
    delimiter=st.sampled_from(",;\t|"),
    data=st.data(),
)
def test_that_rows_written_in_an_encoding_come_back(
    opened: OpenFile, encoding: str, delimiter: str, data: st.DataObject
) -> None:
    cell = st.text(
        st.characters(codec=encoding, exclude_categories=["C"], exclude_characters="¢£¬‖−〜\u3164"),
        max_size=12,
    )
    rows = data.draw(st.lists(st.lists(cell, min_size=2, max_size=2), min_size=1, max_size=6))
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([["q", "a"], *rows])
    written = text.getvalue().encode(encoding)
    dataset = opened("a.csv", written, encoding=encoding, delimiter=delimiter)
    assert [list(row.values()) for row in values(dataset)] == rows
