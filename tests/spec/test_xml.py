"""S38: hostile or oversized XML is refused before anything is read out of it, and nothing outside the file is touched.

Holds S42 (SECURITY.md).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import SpecError
from engine.spec.xml import MAX_BYTES, MAX_DEPTH, MAX_NODES, line_of, local_name, namespace, safe_root

GOOD = '<?xml version="1.0" encoding="UTF-8"?>\n<a xmlns="urn:x">\n  <!-- 메모 -->\n  <b 이름="값">글</b>\n</a>'.encode()


def refused(data: bytes) -> tuple[str, int]:
    with pytest.raises(SpecError) as caught:
        safe_root(data, "workflows/x.bpmn")
    (finding,) = caught.value.findings
    assert finding.path == "workflows/x.bpmn"
    return finding.id, finding.line


def test_reads_plain_xml_and_keeps_lines() -> None:
    root = safe_root(GOOD, "x")
    assert local_name(root) == "a"
    assert namespace(root) == "urn:x"
    assert [(local_name(child), line_of(child)) for child in root] == [("b", 4)]


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE a>",
        '<!DOCTYPE a [<!ENTITY e "x">]>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd">',
        '<!DOCTYPE a [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]>',
        '<!DOCTYPE a [<!ENTITY e0 "0123456789"><!ENTITY e1 "&e0;&e0;&e0;&e0;&e0;&e0;&e0;&e0;&e0;&e0;">]>',
    ],
)
def test_s38_refuses_every_doctype(doctype: str) -> None:
    assert refused(f'<?xml version="1.0"?>\n{doctype}\n<a>&e;</a>'.encode()) == ("xml-doctype", 2)


def test_s38_refuses_a_doctype_in_another_encoding() -> None:
    data = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'.encode("utf-16")
    assert refused(data)[0] in {"xml-doctype", "xml-encoding", "xml-syntax"}


def test_s38_external_entities_are_never_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("canary")
    with pytest.raises(SpecError) as caught:
        safe_root(f'<!DOCTYPE a [<!ENTITY e SYSTEM "{secret.as_uri()}">]><a>&e;</a>'.encode(), "x")
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("name", ["euc-kr", "utf-16", "iso-8859-1"])
def test_s38_refuses_other_encodings(name: str) -> None:
    data = f'<?xml version="1.0" encoding="{name}"?><a>x</a>'.encode(name)
    assert refused(data) == ("xml-encoding", 1)


def test_s38_refuses_instructions_anywhere() -> None:
    assert refused(b'<?xml version="1.0"?>\n<?xml-stylesheet href="javascript:1"?><a/>')[0] == "xml-instruction"
    assert refused(b"<a>\n<b/><?php x ?></a>") == ("xml-instruction", 2)


def test_s38_limits_size_depth_and_nodes() -> None:
    assert refused(b"<a>" + b" " * MAX_BYTES + b"</a>") == ("xml-size", 1)
    assert refused(b"<a>" * (MAX_DEPTH + 1) + b"</a>" * (MAX_DEPTH + 1))[0] == "xml-depth"
    assert refused(b"<a>" * 300 + b"</a>" * 300)[0] == "xml-depth"
    assert refused(b"<a>" + b"<b/>" * MAX_NODES + b"</a>")[0] == "xml-nodes"
    safe_root(b"<a>" * MAX_DEPTH + b"</a>" * MAX_DEPTH, "x")


def test_broken_xml_names_its_line() -> None:
    assert refused(b"<a>\n\n<b></a>") == ("xml-syntax", 3)
    assert refused(b"")[0] == "xml-syntax"
