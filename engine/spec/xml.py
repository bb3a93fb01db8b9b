"""XML that people wrote or uploaded, read without trusting it: size, nodes, depth, encoding, no DOCTYPE, no processing instructions.

Everything of the specs that is XML (BPMN, DMN) passes `safe_root`; no other function of the project parses XML.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from engine.errors import Finding, SpecError

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

MAX_BYTES = 2_000_000
MAX_NODES = 20_000
MAX_DEPTH = 64
_ENDS = re.compile(r"tag mismatch: (\S+) line \d+ and (\S+?),? ")
_BROKEN = {
    4: "파일이 비었거나 '<'로 시작하지 않습니다", 5: "맨 바깥 요소가 끝난 뒤에 무엇이 더 있습니다", 9: "쓸 수 없는 글자가 있습니다", 26: "모르는 '&이름;'이 있습니다",
    38: "속성 값 안에 '<'가 있거나 따옴표가 닫히지 않았습니다", 39: "속성 값에 따옴표가 없습니다", 42: "속성을 두 번 적었습니다", 64: "<?xml …?>은(는) 파일의 맨 앞에만 쓸 수 있습니다",
    65: "속성 사이에 빈칸이 없습니다", 68: "'<'나 '&' 뒤에 이름이 없습니다", 73: "'>'로 닫히지 않은 요소가 있습니다", 77: "닫지 않은 요소가 있습니다", 81: "UTF-8이 아닌 글자가 있습니다",
    201: "이름 앞의 접두어(xmlns)를 정하지 않았습니다",
}
_ENCODINGS = frozenset({"UTF-8", "UTF8", "ASCII", "US-ASCII"})


def safe_root(data: bytes, path: str) -> Element:
    """Return the root element of `data`; elements keep their `sourceline`. Raises SpecError with one finding (at `path`) for anything refused."""
    if len(data) > MAX_BYTES:
        raise _refuse(path, 1, "xml-size", f"파일이 너무 큽니다. {MAX_BYTES // 1_000_000} MB까지 쓸 수 있습니다.")
    if b"<!DOCTYPE" in data:
        raise _refuse(path, data[: data.index(b"<!DOCTYPE")].count(b"\n") + 1, "xml-doctype", "DOCTYPE 선언은 쓸 수 없습니다. 그 줄을 지우세요.")
    root = _parse(data, path)
    _check_document(root, path)
    _check_extent(root, path)
    return root


def local_name(element: Element) -> str:
    """Return the tag of `element` without its namespace."""
    tag = str(element.tag)
    return tag.rpartition("}")[2]


def namespace(element: Element) -> str:
    """Return the namespace of `element`, "" where it has none."""
    tag = str(element.tag)
    return tag[1 : tag.index("}")] if tag.startswith("{") else ""


def line_of(element: Element) -> int:
    """Return the 1-based line of `element` in its file."""
    return int(element.sourceline or 1)


def _parse(data: bytes, path: str) -> Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_pis=False,
        remove_comments=True,
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        if "depth" in str(error).lower():
            raise _refuse(path, line, "xml-depth", f"요소가 너무 깊이 겹쳐 있습니다. {MAX_DEPTH}단까지 쓸 수 있습니다.") from None
        raise _refuse(path, line, "xml-syntax", _broken(error)) from None
    except (ValueError, LookupError):
        raise _refuse(path, 1, "xml-encoding", "글자 인코딩은 UTF-8이어야 합니다.") from None


def _broken(error: etree.XMLSyntaxError) -> str:
    """Say in Korean what libxml2 found, and at which letter."""
    ends = _ENDS.search(error.msg or "")
    said = f"'{ends[1]}'을(를) 열고 '{ends[2]}'(으)로 닫았습니다" if ends else _BROKEN.get(error.code, "문법이 맞지 않습니다")
    return f"XML {error.position[1]}번째 글자: {said}."


def _check_document(root: Element, path: str) -> None:
    info = root.getroottree().docinfo
    if info.doctype or info.internalDTD is not None or info.externalDTD is not None:
        raise _refuse(path, 1, "xml-doctype", "DOCTYPE 선언은 쓸 수 없습니다. 그 줄을 지우세요.")
    if (info.encoding or "UTF-8").upper() not in _ENCODINGS:
        raise _refuse(path, 1, "xml-encoding", f"글자 인코딩은 UTF-8이어야 합니다. 이 파일은 {info.encoding}입니다.")


def _check_extent(root: Element, path: str) -> None:
    """Count nodes and depth without recursion, and refuse what is neither element nor text."""
    for sibling in (*root.itersiblings(preceding=True), *root.itersiblings()):
        _refuse_instruction(sibling, path)
    nodes, level = 0, [root]
    for depth in range(1, MAX_DEPTH + 2):
        if not level:
            return
        if depth > MAX_DEPTH:
            raise _refuse(path, line_of(level[0]), "xml-depth", f"요소가 너무 깊이 겹쳐 있습니다. {MAX_DEPTH}단까지 쓸 수 있습니다.")
        nodes += sum(1 + len(element.attrib) for element in level)
        if nodes > MAX_NODES:
            raise _refuse(path, line_of(level[0]), "xml-nodes", f"요소가 너무 많습니다. {MAX_NODES:,}개까지 쓸 수 있습니다.")
        below = [child for element in level for child in element]
        for child in below:
            _refuse_instruction(child, path)
        level = below


def _refuse_instruction(node: Element, path: str) -> None:
    if not isinstance(node.tag, str):
        raise _refuse(path, int(node.sourceline or 1), "xml-instruction", "처리 지시(<?…?>)나 엔터티는 쓸 수 없습니다. 그 부분을 지우세요.")


def _refuse(path: str, line: int, identifier: str, message: str) -> SpecError:
    return SpecError([Finding(path, line, identifier, message)])
