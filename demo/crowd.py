"""Make a whole made-up world of a small one: many children in all stages over three years, around the hand-made ones of `demo/2024.json`.

    python demo/crowd.py demo/2024.json demo/words.json --children 300 > world.json

What happens to whom and when is told here, what is written on the forms is not: a step says what its story needs, `fill` has the rest filled from the form
and the words. The same seed and day give the same world.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

SINCE = timedelta(days=3 * 365)
CLOSED = timedelta(days=340)  # what is older is closed, as the small world has it
FACILITIES = ("아동양육시설", "공동생활가정")
FILL = 0.45


def later(day: date, years: int = 0, days: int = 0) -> date:
    """Give the day so many years and days later; a birthday on 29 February is on 1 March elsewhere."""
    try:
        moved = day.replace(year=day.year + years)
    except ValueError:
        moved = day.replace(year=day.year + years, month=3, day=1)
    return moved + timedelta(days=days)


@dataclass
class Child:
    """One child and its steps so far."""

    chance: Random
    today: date
    kind: str
    owner: str
    lead: str
    birth: date
    steps: list[dict[str, Any]] = field(default_factory=list)
    left: str = ""  # the day its place ended its care together with others

    def do(self, day: date, what: str, data: dict[str, Any] | None = None, *, who: str = "", how: str = "complete", hour: int = 10) -> bool:
        """Note a step where its day has come; weekends wait for Monday."""
        day = workday(day)
        if day >= self.today:
            return False
        minute = self.chance.randrange(0, 60, 5)
        on = f"{day}T{hour:02}:{minute:02}"
        self.steps.append({"as": who or self.owner, "on": on, "do": how, "what": what, "data": data or {}, "fill": FILL, "confirmed": True})
        return True

    def some(self, low: int, high: int) -> int:
        """Give a number of days."""
        return self.chance.randint(low, max(low, high))

    def slow(self, least: int, most: int) -> int:
        """Give how many days something takes: mostly none, sometimes a few, seldom so many that it is late by weeks."""
        return self.chance.choices([0, self.some(1, 5), self.some(least, most)], [10, 5, 5])[0]


def workday(day: date) -> date:
    """Give the day, or the Monday after it."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() > 4 else day


def story(child: Child, begun: date, fellow: str) -> None:
    """Tell what happens to a child from the day it is registered."""
    chance, fifteen, eighteen = child.chance, workday(later(child.birth, 15, 2)), later(child.birth, 18)
    start = max(later(begun, days=child.some(3, 20)), fifteen + timedelta(days=child.some(0, 20) + child.slow(15, 40)))
    if child.kind in FACILITIES:
        if not child.do(start, "child_selfreliance_info", {"대상등록일": workday(start).isoformat()}):
            return
        if chance.random() < 0.5:
            child.do(start, "child_disability_health", {"종합장애정도": chance.choices(["장애미해당", "심하지 않은 장애"], [9, 1])[0]}, hour=11)
        if chance.random() < 0.35:
            child.do(later(start, days=2), "child_family_relations", hour=15)
    end = max(ending(child, eighteen), start + timedelta(days=130))
    if end > eighteen + timedelta(days=30):
        done = years(child, start, eighteen - timedelta(days=20), fellow)
        stay(child, eighteen)
        years(child, max(later(eighteen, days=20), date(done.year + 1, 1, 10)), end - timedelta(days=20), fellow)
    else:
        years(child, start, end - timedelta(days=20), fellow)
    finish(child, eighteen, end)
    child.steps.sort(key=lambda step: step["on"])


def ending(child: Child, eighteen: date) -> date:
    """Choose the day care ends, far ahead for those who stay on."""
    dice = child.chance.random()
    if dice < 0.08:
        return later(eighteen, days=-child.some(30, 500))
    if dice < 0.5:
        return later(eighteen, days=child.some(0, 1))
    return later(eighteen, days=child.some(300, 900))


def years(child: Child, start: date, last: date, fellow: str) -> date:
    """Tell the guided work of each year from the first day to the last; give the day the last year's began."""
    day = start
    while True:
        done = one_year(child, day, min(last, child.today - timedelta(days=3)), fellow)
        first = max(date(day.year + 1, 1, 8), later(done, days=20))
        room = min((last - first).days - 60, 290)
        if room < 0 or first >= child.today:
            return day
        day = later(first, days=child.chance.choice((child.some(0, min(70, room)), child.some(0, room), child.some(0, room), room)))


