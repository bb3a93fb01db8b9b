"""axe-core finds nothing to complain about on any kind of page, wide or narrow, whatever state it is in; nothing scrolls sideways on a phone."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from playwright.sync_api import expect

from tests.browser import children
from tests.browser.children import Api, day
from tests.browser.conftest import ROOT
from tests.browser.hand import Hand

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
RUN = """async only => (await axe.run(document, { resultTypes: ['violations'], ...(only ? { runOnly: { type: 'rule', values: only } } : {}) })).violations.map(
    found => `${found.id}: ${found.help} — ${found.nodes.slice(0, 3).map(node => node.target.join(' ')).join(' | ')}`)"""
LAYOUT = ["target-size", "scrollable-region-focusable"]  # what a narrow page can break that the wide one does not show
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


def check(page, what, *, whole=False):
    """Complain about what axe finds, about sideways scrolling, and about what a phone breaks; `whole` has a phone asked everything."""
    page.wait_for_load_state("load")
    page.evaluate(AXE)
    wrong = []
    for size, only in ((WIDE, None), (PHONE, None if whole else LAYOUT)):
        page.set_viewport_size(size)
        wrong += [f"{what} {size['width']}: {line}" for line in page.evaluate(RUN, only)]
        wrong += sideways(page, f"{what} {size['width']}")
    page.set_viewport_size(WIDE)
    return wrong


def sideways(page, what):
    scrolls = page.evaluate("() => document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [f"{what}: scrolls sideways"] if scrolls else []


def visit(page, *, whole=False, **paths):
    wrong = []
    for what, path in paths.items():
        page.goto(path)
        wrong += check(page, what, whole=whole)
    return wrong


def test_the_door(person, site):
    page = person("worker")
    page.get_by_role("button", name="나가기").click()
    wrong = check(page, "signin")
    page.fill("[name=login]", "worker")
    page.fill("[name=password]", "틀림")
    page.press("[name=password]", "Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    wrong += check(page, "signin refused")
    assert wrong == []


def test_home_lists_search_and_errors(person):
    page = person("lead")
    children.prepare(page, "registered", age=14)
    child = children.prepare(page, "planned", age=18)
    page.goto(child.start("service_provision"))
    Hand(page).control("목표").press_sequentially("초안")
    page.get_by_role("button", name="임시저장").click()
    page.goto("/")
    views = [link.get_attribute("href") for link in page.locator("nav a[href^='/cases?']").all()]
    assert len(views) >= 4
    wrong = visit(page, whole=True, home="/", list=views[0], records=views[-1])
    page.set_viewport_size(PHONE)
    for view in views:
        page.goto(view)
        wrong += sideways(page, view)
    page.set_viewport_size(WIDE)
    wrong += visit(page, found=f"/search?q={child.name}", nothing="/search?q=없는사람", nobody="/approvals", untold="/notices", password="/password", lost="/cases/00000000000000000000000000")
    page.goto("/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    wrong += check(page, "help")
    assert wrong == []


def test_a_page_refused(person):
    page = person("worker")
    child = children.prepare(page, "registered", age=17)
    task, api = child.tasks["child_selfreliance_info"], Api(page)
    wrong = visit(page, refused=child.start("protection_termination"))
    assert page.goto("/approvals").status == 403
    wrong += check(page, "403")
    api.complete(child, "child_selfreliance_info", {"입소일자": day(-6), "대상등록일": day(), "입소경로": "보호자 의뢰", "주발생유형": "유기"})
    assert page.goto(f"/tasks/{task}").status == 409
    wrong += check(page, "409")
    page.goto("/")
    page.set_viewport_size(PHONE)
    page.get_by_role("link", name="메뉴", exact=True).click()
    page.evaluate(AXE)
    wrong += [f"menu: {line}" for line in page.evaluate(RUN, None)]
    assert wrong == []


def test_a_case_and_its_records(person):
    page = person("worker")
    child = children.prepare(page, "supported", age=18)
    tabs = {tab: f"{child.url}?tab={tab}" for tab in ("records", "basic", "flow", "process", "files")}
    wrong = visit(page, whole=True, records=tabs.pop("records"), flow=tabs.pop("flow"))
    wrong += visit(page, **tabs)
    page.goto(child.url)
    page.get_by_text("다른 일 시작하기").click()
    wrong += check(page, "case unfolded")
    record = f"/records/{child.records['selfreliance_plan']}"
    wrong += visit(page, record=record, amend=f"{record}/amend", withdraw=f"{record}/withdraw", paper=f"{record}/print", today=f"{record}/today")
    page.goto(f"{record}/amend")
    page.get_by_role("button", name="고친 내용 저장").click()
    expect(page.locator("#reason-e")).to_be_visible()
    wrong += check(page, "amend refused")
    page.goto(f"{record}/withdraw")
    page.get_by_label("취소하는 이유").fill("잘못 적음")
    page.get_by_role("main").get_by_role("button").last.click()
    wrong += visit(page, withdrawn=record)
    assert wrong == []


def test_the_picture_of_the_process_is_drawn(person):
    page = person("worker")
    child = children.prepare(page, "assessed")
    page.goto(f"{child.url}?tab=process")
    expect(page.locator("#bpmn svg .djs-shape").first).to_be_visible()
    expect(page.locator("#bpmn .mark-now")).to_be_visible()
    assert check(page, "process drawn") == []


def test_the_manual(person):
    page = person("worker")
    wrong = visit(page, contents="/manual", chapter="/manual/case_conference", looks="/manual/selfreliance_plan", drawings="/manual/part-process", codes="/manual/part-code")
    page.goto("/cases/new/child_basic_info")
    with page.expect_popup() as opened:
        page.get_by_role("link", name=re.compile("이 화면의 매뉴얼")).click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("대상자기본정보")
    assert wrong == []


def test_asking_and_deciding(person):
    worker, lead = person("worker"), person("lead")
    child = children.prepare(worker, "informed")
    worker.goto(child.start("case_manager_change"))
    wrong = check(worker, "request")
    Hand(worker).save()
    wrong += check(worker, "request refused")
    Hand(worker).search("담당자", "박둘째")
    Hand(worker).saved(child.name)
    wrong += visit(lead, approvals="/approvals")
    lead.get_by_role("row").filter(has_text=child.name).get_by_role("link").first.click()
    wrong += check(lead, "decision")
    Hand(lead).put("결정", "반려")
    Hand(lead).save()
    wrong += check(lead, "decision refused")
    lead.goto("/approvals")
    lead.get_by_role("row").filter(has_text=child.name).get_by_role("button", name=re.compile("승인$")).click()
    expect(lead.locator(".results")).to_be_visible()
    wrong += check(lead, "decided")
    wrong += visit(worker, news="/", told="/notices")
    worker.get_by_role("button", name=re.compile("모두 확인")).click()
    expect(worker.locator(".notices form")).to_have_count(0)
    wrong += check(worker, "told and seen")
    assert wrong == []


def test_whole_lists_statistics_and_the_team(person):
    page = person("lead")
    child = children.prepare(page, "supported", age=18)
    page.goto("/cases")
    leave = {name: page.get_by_role("link", name=title, exact=True).get_attribute("href") for name, title in (("export", "다운로드"), ("paper", "출력"))}
    wrong = visit(page, **leave)
    page.get_by_label(re.compile("^사유")).fill("회의 자료")
    page.get_by_role("main").get_by_role("button").last.click()
    expect(page.locator("table.printed")).to_contain_text(child.name)
    wrong += check(page, "list on paper")
    page.goto("/reports")
    reports = [link.get_attribute("href") for link in page.locator("nav.tabs a").all()]
    assert len(reports) >= 2
    page.goto("/team")
    people = [link.get_attribute("href") for link in page.locator("a[href^='/team/']").all()]
    wrong += visit(page, whole=True, team="/team", report=reports[0])
    wrong += visit(page, one=people[0], score=next(path for path in reports if "score" in path))
    assert wrong == []


def test_the_office(person):
    admin, author = person("admin"), person("author")
    wrong = visit(admin, admin="/", people="/people", added="/people/new", access="/access")
    admin.goto("/people?q=worker")
    wrong += visit(admin, person=admin.get_by_role("main").locator("tbody a[href^='/people/']").first.get_attribute("href"))
    admin.goto("/people/new")
    admin.get_by_label(re.compile("^이름")).fill("새 사람")
    admin.get_by_label(re.compile("^아이디")).fill("new.person")
    press(admin, admin.get_by_role("button", name="추가"))
    expect(admin.locator(".secret")).to_be_visible()
    wrong += check(admin, "one-time password")
    admin.goto("/closing")
    wrong += check(admin, "closing")
    wrong += visit(author, author="/", editions="/editions", closing="/closing")
    author.goto("/editions")
    edition = author.get_by_role("main").locator("a[href^='/editions/']").first.get_attribute("href").split("?")[0]
    wrong += visit(author, edition=edition, of_edition=f"{edition}/manual")
    assert wrong == []


def test_an_edition_on_its_way(person):
    """Checked, put in, compared and tried out by the keyboard alone; where its open cases would go."""
    author, approver = person("author"), person("approver")
    author.goto("/editions")
    current = author.get_by_role("main").locator("a[href^='/editions/']").first.get_attribute("href").split("?")[0]
    author.locator("#f-file").set_input_files(bundle("사례관리자\"", "사례 담당자\"", broken=True))
    press(author, author.get_by_role("button", name="검사하고 살펴보기"))
    expect(author.locator(".findings")).to_be_visible()
    wrong = check(author, "findings", whole=True)
    author.locator("#f-file").set_input_files(bundle("\"일반사례관리자\"", "\"일반 사례 담당자\""))
    press(author, author.get_by_role("button", name="검사하고 살펴보기"))
    expect(author).to_have_url(re.compile(r"/editions/\w{64}$"))
    coming = author.url.partition("/editions/")[2]
    for kind in ("impact", "replay"):  # looked at without being asked
        expect(author.locator(f"#{kind} .changes").first).to_be_visible()
    author.locator("#f-from").fill(day(2))
    wrong += check(author, "draft", whole=True)
    press(author, author.get_by_role("button", name="승인 요청"))
    expect(author.get_by_role("main")).to_contain_text("승인을 요청했습니다")
    wrong += visit(author, whole=True, difference=f"/editions/{coming}/difference", tried=f"/editions/{coming}/trial")
    author.goto(f"/editions/{coming}/difference")
    expect(author.get_by_role("main")).to_contain_text("일반 사례 담당자")
    wrong += visit(approver, second=f"/editions/{coming}", move=f"{current}/move", moves="/moves")
    assert wrong == []


def press(page, button):
    """Do with the keyboard what a click does."""
    button.focus()
    page.keyboard.press("Enter")


def bundle(old, new, *, broken=False):
    """The two folders in a zip, with a word of the roles changed, and a role of no lane where it is to be broken."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for path in sorted(path for folder in ("forms", "workflows") for path in (ROOT / folder).rglob("*") if path.is_file()):
            content = path.read_text(encoding="utf-8")
            if path.name == "roles.json":
                content = content.replace(old, new).replace('"worker"', '"wroker"', int(broken))
            made.writestr(str(path.relative_to(ROOT)), content)
    return {"name": "edition.zip", "mimeType": "application/zip", "buffer": out.getvalue()}


