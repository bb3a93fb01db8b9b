"""What happened to a case, and who saw or did what to whose data."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from engine.casework import access, cases, telling
from engine.errors import FieldError, Invalid, NotFound
from engine.store.types import KST
from web import answers
from web.api import incoming
from web.unit import unit

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

MOST = 200


def of_case(request: Request) -> Response:
    """Give what happened to `?case=`, first to last."""
    asked = incoming.query(request, {"case": str})
    if "case" not in asked:
        raise Invalid([FieldError("/case", "required", "빠졌습니다.")])
    if not incoming.is_id(asked["case"]):
        raise NotFound
    with unit(request) as desk:
        case = cases.view(desk, asked["case"])  # whoever may not see the case may not see its history
        events = telling.of_case(desk, case.id)
    rows = [{"seq": each.seq, "at": each.at, "by": each.login or None, "by_name": each.name, "kind": each.kind, "detail": each.detail} for each in events]
    return answers.json({"rows": rows})


def accesses(request: Request) -> Response:
    """Give access records, newest first: `?login= &subject= &act= &since= &until= &page= &size=`."""
    asked = incoming.query(request, {"login": str, "subject": str, "act": str, "since": str, "until": str, "page": int, "size": int})
    size = min(int(asked.get("size", 50)), MOST)
    with unit(request) as desk:
        found = access.log(
            desk,
            login=asked.get("login", ""),
            subject=asked.get("subject", ""),
            act=asked.get("act", ""),
            since=_moment(asked, "since"),
            until=_moment(asked, "until"),
            page=int(asked.get("page", 1)),
            size=size,
        )
        access.record(desk, "access.view", target="access records")
    rows = [
        {
            "seq": row.seq,
            "at": row.at,
            "login": row.login,
            "address": row.address,
            "subject": row.subject,
            "act": row.act,
            "target": row.target,
            "reason": row.reason,
            "institution": row.institution_id,
        }
        for row in found.rows
    ]
    return answers.json({"total": found.total, "rows": rows})


def _moment(asked: dict[str, str], name: str) -> datetime | None:
    """Read an ISO moment, in Korean time where it names no zone."""
    if name not in asked:
        return None
    try:
        moment = datetime.fromisoformat(asked[name])
        return moment if moment.tzinfo else moment.replace(tzinfo=KST)
    except ValueError as error:
        raise Invalid([FieldError(f"/{name}", "format", "때는 2024-01-01T09:00:00처럼 적으세요.")]) from error
