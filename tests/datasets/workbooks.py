"""Workbooks made on the spot: the smallest that a spreadsheet program would open."""

import datetime
import zipfile
from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

PACKAGE = "http://schemas.openxmlformats.org/package/2006"

# Style 1 is the built-in date format.
STYLES = f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'


def write_sheets(
    path: Path,
    sheets: dict[str, list[list[object]]],
    *,
    hidden: dict[str, str] | None = None,
    extra: str = "",
) -> None:
    """The smallest workbook that is one; None leaves a cell out.

    `hidden` are states of sheets by name; `extra` stands in each sheet behind its rows.
    """
    states = {name: f' state="{state}"' for name, state in (hidden or {}).items()}
    names = "".join(
        f'<sheet name="{name}" sheetId="{place}"{states.get(name, "")} r:id="r{place}"/>'
        for place, name in enumerate(sheets, 1)
    )
    links = f'<Relationship Id="styles" Type="{RELATIONS}/styles" Target="styles.xml"/>' + "".join(
        f'<Relationship Id="r{place}" Type="{RELATIONS}/worksheet" Target="worksheets/s{place}.xml"/>'
        for place in range(1, len(sheets) + 1)
    )
    with zipfile.ZipFile(path, "w") as book:
        book.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
            f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        book.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{names}</sheets></workbook>',
        )
        book.writestr("xl/styles.xml", STYLES)
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>',
        )
        for place, rows in enumerate(sheets.values(), 1):
            lines = "".join(
                f'<row r="{number}">{"".join(cell(value, number, column) for column, value in enumerate(row))}</row>'
                for number, row in enumerate(rows, 1)
            )
            book.writestr(
                f"xl/worksheets/s{place}.xml",
                f'<worksheet xmlns="{MAIN}"><sheetData>{lines}{extra}</sheetData></worksheet>',
            )


def cell(value: object, row: int, column: int) -> str:
    place = f"{chr(65 + column)}{row}"
    if value is None:
        return ""
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, datetime.date):
        days = (value - datetime.date(1899, 12, 30)).days
        return f'<c r="{place}" s="1"><v>{days}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{place}"><v>{value}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'