def one_year(child: Child, start: date, last: date, fellow: str) -> date:
    """Tell one year of guided work: the assessment, the plan, what is provided; give the day it came to."""
    chance = child.chance
    day = later(start, days=child.some(8, 30))
    if day > last or not child.do(day, "skills_assessment", {"작성일": workday(day).isoformat()}):
        return day
    day = later(day, days=child.some(7, 25))
    if day > last or not child.do(day, "selfreliance_plan", {"계획일자": workday(day).isoformat(), **plan(child, day)}):
        return day
    for number in range(chance.choice((1, 1, 2, 2, 3))):
        day = later(day, days=child.some(10, 25) if not number else child.some(15, 70))
        if day > last:
            return day
        child.do(day, "service_provision", {"사례관리일자": workday(day).isoformat(), "사례관리분야": chance.choice(["취업", "진학", "주거", "그외", "그외"])}, hour=15)
        beside(child, later(day, days=child.some(2, 12)), last)
    if chance.random() < 0.06 and fellow != child.owner:
        day = later(day, days=5)
        asked = day < last - timedelta(days=100) and child.do(day, "case_manager_change_popup", {"담당자": fellow}, hour=16)
        if asked and child.do(later(day, days=2), "case_manager_change_approval", {"결정": "승인"}, who=child.lead, how="approve", hour=17):
            child.owner = fellow
    return day


def beside(child: Child, day: date, last: date) -> None:
    """Tell what is talked about beside the guided work."""
    if day > last:
        return
    if child.chance.random() < 0.35:
        child.do(day, "counselling_log", {"상담일자": workday(day).isoformat(), "공개여부": child.chance.choices(["공개", "비공개"], [4, 1])[0]}, hour=16)
    elif child.chance.random() < 0.2:
        child.do(day, "case_conference", {"회의종류": "개별", "회의일시": f"{workday(day)}T14:00"}, hour=17)


def plan(child: Child, day: date) -> dict[str, Any]:
    """Choose a plan that goes with the age."""
    age = day.year - child.birth.year
    grade = {15: "중3", 16: "고1", 17: "고2", 18: "고3"}.get(max(age, 15))
    chosen: dict[str, Any] = {"자립계획구분": child.chance.choices(["진학", "취업", "진학/취업", "미정"], [4, 4, 1, 1])[0]}
    if grade is None:
        return chosen | {"학교선택": "대학교", "학년선택": child.chance.choice(["대1", "대2"])}
    return chosen | {"학교선택": "중학교" if grade == "중3" else "고등학교", "학년선택": grade}


def provided(child: Child) -> bool:
    """Say whether something was provided: without it nothing can be ended."""
    return any(step["what"] == "service_provision" for step in child.steps)


def checked(child: Child, end: date) -> None:
    """Tell the conference before an end, due thirty days ahead of it."""
    day = later(end, days=-child.chance.choice((child.some(32, 75), child.some(32, 75), child.some(6, 29))))
    child.do(day, "case_conference", {"회의종류": "보호종료점검", "회의일시": f"{workday(day)}T14:00"}, hour=15)


def stay(child: Child, eighteen: date) -> None:
    """Tell how somebody stays on past eighteen."""
    if provided(child):
        checked(child, eighteen)
        day = saved(child, later(eighteen, days=-child.some(5, 25)))
        child.do(day, "protection_extension_popup", {"연장일자": min(workday(day), eighteen).isoformat(), "연장사유": "사유1"})


def finish(child: Child, eighteen: date, end: date) -> None:
    """Tell how care ends, saved on the day or, seldom, weeks after."""
    if not provided(child) or workday(end) >= child.today:
        return
    stays = end > eighteen + timedelta(days=30)
    if end < eighteen:
        early(child, eighteen, end)
        return
    money = child.chance.choice([5_000_000, 8_000_000, 10_000_000, 15_000_000])
    half, day = money // 2, later(end, days=-child.some(10, 25))
    uses = [
        {"사용용도": "임차보증금", "금액": half, "사용시작일": workday(end).isoformat()},
        {"사용용도": child.chance.choice(["생활용품 구입", "학원비", "자격증 준비"]), "금액": money - half, "사용시작일": workday(end).isoformat()},
    ]
    checked(child, end)
    child.do(day, "settlement_plan", {"사용계획서제출여부": "제출", "자립정착금총액": money, "사용계획": uses}, hour=16)
    reason = "연장종료" if stays else "만기종료"
    child.do(saved(child, end), "protection_termination", {"종료일": workday(end).isoformat(), "보호종료사유": reason, "자립정착금": money}, hour=17)


