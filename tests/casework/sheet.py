"""A small xlsx, written by hand: a zip of the few parts a reader asks for."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType='
    '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
_RELS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="{}"/></Relationships>'
_BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="{}" sheetId="1" r:id="r1"/></sheets></workbook>'
)


def workbook(rows, *, sheet="자료", first=1):
    """The bytes of an xlsx with these rows of text; `first` is the line they begin on."""
    cells = "".join(
        f'<row r="{number}">' + "".join(f'<c r="{_name(at)}{number}" t="inlineStr"><is><t xml:space="preserve">{escape(str(cell))}</t></is></c>' for at, cell in enumerate(row)) + "</row>"
        for number, row in enumerate(rows, first)
    )
    return packed(f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{cells}</sheetData></worksheet>', sheet=sheet)


def packed(xml, *, sheet="자료", **more):
    """The bytes of an xlsx with this sheet; `more` parts by name."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("[Content_Types].xml", _TYPES)
        bundle.writestr("_rels/.rels", _RELS.format("officeDocument", "xl/workbook.xml"))
        bundle.writestr("xl/workbook.xml", _BOOK.format(sheet))
        bundle.writestr("xl/_rels/workbook.xml.rels", _RELS.format("worksheet", "worksheets/sheet1.xml"))
        bundle.writestr("xl/worksheets/sheet1.xml", xml)
        for name, part in more.items():
            bundle.writestr(name, part)
    return made.getvalue()


def _name(at):
    return (_name(at // 26 - 1) if at >= 26 else "") + chr(65 + at % 26)
