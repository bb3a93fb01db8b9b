"""The generated manual: it holds everything of an edition, shows every look of a screen, and is there for whoever works with it."""

from __future__ import annotations

import re
from datetime import date

import pytest
from lxml.etree import fromstring

from engine.spec.edition import Edition, load_edition
from engine.spec.folder import read_folder
from tests.casework.library import LESSON, TOY
from tests.casework.test_beside import next_year as with_other_names
from tests.web.test_pages_editions import check, next_year, publish
from tests.whole_manual import CHAPTER, missing, texts
from web import manual


@pytest.fixture(scope="module")
def toy():
    return load_edition(TOY)


def test_everything_of_the_edition_stands_in_it(toy):
    assert missing(toy) == []


def test_a_new_field_option_check_and_refusal_are_in_it_without_a_word_written(toy):
    files = read_folder(TOY)
    form = files["forms/loan.json"].decode()
    changed = form.replace('"properties": {', '"properties": {"새항목": {"title": "새로 생긴 항목", "type": "string", "maxLength": 77},', 1)
    changed = re.sub(r'("tab": "[^"]*",\s*"fields": \[)', r'\1"새항목", ', changed, count=1)
    made = texts(Edition.from_files({**files, "forms/loan.json": changed.encode()}))
    assert "새로생긴항목" in made["loan"]
    assert "77자까지" in made["loan"]
    assert "새로생긴항목" not in texts(toy)["loan"]


def test_each_look_of_a_screen_is_shown_once_and_nothing_in_it_can_be_used(toy):
    for form in toy.forms.values():
        shots = list(manual.pictures(form, toy))
        assert len({shot.html for shot in shots}) == len(shots) >= 1
        assert not re.search(r' (?:id|name|for|href|aria-\w+)[ =>]', "".join(shot.html for shot in shots))


def test_the_processes_of_a_screen_are_drawn_in_its_chapter(toy):
    page = CHAPTER.render(c=manual.chapter(toy, "loan"))
    drawings = [fromstring(each) for each in re.findall(r"<svg.*?</svg>", re.sub(r'<figure class="shot-of">.*?</figure>', "", page, flags=re.DOTALL), flags=re.DOTALL)]
    drawings = [each for each in drawings if each.get("role") == "img"]
    assert [each.get("aria-label") for each in drawings] == ["대여 절차 그림"]
    (drawing,) = drawings
    process = toy.processes["loan"]
    wide, high = (float(drawing.get(name)) for name in ("width", "height"))
    assert len(drawing.findall("rect[@class='task']")) == len(process.tasks) == 1
    assert len(drawing.findall("circle")) == 2
    assert len(drawing.findall("polyline[@class='flow']")) == len(process.flows)
    assert "".join(text.text for text in drawing.findall("text[@class='inside']")) == "대여"
    for rect in drawing.findall("rect"):
        x, y, width, height = (float(rect.get(name)) for name in ("x", "y", "width", "height"))
        assert x >= 0
        assert y >= 0
        assert x + width <= wide
        assert y + height <= high


def test_marks_conditions_and_checks_stand_in_the_page(toy):
    page = CHAPTER.render(c=manual.chapter(toy, "loan"))
    row = next(each for each in re.findall(r"<tr.*?</tr>", page, flags=re.DOTALL) if ">품목</th>" in each)
    assert '<span class="mark mark-when">조건부</span>' in row
    assert '<span class="tag">나타남</span> 보증금이 0 초과일 때' in row
    assert '<span class="tag">필수</span> 보증금이 0 초과일 때' in row
    assert re.search(r"30 이하이어야 합니다.</td>\s*<td[^>]*>확인하고 저장</td>", page)


def test_the_pages_of_the_manual_in_force(small_town, toy):
    browser = small_town.browser("kim")
    page = browser.get("/manual").text
    chapters = re.findall(r'href="(/manual/[^"]+)"', page)
    assert len(chapters) == len(set(chapters)) == len(toy.forms) + len(manual.PARTS)
    for address in chapters:
        answer = browser.get(address)
        assert answer.status_code == 200, address
        ids = re.findall(r'\bid="([^"]+)"', answer.text)
        assert len(ids) == len(set(ids)), address
        for target in re.findall(r'href="/manual/part-code#([^"]+)"', answer.text):
            assert f'id="{target}"' in browser.get("/manual/part-code").text
    assert browser.get("/manual/nothing").status_code == 404


def test_a_screen_leads_to_its_chapter(small_town):
    page = small_town.browser("kim").get("/cases/new/member").text
    assert 'href="/manual/member"' in page


def test_the_manual_of_an_edition_is_for_who_may_see_editions(small_town):
    author = small_town.browser("author")
    at = publish(author, check(author, next_year())).headers["location"]
    assert f'href="{at}/manual"' in author.get(at).text
    assert "내년 판" in author.get(f"{at}/manual/loan").text
    assert small_town.browser("kim").get(f"{at}/manual").status_code == 403


def test_a_record_and_a_task_lead_to_the_manual_of_their_own_edition(small_town):
    town = small_town
    town.now = town.now.replace(hour=15)
    case_id = town.member()
    task_id = town.open_tasks(case_id)["lesson"].id
    town.complete("kim", task_id, LESSON)
    task_id = town.open_tasks(case_id)["loan"].id
    kim, old = town.browser("kim"), town.digest
    record_id = town.api("kim").get(f"/api/cases/{case_id}/records?form=lesson").json()["rows"][0]["id"]
    assert 'href="/manual/lesson"' in kim.get(f"/records/{record_id}").text
    town.publish(with_other_names(), date(2024, 11, 22))
    for page, form in ((f"/records/{record_id}", "lesson"), (f"/tasks/{task_id}", "loan")):
        assert f'href="/manual/of/{old}/{form}"' in kim.get(page).text
        told = kim.get(f"/manual/of/{old}/{form}")
        assert told.status_code == 200
        assert f'href="/manual/of/{old}"' in told.text
    assert kim.get(f"/manual/of/{old}").status_code == 200
    assert kim.get(f"/manual/of/{old}/nothing").status_code == kim.get(f"/manual/of/{'0' * 64}").status_code == 404


def test_an_edition_nobody_approved_has_no_manual_for_everybody(small_town):
    author = small_town.browser("author")
    at = publish(author, check(author, next_year())).headers["location"]
    digest = at.rpartition("/")[2]
    assert small_town.browser("kim").get(f"/manual/of/{digest}").status_code == 404


@pytest.mark.parametrize(("page", "to"), [
    ("/cases?view=members", "/manual/part-view#view-members"), ("/reports/members_by_sex", "/manual/part-report#report-members_by_sex"),
    ("/approvals", "/manual/part-process#process-keeper_change"), ("/", "/manual"),
])
def test_lists_statistics_and_approvals_lead_to_their_place_in_the_manual(small_town, page, to):
    boss = small_town.browser("boss")
    assert f'href="{to}"' in boss.get(page).text
    address, _, anchor = to.partition("#")
    assert not anchor or f'id="{anchor}"' in boss.get(address).text