def saved(child: Child, day: date) -> date:
    """Choose when something of a day is typed in: not so late that the day is closed by then."""
    closing = child.today - CLOSED
    return day if closing - timedelta(days=70) < day < closing else later(day, days=child.slow(6, 35))


def early(child: Child, eighteen: date, end: date) -> None:
    """Tell how care ends, or pauses, before eighteen."""
    day, room = workday(end).isoformat(), (eighteen - end).days - 75
    if child.kind not in FACILITIES and child.chance.random() < 0.5:
        child.left = day
    elif child.kind not in FACILITIES and room > 60:
        until = later(end, days=child.some(60, min(room, 300)))
        paused = {"일시중지시작일": day, "일시중지종료일": until.isoformat()}
        child.do(end, "protection_termination", {"종료일": day, "보호종료사유": "일시중지", "일시중지": paused}, hour=16)
        back = later(until, days=child.some(3, 12))
        child.do(back, "service_provision", {"사례관리일자": workday(back).isoformat(), "사례관리분야": "그외"}, hour=15)
        home = later(back, days=child.some(15, 50))
        child.do(home, "protection_termination", {"종료일": workday(home).isoformat(), "보호종료사유": "중간종료", "중간종료": {"종료형태": "원가정 복귀"}, "자립정착금": 0}, hour=16)
    else:
        form = child.chance.choice(["원가정 복귀", "전원"])
        inner: dict[str, Any] = {"종료형태": form}
        if form == "전원":
            inner["전원정보"] = {"시설구분": "공동생활가정", "시설명": "이웃 그룹홈(시연)"}
        child.do(saved(child, end), "protection_termination", {"종료일": day, "보호종료사유": "중간종료", "중간종료": inner, "자립정착금": 0}, hour=16)


def crowd(world: dict[str, Any], words: dict[str, Any], children: int, today: date, seed: str) -> dict[str, Any]:
    """Give the world with its new places, people and children."""
    chance = Random(seed)
    since = today - SINCE
    world = world | {"institutions": world["institutions"] + words["places"], "people": employed(world["people"] + people(words), since - timedelta(days=30))}
    staff = {place["id"]: teams(world, place["id"]) for place in world["institutions"]}
    homes = [place for place in world["institutions"] if len(staff[place["id"]][0]) > 0]
    crowded, grown = [], {place["id"]: [] for place in homes}  # type: ignore[var-annotated]
    for number in range(max(children - len(world["cases"]), 0)):
        home = chance.choices(homes, [words["crowded"].get(place["kind"], 1) for place in homes])[0]
        workers, lead = staff[home["id"]]
        owner = chance.choice(workers)
        age = chance.choices([chance.uniform(13.6, 15), chance.uniform(15, 18), chance.uniform(18, 20.6)], [2, 5, 4])[0]
        birth = today - timedelta(days=int(age * 365.25))
        first, late = max(since, later(birth, 12)), min(today - timedelta(days=12), later(birth, 17, 100))
        begun = workday(first + timedelta(days=chance.randint(0, max((late - first).days, 0))))
        entry = begun - timedelta(days=chance.randint(1, max(min((begun - birth).days - 5, 9 * 365), 2)))
        boy = chance.random() < 0.52
        name = chance.choice(words["family_names"]) + chance.choice(words["boys" if boy else "girls"])
        child = Child(chance, today, home["kind"], owner, lead, birth)
        story(child, begun, chance.choice(workers))
        data = {
            "대상자명": name, "성별": "남" if boy else "여", "생년월일": birth.isoformat(), "입소일자": max(entry, birth).isoformat(),
            "주민등록번호": f"{birth:%y%m%d}-{3 if boy else 4}{100000 + number:06}",
        }  # fmt: skip
        registered = {"as": owner, "on": f"{begun}T09:{number % 60:02}", "form": "child_basic_info", "data": data, "fill": 0.1, "confirmed": True}
        called = f"{name} {number}"
        crowded.append({"name": called, "register": registered, "steps": child.steps})
        grown[home["id"]].append((called, child))
    work = list(world.get("institution_work", ())) if world["cases"] else []
    for called, child in (one for place in homes for one in grown[place["id"]] if one[1].left):
        data = {"대상아동": [f"case:{called}"], "종료일": child.left}
        work.append({"as": child.owner, "on": f"{child.left}T16:00", "do": "complete", "what": "other_termination_batch_popup", "data": data, "confirmed": True, "spare": True})
    for place in homes:
        if place["kind"] in FACILITIES:
            work += sessions(chance, grown[place["id"]], staff[place["id"]][0], words["sessions"], today)
    return world | {"cases": world["cases"] + crowded, "institution_work": work, "words": words["forms"], "seed": seed}