FORMS = {
    "child_selfreliance_info": ("registered", {"입소경로": "기타", "주발생유형": "기타"}, "입소경로기타내용"),
    "skills_assessment": ("informed", {}, ""),
    "selfreliance_plan": ("assessed", {"자립계획구분": "진학/취업"}, "진학계획/희망대학명"),
    "service_provision": ("planned", {"사례관리분야": "취업", "취업/취업여부": "취업"}, "취업/취업정보/직장명"),
    "protection_termination": (
        "supported", {"보호종료사유": "만기종료", "자립수당": "미신청", "보호종료아동자립교육수료여부": "수료", "연장종료만기종료/취업여부": "취업"},
        "연장종료만기종료/취업정보/직장명",
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", [*FORMS, "child_basic_info"])
def test_every_form_plain_wrong_and_branching(person, form):
    page = person("worker")
    upto, branch, revealed = FORMS.get(form, ("", {}, ""))
    if upto:
        child = children.prepare(page, upto, age=18)
        page.goto(f"/tasks/{child.tasks[form]}")
    else:
        page.goto(f"/cases/new/{form}")
    hand = Hand(page)
    wrong = check(page, f"{form} plain", whole=True)
    if form == "service_provision":
        box = page.get_by_role("combobox", name=re.compile("제공서비스"))
        box.click()
        expect(page.get_by_role("option").first).to_be_visible()
        wrong += check(page, f"{form} list open")
        box.press("Escape")
    page.locator("[data-save]").click()
    expect(page.locator("#summary")).to_be_focused()
    wrong += check(page, f"{form} refused")
    for place, answer in branch.items():
        hand.put(place, answer)
    if revealed:
        expect(hand.field(revealed)).to_be_visible()
        for add in page.get_by_role("button", name=re.compile("추가")).all()[:2]:
            add.click()
        wrong += check(page, f"{form} branching")
    assert wrong == []
