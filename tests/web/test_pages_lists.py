"""Whole lists on their way out, identifiers that stand in no address, statistics, and the team's load.

Holds S37, K11, K16, K20 (SECURITY.md).
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from urllib.parse import quote, unquote

import msoffcrypto
import pytest
from lxml import etree

from engine.casework import exporting
from engine.store.tables import access_record
from tests.casework.library import MEMBER

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SECRET = "열쇠-1234-열쇠"


@pytest.fixture
def full(small_town):
    for number, name in enumerate(("=1+1", "가하나", "@나둘")):
        answer = small_town.api("kim").post(
            "/api/cases", json={"form": "member", "data": {**MEMBER, "회원명": name, "주민등록번호": f"06120{number}-4123456"}}
        )
        assert answer.status_code == 201, answer.text
    return small_town


def post(browser, address, **data):
    return browser.post(address, data={"_csrf": browser.csrf, **data})


def noted(town, act):
    with town.database.begin() as connection:
        return [row for row in connection.execute(access_record.select().order_by(access_record.c.seq)) if row.act == act]


def cells(content):
    """Sheets of a workbook as rows of (type, text)."""
    made = {}
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        for name in sorted(book.namelist()):
            if name.startswith("xl/worksheets/sheet"):
                root = etree.fromstring(book.read(name))
                assert not root.findall(".//{*}f")
                made[name[-10:-4]] = [[(cell.get("t"), "".join(cell.itertext())) for cell in row] for row in root.iter("{*}row")]
    return made


def opened(content, password):
    plain = io.BytesIO()
    office = msoffcrypto.OfficeFile(io.BytesIO(content))
    office.load_key(password=password, verify_password=True)
    office.decrypt(plain)
    return plain.getvalue()


def test_what_a_list_leaves_out_is_said_under_its_heading(full):
    kim = full.browser("kim")
    assert '</h1><p class="note">빌린 것만 보입니다. 예약은 따로 있습니다.</p>' in kim.get("/cases?view=loans").text
    assert "</h1><p class=" not in kim.get("/cases?view=members").text


def test_a_list_leaves_as_a_sealed_file_and_every_case_is_noted_with_why(full, monkeypatch):
    monkeypatch.setattr(exporting, "PART", 2)
    kim = full.browser("kim")
    address = "/cases/export?view=members&to=xlsx&sort=name"
    page = kim.get("/cases?view=members").text
    assert "/cases/export?view=members&amp;to=xlsx" in page
    assert "사유" in kim.get(address).text
    for data, wrong in (
        ({"password": SECRET, "again": SECRET, "reason": " "}, "까닭을"), ({"password": "짧다", "again": "짧다", "reason": "보고"}, "8자 이상"),
        ({"password": SECRET, "again": "다른것123456", "reason": "보고"}, "다릅니다"),
    ):
        answer = post(kim, address, **data)
        assert answer.status_code == 422
        assert wrong in answer.text
        assert data["reason"].strip() in answer.text
    assert noted(full, "case.export") == []
    answer = post(kim, address, password=SECRET, again=SECRET, reason="연말 보고")
    assert (answer.status_code, answer.headers["content-type"]) == (200, XLSX)
    assert unquote(answer.headers["content-disposition"]).endswith("회원 목록.xlsx")
    assert int(answer.headers["content-length"]) == len(answer.content)
    with pytest.raises(msoffcrypto.exceptions.InvalidKeyError):
        opened(answer.content, "틀린암호입니다")
    sheets = cells(opened(answer.content, SECRET))
    head, *rows = sheets["sheet1"]
    assert [text for _, text in head][:2] == ["회원명", "지점"]
    assert "진행 교육" in [text for _, text in head]
    assert [row[0] for row in rows] == [("inlineStr", "=1+1"), ("inlineStr", "@나둘"), ("inlineStr", "가하나")]
    assert "연말 보고" in {text for row in sheets["sheet2"] for _, text in row}
    told = noted(full, "case.export")
    assert {row.reason for row in told} == {"연말 보고"}
    assert [bool(row.subject) for row in told] == [False, True, True, True]


def test_a_list_on_paper_says_on_every_sheet_who_when_and_why(full):
    kim = full.browser("kim")
    answer = post(kim, "/cases/export?view=members&to=paper&f.name=하나", reason="사례회의 자료")
    assert answer.status_code == 200
    assert re.search(r'class="watermark"[^>]*>Kim · 가지점 · 2024-11-22 14:00 · 사례회의 자료 · [0-9A-Z]{26}<', answer.text)
    assert "가하나" in answer.text
    assert "@나둘" not in answer.text
    assert len(noted(full, "case.print")) == 2


def test_too_much_for_paper_is_refused_before_anything_leaves(full, monkeypatch):
    monkeypatch.setattr("web.pages.whole.exports.MOST_PAPER", 2)
    answer = post(full.browser("kim"), "/cases/export?view=members&to=paper", reason="자료")
    assert "2줄까지" in answer.text
    assert noted(full, "case.print") == []


def test_a_program_gets_a_whole_list_with_a_reason(full):
    api = full.api("kim")
    told = {"accept": "text/csv", "didimdol-reason": quote("기관 보고")}
    assert api.get("/api/cases?view=members", headers={"accept": "text/csv"}).status_code == 422
    answer = api.get("/api/cases?view=members&sort=name", headers=told)
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["회원명", "'=1+1", "'@나둘", "가하나"]
    assert answer.headers["vary"] == "accept"
    answer = api.post("/api/cases/find", json={"view": "members", "filters": {"name": "하나"}, "reason": "보고"}, headers={"accept": XLSX})
    assert [row[0] for row in cells(answer.content)["sheet1"]] == [("inlineStr", "회원명"), ("inlineStr", "가하나")]
    assert {row.reason for row in noted(full, "case.export")} == {"기관 보고", "보고"}


def test_s22_an_identifier_stands_in_no_address(full):
    kim, api = full.browser("kim"), full.api("kim")
    answer = post(kim, "/cases", view="members", **{"f.rrn": "061201-4123456", "f.name": "", "f.joined_year.from": "2024", "f.joined_year.to": ""})
    assert answer.status_code == 303
    address = answer.headers["location"]
    assert "061201" not in unquote(address)
    page = kim.get(address).text
    assert "가하나" in page
    assert "@나둘" not in page
    assert "061201" not in page
    assert full.browser("lee").get(address).status_code == 422  # sealed for one person
    assert kim.get("/cases?view=members&f.rrn=061201-4123456").status_code == 422
    kept = re.search(r'name="f\.rrn\.kept" value="([^"]+)"', page)[1]
    again = post(kim, "/cases", view="members", **{"f.rrn": "", "f.rrn.kept": kept, "f.name": "없음"}).headers["location"]
    assert "가하나" not in kim.get(again).text
    answer = post(kim, "/search", q="061201-4123456")
    assert answer.status_code == 200
    assert "가하나" in answer.text
    assert "061201" not in answer.text
    assert "가하나" not in kim.get("/search?q=061201-4123456").text
    assert post(kim, "/search", q="하나").headers["location"] == f"/search?q={quote('하나')}"
    assert api.get("/api/cases?view=members&rrn=061201-4123456").status_code == 422
    assert [row["label"] for row in api.post("/api/cases/find", json={"view": "members", "filters": {"rrn": "061201-4123456"}}).json()["rows"]] == ["가하나"]


def test_a_statistic_as_a_page_and_as_files(full):
    kim = full.browser("kim")
    page = kim.get("/reports").text
    assert "상태와 성별에 따른 회원 수" in page
    assert "data-chart=" in page
    assert re.search(r'<th scope="row">새 회원</th>\s*<th scope="row">여</th>\s*<td class="right num">3</td>', page)
    address = re.search(r'href="(/reports/members_by_sex/xlsx[^"]*)"', kim.get("/reports/members_by_sex?f.year.from=2024&f.year.to=2024").text)[1]
    answer = kim.get(address.replace("&amp;", "&"))
    assert [row[2] for row in cells(answer.content)["sheet1"]] == [("inlineStr", "회원 수"), (None, "3.0")]
    assert kim.get("/reports/members_by_sex/csv").headers["content-type"].startswith("text/csv")
    assert kim.get("/reports/members_by_sex/exe").status_code == 404
    assert kim.get("/reports/nothing").status_code == 404
    assert "조건에 맞는" in kim.get("/reports/members_by_sex?f.year.from=2001&f.year.to=2002").text
    assert kim.get("/reports/members_by_sex?f.year.from=soon").status_code == 422
    assert 'href="/reports"' in page


def test_the_load_of_a_team_and_giving_somebody_work(full):
    boss, lee = full.browser("boss"), full.people["lee"].person_id
    assert re.search(r'href="/team/nobody">맡은 사람 없음</a></th><td class="right num">3</td>', boss.get("/team").text)
    first, second, third = re.findall(r'name="pick" value="([0-9A-Z]{26})"', boss.get("/team/nobody").text)
    assert post(boss, "/team/nobody", to="lee").status_code == 422
    assert post(boss, "/team/nobody", pick=[first]).status_code == 422
    answer = post(boss, "/team/nobody", pick=[first, second], to="lee")
    assert answer.text.count("Lee에게 맡겼습니다") == 2
    assert re.findall(r'name="pick" value="([0-9A-Z]{26})"', answer.text) == [third]
    assert set(re.findall(r'name="pick" value="([0-9A-Z]{26})"', boss.get(f"/team/{lee}").text)) == {first, second}
    assert re.search(rf'href="/team/{lee}">Lee</a></th>(<td[^>]*>.*?</td>)*?<td class="right num"><b>2</b>', boss.get("/team").text)
    assert "맡을 수 없습니다" in post(boss, f"/team/{lee}", pick=[first], to="far").text
    assert boss.get("/team/01ARZ3NDEKTSV4RRFFQ69G5FAV").status_code == 404
    assert full.browser("kim").get("/team").status_code == 403