def sessions(chance: Random, children: list[tuple[str, Child]], workers: list[str], told: list[dict[str, str]], today: date) -> list[dict[str, Any]]:
    """Tell what a place does with several children at once: a session every few weeks, each reported once over whoever was there."""
    made, day = [], later(today - SINCE, days=chance.randint(60, 120))
    while workday(day) < today:
        day, one = workday(day), chance.choice(told)
        there = [called for called, child in children if _takes_part(child, day)]
        if len(there) > 1:
            names = sorted(chance.sample(there, min(len(there), chance.randint(2, 7))))
            start = chance.choice((10, 14, 15))
            data = {
                "일자": day.isoformat(), "회기일자": day.isoformat(), "제목": one["title"], "프로그램": one["domain"], "내용": one["text"],
                "대상자": [f"case:{name}" for name in names], "진행시간": {"시작시각": f"{start}:00", "종료시각": f"{start + 2}:00"},
            }  # fmt: skip
            made.append({"as": chance.choice(workers), "on": f"{day}T18:30", "do": "complete", "what": "session_report", "data": data, "confirmed": True, "spare": True})
        day = later(day, days=chance.randint(20, 45))
    return made


def _takes_part(child: Child, day: date) -> bool:
    """Say whether a child is a registered one on a day, and not one whose care ended."""
    days = {step["what"]: step["on"][:10] for step in child.steps}
    begun, ended = days.get("child_selfreliance_info"), days.get("protection_termination")
    return begun is not None and begun < day.isoformat() and (ended is None or day.isoformat() < ended)


def people(words: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the people of the new places."""
    made = []
    for number, one in enumerate(words["staff"], 1):
        phone, email = f"010-0000-{1000 + number}", f"{one['login']}@example.kr"
        roles = [{"role": one["role"], "from": "", "to": None}]
        made.append({"login": one["login"], "name": one["name"], "institution": one["place"], "phone": phone, "email": email, "roles": roles})
    return made


def employed(staff: list[dict[str, Any]], since: date) -> list[dict[str, Any]]:
    """Give the people with their roles held since that day."""
    return [one | {"roles": [role | {"from": since.isoformat()} for role in one["roles"]]} for one in staff]


def teams(world: dict[str, Any], place: str) -> tuple[list[str], str]:
    """Give the logins of those who work with children at a place, and of who leads them."""
    by_role = {one["login"]: one["roles"][0]["role"] for one in world["people"] if one["institution"] == place}
    workers = [login for login, role in by_role.items() if role.endswith("_worker")]
    return workers, next((login for login, role in by_role.items() if role.endswith("_manager")), "")


def main() -> None:
    """Print the world."""
    given = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    given.add_argument("world", type=Path)
    given.add_argument("words", type=Path)
    given.add_argument("--children", type=int, default=300)
    given.add_argument("--today", type=date.fromisoformat, default=date.today())  # noqa: DTZ011 -- the day on this machine's wall
    given.add_argument("--seed", default="didimdol")
    asked = given.parse_args()
    world, words = (json.loads(path.read_text(encoding="utf-8")) for path in (asked.world, asked.words))
    json.dump(crowd(world, words, asked.children, asked.today, asked.seed), sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
