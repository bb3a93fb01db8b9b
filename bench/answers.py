"""What is typed in the benches: a person, and a plan whose answers count 60."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

TODAY = date.today()
YEARS_16 = (TODAY - timedelta(days=16 * 366)).isoformat()


def person(n: int) -> dict[str, Any]:
    return {"대상자명": f"측정{n:04d}", "성별": "여", "생년월일": YEARS_16, "입소일자": (TODAY - timedelta(days=600)).isoformat()}


def assessment(form: dict[str, Any]) -> dict[str, Any]:
    """Every item of every domain answered, whatever the items of the edition are."""
    answers: dict[str, Any] = {"작성일": TODAY.isoformat()}
    for name, part in form["properties"].items():
        if part.get("type") == "object":
            answers[name] = {item: 3 for item, spec in part["properties"].items() if not spec.get("readOnly")}
    return answers


def plan() -> dict[str, Any]:
    day, later = TODAY.isoformat(), (TODAY + timedelta(days=90)).isoformat()
    return {
        "계획일자": day,
        "자립계획구분": "진학/취업",
        "학교선택": "고등학교",
        "학년선택": "고3",
        "진학계획": {"대학구분": "4년제", "희망대학명": "한빛대학교", "희망학과명": "간호학과", "등록금조달방안": "국가장학금"},
        "취업계획": {"희망직종": "전문직", "희망직업": "간호사"},
        "희망주거": "기숙사",
        "인턴십": {"인턴회사명": "새봄상사", "인턴기간": {"시작일": day, "종료일": later}},
        "자격증": [{"자격분야": "정보", "자격증명": f"컴퓨터활용능력 {n}급", "발급날짜": day, "발급처": "대한상공회의소"} for n in (1, 2, 3)],
        "학원지원": [{"학원명": "새봄학원", "과정명": f"수학 {n}", "교육시작일": day, "교육종료일": later, "기타": "주 3회"} for n in (1, 2, 3)],
        "직업훈련": [{"훈련기관": "직업학교", "과정명": f"바리스타 {n}", "훈련시작일": day, "훈련종료일": later} for n in (1, 2)],
        "멘토": [{"전문분야": "진로", "멘토성명": f"홍길동{n}", "멘토연령": 30 + n, "기타": "월 1회"} for n in (1, 2, 3)],
    }


def leaves(value: Any) -> int:
    if isinstance(value, dict):
        return sum(leaves(part) for part in value.values())
    if isinstance(value, list):
        return sum(leaves(part) for part in value)
    return 1
