"""Attachments: chosen, dropped, refused with a sentence, taken off again, there after saving."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import children
from tests.browser.hand import Hand

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
DROP = """([pointer, name, type, bytes]) => {
    const box = [...document.querySelectorAll('[data-drop]')].find(node => node.dataset.drop === pointer);
    const carried = new DataTransfer();
    carried.items.add(new File([new Uint8Array(bytes)], name, { type }));
    for (const kind of ['dragenter', 'dragover', 'drop']) box.dispatchEvent(new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def journal(person):
    page = person("worker")
    child = children.prepare(page, "supported")
    page.goto(child.start("service_provision"))
    return page, Hand(page), child


def attached(page):
    return page.locator("[data-drop='/첨부파일'] li")


def test_chosen_dropped_and_kept(journal):
    page, hand, child = journal
    hand.fill(사례관리분야="그외", 목표="파일")
    hand.control("첨부파일").set_input_files({"name": "활동 사진 1.pdf", "mimeType": "application/pdf", "buffer": PDF})
    expect(attached(page)).to_have_count(1)
    page.evaluate(DROP, ["/첨부파일", "떨어뜨린 것.pdf", "application/pdf", list(PDF)])
    expect(attached(page)).to_have_count(2)
    expect(attached(page).nth(1)).to_contain_text("떨어뜨린 것.pdf")
    expect(hand.field("목표")).to_have_value("파일")
    page.get_by_role("button", name="활동 사진 1.pdf 빼기").click()
    expect(attached(page)).to_have_count(1)
    hand.saved(child.name)
    page.get_by_role("link", name="파일", exact=True).click()
    line = page.get_by_role("link", name=re.compile("떨어뜨린 것.pdf"))
    with page.expect_download() as download:
        line.click()
    assert download.value.suggested_filename == "떨어뜨린 것.pdf"
    assert download.value.path().read_bytes() == PDF
    expect(page.get_by_text("활동 사진 1.pdf")).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("그림.gif", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "그림.gif"),
        ("속임.pdf", b"MZ\x90\x00" + b"\0" * 64, "속임.pdf"),
        ("빈 파일.pdf", b"", "빈 파일.pdf"),
    ],
    ids=["picture", "disguised", "empty"],
)
def test_the_wrong_kind_is_refused_with_a_sentence(journal, name, content, sentence):
    page, hand, _ = journal
    hand.control("목표").press_sequentially("그대로")
    page.evaluate(DROP, ["/첨부파일", name, "application/octet-stream", list(content)])
    box = page.locator("[data-drop='/첨부파일']")
    expect(box).to_have_attribute("data-problem", re.compile(f"{re.escape(sentence)}: .*(니다|세요)"))
    expect(page.locator("#said")).to_contain_text(sentence)
    expect(attached(page)).to_have_count(0)
    expect(hand.field("목표")).to_have_value("그대로")
    page.evaluate(DROP, ["/첨부파일", "맞는 것.pdf", "application/pdf", list(PDF)])
    expect(attached(page)).to_have_count(1)
    expect(box).not_to_have_attribute("data-problem", re.compile("."))


def test_a_file_under_way_says_how_far_it_is_and_can_be_stopped(journal):
    page, hand, _ = journal
    held = []
    page.route("**/files", lambda route: held.append(route))  # a bare method cannot carry the mark Playwright puts on it
    hand.control("첨부파일").set_input_files({"name": "큰 사진.pdf", "mimeType": "application/pdf", "buffer": PDF * 2000})
    line = page.locator("[data-drop='/첨부파일'] .sending")
    expect(line).to_contain_text("큰 사진.pdf")
    expect(line.get_by_role("progressbar", name="큰 사진.pdf")).to_be_visible()
    line.get_by_role("button", name="그만 올리기").click()
    expect(line).to_be_hidden()
    expect(attached(page)).to_have_count(0)
    page.unroute("**/files")
    page.evaluate(DROP, ["/첨부파일", "다른 것.pdf", "application/pdf", list(PDF)])
    expect(attached(page)).to_have_count(1)


def test_files_go_with_the_form_where_no_script_runs(person):
    page = person("worker", javascript=False)
    child = children.prepare(page, "supported")
    page.goto(child.start("service_provision"))
    hand = Hand(page)
    hand.fill(목표="파일")
    hand.control("첨부파일").set_input_files({"name": "동의서.pdf", "mimeType": "application/pdf", "buffer": PDF})
    hand.save()
    expect(page.locator("#summary")).to_contain_text("사례관리분야")
    expect(attached(page)).to_contain_text("동의서.pdf")
    hand.fill(사례관리분야="그외")
    hand.saved(child.name)
    page.get_by_role("link", name="파일", exact=True).click()
    expect(page.get_by_role("link", name=re.compile("동의서.pdf"))).to_be_visible()


def test_a_refused_file_without_script_loses_nothing(person):
    page = person("worker", javascript=False)
    child = children.prepare(page, "supported")
    page.goto(child.start("service_provision"))
    hand = Hand(page)
    hand.fill(사례관리분야="그외", 목표="그대로")
    hand.control("첨부파일").set_input_files({"name": "그림.gif", "mimeType": "image/gif", "buffer": b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"})
    hand.save()
    expect(page.locator("#summary")).to_contain_text("파일만 올릴 수 있습니다")
    expect(hand.field("목표")).to_have_value("그대로")
