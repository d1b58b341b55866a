"""Information extraction of the demo model: finds values for the fields of a JSON schema by their names."""

import re
from collections.abc import Callable
from typing import Any

from evalstudio.engine.servers.demo.draws import choice, uniform
from evalstudio.engine.servers.demo.sentiment import LABELS, sentiment

MISTAKES = 0.05  # per hard field
_DEEPEST = 8  # levels of a schema; a recursive one is cut off here
_HARD = ("name", "city", "amount", "value")
MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH = "|".join(MONTHS)
_DATE = re.compile(
    rf"\b(\d{{4}})-(\d{{2}})-(\d{{2}})\b|\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({_MONTH}),? (\d{{4}})\b"
    rf"|\b({_MONTH}) (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})\b",
    re.I,
)
_CURRENCY = {"$": "USD", "€": "EUR", "£": "GBP", "dollars": "USD", "euros": "EUR", "pounds": "GBP"}
_CODE = "USD|EUR|GBP|CHF|SEK|JPY"
_AMOUNT = re.compile(
    rf"([$€£])\s?(\d[\d,]*(?:\.\d+)?)|\b(\d[\d,]*(?:\.\d+)?)\s?(dollars|euros|pounds|{_CODE})\b|\b({_CODE})\s?(\d[\d,]*(?:\.\d+)?)"
)
_NAME = r"[A-ZÀ-Þ][\w’'-]+(?: (?:de|van|von|der|da|al|bin|la) ?| )(?:[A-ZÀ-Þ][\w’'-]+ ?)+"
_PERSON = re.compile(rf"(?:\b(?:Mr|Mrs|Ms|Dr|Prof)\.? )?\b({_NAME})")
_COMPANY = re.compile(
    r"\b((?:[A-Z][\w&’'-]+ )+(?:Ltd|Inc|GmbH|AG|Co|Group|Studio|Books|Tools|Travel|Bakery|Cycles|Garden|Labs|Energy|Foods|Press|Hotel|Clinic))\b"
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"\+?\d[\d -]{6,}\d")
_CITY = re.compile(r"\b(?:in|from|to|at|near|of) ([A-ZÀ-Þ][\w’-]+(?: [A-ZÀ-Þ][\w’-]+)?)")
_IDENTIFIER = re.compile(r"\b([A-Z]{1,5}-?\d{2,}(?:-\d+)*)\b|#\s?(\w+)")
_QUANTITY = re.compile(r"\b(\d+)\b")


def fill(schema: dict[str, Any], text: str, key: bytes) -> Any:
    """A value in the form of `schema` (type, properties, items, enum, const, anyOf, $ref), taken from `text`."""
    return _fill(schema, schema, text, key, "answer", 0)


def _fill(root: dict[str, Any], schema: Any, text: str, key: bytes, name: str, depth: int) -> Any:
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return None
    for way in ("anyOf", "oneOf", "allOf"):
        if isinstance(schema.get(way), list) and schema[way]:
            return _fill(root, schema[way][0], text, key, name, depth + 1)
    if "$ref" in schema:
        target: Any = root
        for part in str(schema["$ref"]).removeprefix("#").strip("/").split("/"):
            target = target.get(part) if isinstance(target, dict) else None
        return _fill(root, target, text, key, name, depth + 1)
    if "const" in schema:
        return schema["const"]
    if isinstance(schema.get("enum"), list) and schema["enum"]:
        return _pick(schema["enum"], text, key, name)
    kind, fields = schema.get("type"), schema.get("properties")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), "null")
    if kind == "object" or isinstance(fields, dict):
        fields = fields if isinstance(fields, dict) else {}
        return {field: _fill(root, inner, text, key, field, depth + 1) for field, inner in fields.items()}
    if kind == "array":
        return [_fill(root, schema.get("items", {}), text, key, name, depth + 1)]
    return _convert(_find(name, text, key), kind, text)


def _pick(options: list[Any], text: str, key: bytes, name: str) -> Any:
    if all(option in LABELS for option in options):
        label = sentiment(text, key)
        return label if label in options else options[0]
    if name == "currency" and (found := _currency(text)) in options:
        return found
    words = text.lower()
    message = [option for option in options if str(option).lower() in words]
    return message[0] if message else choice(key, name, options)


