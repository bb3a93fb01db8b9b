"""An edition looked at before it is in force: what it would do, which old records it would refuse, what its scenarios exercise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.casework import studies
from web import answers
from web.office import asked, editionpage, words
from web.office.coming import candidate
from web.office.sheet import sheet
from web.unit import unit
from web.visit import after_commit

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from engine.casework.studies import Study

HERE = editionpage.HERE
_ALL = "all"


def show(request: Request) -> Response:
    """Show the studies of an edition: asked for, on their way, done."""
    with unit(request) as desk:
        one = editionpage.which(desk, request.path_params["digest"])
        held = studies.latest(desk, one.digest)
        told = [
            {"kind": kind, "title": title, "hint": hint, **editionpage.study(held.get(kind)), "result": _shown(held.get(kind))} for kind, (title, hint) in words.STUDIES.items()
        ]
        context = {"title": words.TRIAL, "of": one.title, "at": f"{HERE}/{one.digest}", "studies": told, "busy": any(each["busy"] for each in told)}
        return sheet(request, desk, "trial.html", context, here=HERE, crumbs=editionpage.crumbs(one, words.TRIAL))


def ask(request: Request) -> Response:
    """Ask for one study, or for all of them; they are done beside the requests."""
    kind = asked.posted(request, "kind")["kind"]
    with unit(request) as desk:
        one = editionpage.which(desk, request.path_params["digest"])
        if kind == _ALL:
            candidate.look(request, desk, one.digest)
            return answers.redirect(f"{HERE}/{one.digest}", flash=words.ASKED)
        studies.ask(desk, one.digest, kind, {"mapping": dict(one.mapping)} if kind == studies.IMPACT else None)
        after_commit(request, request.app.state.wake)
    return answers.redirect(f"{HERE}/{one.digest}/trial#{kind}", flash=words.ASKED)


def _shown(study: Study | None) -> Any:
    if study is None or study.result is None:
        return None
    result = dict(study.result)
    if study.kind == studies.SCENARIOS:
        result["counts"] = [(words.COVERED[kind], met, every) for kind, (met, every) in result["counts"].items()]
        result["missing"] = [(words.COVERED[kind], title) for kind, title in result["missing"]]
    return result
