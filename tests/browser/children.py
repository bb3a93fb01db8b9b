"""Children at some point of the path, prepared through the JSON API, so that a test of one screen need not walk to it."""

from __future__ import annotations

import itertools
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.spec.fx_functions import shift
from engine.store.types import KST

TODAY = datetime.now(KST).date()
WAYS = ("registered", "informed", "assessed", "planned", "supported")
SCORES = {
    "일상생활": (2, 4, 3, 3, 4, 3, 3, 3), "자기보호": (4,) * 5, "지역사회자원활용": (4, 4, 4, 3, 3), "돈관리": (2, 2, 2, 2, 3),
    "사회적기술": (4, 4, 4, 3, 3, 3, 3), "진로탐색": (3, 3, 3, 3, 3, 2),
}  # fmt: skip
_names = (f"{family}{given}" for family, given in itertools.product("강고구권나도류문민방배백변서석선성손송신심안양엄오우원", ("가온", "나래", "다솜", "라온", "마루")))


def day(years: int = 0, days: int = 0) -> str:
    """A date so far from today, as the screens write it."""
    return str(shift(shift(TODAY, years, "년"), days, "일"))


def new_name() -> str:
    """A made-up name no other test of this run uses."""
    return next(_names)


def assessment() -> dict[str, Any]:
    return {"작성일": day(), **{domain: {f"문항{n}": mark for n, mark in enumerate(marks, 1)} for domain, marks in SCORES.items()}}


PLAN = {"자립계획구분": "미정", "학교선택": "재학 중 아님", "학년선택": "해당 없음", "희망주거": "기숙사"}


@dataclass
class Child:
    """A case and where it lives."""

    id: str
    name: str
    tasks: dict[str, str] = field(default_factory=dict)  # form -> open task
    records: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"/cases/{self.id}"

    def start(self, work: str) -> str:
        return f"{self.url}/start/{work}"


class Api:
    """The JSON API as the person signed in on `page` may use it."""

    def __init__(self, page: Any) -> None:
        self._request = page.context.request
        self._token = page.locator("[name=_csrf]").first.get_attribute("value")

    def get(self, path: str) -> Any:
        answer = self._request.get(f"/api{path}")
        assert answer.ok, answer.text()
        return answer.json()

    def post(self, path: str, body: Any) -> Any:
        answer = self._request.post(f"/api{path}", data=body, headers={"X-CSRF-Token": self._token, "Idempotency-Key": uuid.uuid4().hex})
        assert answer.ok, answer.text()
        return answer.json()

    def complete(self, child: Child, form: str, data: dict[str, Any]) -> None:
        """Complete the task of `form` that waits on the child."""
        waiting = self.tasks(child)
        child.records[form] = self.post(f"/tasks/{waiting[form]}/complete", {"data": data})["record"]
        child.tasks = self.tasks(child)

    def put(self, path: str, body: Any) -> Any:
        answer = self._request.put(f"/api{path}", data=body, headers={"X-CSRF-Token": self._token})
        assert answer.ok, answer.text()
        return answer.json()

    def start(self, child: Child, work: str) -> str:
        """Start a work on the child; give the task that waits then."""
        return str(self.post(f"/cases/{child.id}/actions/{work}", {})["task"])

    def finish(self, child: Child, work: str, data: dict[str, Any]) -> None:
        """Start a work and complete its first task."""
        self.post(f"/tasks/{self.start(child, work)}/complete", {"data": data})

    def draft(self, child: Child, work: str, data: dict[str, Any]) -> str:
        """Start a work and keep a draft of its first task; give the task."""
        task = self.start(child, work)
        self.put(f"/tasks/{task}/draft", {"data": data})
        return task

    def tasks(self, child: Child) -> dict[str, str]:
        return {task["form"]: task["id"] for task in self.get(f"/cases/{child.id}")["tasks"]}


def prepare(page: Any, upto: str = "registered", *, age: int = 17, foster: bool = False) -> Child:
    """Make a child of `age` who came as far as `upto`, one of WAYS; the worker signed in on `page` does it."""
    api, name = Api(page), new_name()
    basic = {"대상자명": name, "성별": "여", "생년월일": day(-age, -30), "입소일자": day(-6)}
    child = Child(api.post("/cases", {"form": "child_basic_info", "data": basic})["id"], name)
    steps = {
        "informed": ("child_selfreliance_info", {"입소일자": day(-6), "대상등록일": day(), "입소경로": "보호자 의뢰", "주발생유형": "유기"}),
        "assessed": ("skills_assessment", assessment()),
        "planned": ("selfreliance_plan", {"계획일자": day(), **PLAN}),
        "supported": ("service_provision", {"사례관리일자": day(), "사례관리분야": "그외", "목표": "생활 점검"}),
    }
    for way in WAYS[1 : WAYS.index(upto) + 1]:
        if not (foster and way == "informed"):
            api.complete(child, *steps[way])
    child.tasks = api.tasks(child)
    return child