def _convert(value: Any, kind: str | None, text: str) -> Any:
    if kind == "null":
        return None
    if kind == "boolean":
        return bool(value)
    if kind in ("number", "integer"):
        if not isinstance(value, int | float):
            found = _QUANTITY.search(text)
            value = float(found.group(1)) if found else 0
        return int(value) if kind == "integer" or value == int(value) else value
    if kind == "string":
        return "" if value is None else str(value)
    return value


def _find(name: str, text: str, key: bytes) -> Any:
    """The value of the field called `name`; some are wrong in ways that are typical of models."""
    lowered = name.lower()
    for part, finder in _FINDERS.items():
        if part in lowered:
            value = finder(text)
            if part in _HARD and uniform(key, f"mistake {name}") < MISTAKES:
                return _spoil(value)
            return value
    if "sentiment" in lowered or "label" in lowered:
        return sentiment(text, key)
    return next(iter(text.strip().split("\n")), "")


def _spoil(value: Any) -> Any:
    if isinstance(value, str) and " " in value:
        return value.split()[-1]
    return value * 10 if isinstance(value, int | float) else value


def _date(text: str) -> str | None:
    match = _DATE.search(text)
    if match is None:
        return None
    year, month, day, day2, month2, year2, month3, day3, year3 = match.groups()
    if month2 or month3:
        month = str(MONTHS.index((month2 or month3).lower()) + 1)
    return f"{year or year2 or year3}-{int(month):02}-{int(day or day2 or day3):02}"


def _amount(text: str) -> float | int | None:
    match = _AMOUNT.search(text)
    if match is None:
        return None
    number = float(str(match.group(2) or match.group(3) or match.group(6)).replace(",", ""))
    return int(number) if number == int(number) else number


def _currency(text: str) -> str | None:
    match = _AMOUNT.search(text)
    if match is None:
        return None
    sign = match.group(1) or match.group(4) or match.group(5)
    return _CURRENCY.get(sign, sign)


def _first(pattern: re.Pattern[str]) -> Callable[[str], str | None]:
    def search(text: str) -> str | None:
        match = pattern.search(text)
        if match is None:
            return None
        return next((group for group in match.groups() if group), match.group(0)).strip()

    return search


def _person(text: str) -> str | None:
    """The first run of two or more capitalised words that is neither a date nor a company nor a start."""
    for match in _PERSON.finditer(text):
        words = match.group(1).split()
        while words and words[0].lower() in _STARTS:
            words.pop(0)
        if len(words) >= 2 and words[0].lower() not in MONTHS and not _COMPANY.search(" ".join(words)):
            return " ".join(words).removesuffix("’s").removesuffix("'s")
    return None


def _quantity(text: str) -> int | None:
    plain = _PHONE.sub(" ", _DATE.sub(" ", _AMOUNT.sub(" ", _IDENTIFIER.sub(" ", text))))
    match = _QUANTITY.search(plain)
    return int(match.group(1)) if match else None


_STARTS = frozenset(
    [
        "on",
        "dear",
        "hello",
        "hi",
        "from",
        "the",
        "a",
        "an",
        "invoice",
        "please",
        "payment",
        "thanks",
        "thank",
        "our",
        "we",
        "i",
        "this",
        "that",
        "yesterday",
        "today",
        "at",
        "to",
        "in",
        "order",
        "receipt",
        "customer",
        "patient",
        "guest",
        "booking",
        "refund",
        "ms",
        "mr",
        "mrs",
        "dr",
        "prof",
        "for",
        "by",
        "when",
        "after",
        "contact",
    ]
)
_FINDERS: dict[str, Callable[[str], Any]] = {
    "email": _first(_EMAIL),
    "phone": _first(_PHONE),
    "date": _date,
    "currency": _currency,
    "amount": _amount,
    "value": _amount,
    "total": _amount,
    "price": _amount,
    "company": _first(_COMPANY),
    "name": _person,
    "customer": _person,
    "person": _person,
    "city": _first(_CITY),
    "place": _first(_CITY),
    "id": _first(_IDENTIFIER),
    "number": _first(_IDENTIFIER),
    "quantity": _quantity,
    "count": _quantity,
}
