"""Looking at `x-visible`: rules that cannot be meant, and what would show the answers of a limited form to everybody.

What is worked out once for all (columns of lists, statistics, labels, stages, reasons) may count the records of a limited form, never read them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import Finding
from engine.spec import sight
from engine.spec.crosscheck import reads_of
from engine.spec.facts import form_type
from engine.spec.judge import problems_of
from engine.spec.outline import PATH as OUTLINE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spec.edition import Edition
    from engine.spec.expression import Fx
    from engine.spec.form import Form
    from engine.spec.fx_types import FxType

_AT = "/x-visible"


def check_sight(edition: Edition, types: Mapping[str, FxType]) -> Iterator[Finding]:
    """Look at every rule of sight, and at everything that may not read past one."""
    limited = frozenset(form.id for form in edition.forms.values() if form.sight is not None)
    for ident in sorted(limited & set(edition.parts.forms)):
        document = edition.parts.forms[ident]
        yield from (document.finding(_AT, kind, message) for kind, message in _rule(edition, edition.forms[ident], types))
    if limited:
        yield from _shown_to_all(edition, limited)
        yield from _of_work(edition, limited)


def _rule(edition: Edition, form: Form, types: Mapping[str, FxType]) -> Iterator[tuple[str, str]]:
    held = form.sight
    assert held is not None
    own = form_type(form).fields
    known = sight.known_types(types, own)
    found = problems_of(held.fx, known, ("boolean",))
    yield from found
    if not found:
        yield from (("sight-shape", message) for message in sight.problems(held.fx, known))
    for name in (sight.AUTHOR, sight.PERSON):
        if name in own:
            yield "reserved-name", f"x-visible 이 있는 서식에는 '{name}' 항목을 둘 수 없습니다. 다른 이름을 쓰세요."
    if form.id == edition.case.form:
        yield "sight-of-register", "등록 서식은 대상 전체의 바탕이라 보는 사람을 좁힐 수 없습니다. x-visible 을 지우세요."


def _shown_to_all(edition: Edition, limited: frozenset[str]) -> Iterator[Finding]:
    spec, documents = edition.case, edition.parts.documents
    places: list[tuple[str, str, Fx | None]] = [(OUTLINE, f"/case/{name}", getattr(spec, name)) for name in ("label", "number", "birth", "sex", "short")]
    places += [(OUTLINE, f"/case/stages/{n}/date", stage.date) for n, stage in enumerate(spec.stages)]
    places += [(OUTLINE, f"/case/search/text/{n}", fx) for n, fx in enumerate(spec.search.text)]
    places += [(OUTLINE, f"/home/counters/{n}/cases", counter.cases) for n, counter in enumerate(edition.home)]
    for view in edition.views.values():
        places += [(view.path, "/where", view.where), *((view.path, f"/columns/{n}/value", column.value) for n, column in enumerate(view.columns))]
    for report in edition.reports.values():
        places.append((report.path, "/where", report.where))
        for name, parts in (("groups", report.groups), ("measures", report.measures)):
            places += [(report.path, f"/{name}/{n}/value", part.value) for n, part in enumerate(parts)]
        values = {column.id: column.value for column in report.stored.columns}
        places += [(report.path, f"/filters/{n}/value", values.get(part.column)) for n, part in enumerate(report.filters)]
    for path, pointer, fx in places:
        form = _read(edition, fx, limited)
        if form and path in documents:
            yield documents[path].finding(pointer, "sight-passed", _sentence(form))


def _of_work(edition: Edition, limited: frozenset[str]) -> Iterator[Finding]:
    """Look at what tasks say of themselves, and at forms that begin with what their work made before."""
    for process in edition.processes.values():
        for task in process.tasks.values():
            told = (task.why, task.approval.before if task.approval else None, task.approval.after if task.approval else None)
            passed = next((read for fx in told if (read := _read(edition, fx, limited))), "")
            if passed:
                yield Finding(process.path, task.line, "sight-passed", _sentence(passed))
    for ident, form in edition.forms.items():
        for node in form.nodes.values():
            read = next((read for fx in (node.calc, node.prefill) if (read := _read(edition, fx, limited, ("work",)))), "")
            if read and ident in edition.parts.forms:
                pointer = "".join(f"/{step}" for step in node.at)
                yield edition.parts.forms[ident].finding(pointer, "sight-passed", _sentence(read))


def _sentence(form: str) -> str:
    return f"보는 사람을 좁힌 서식 '{form}'의 답을 모두에게 보이는 곳에서 읽습니다. 기록의 수(count, made)만 쓸 수 있습니다."


def _read(edition: Edition, fx: Fx | None, limited: frozenset[str], heads: tuple[str, ...] = ("record", "work")) -> str:
    """Give the limited form whose answers an expression reads, through named facts too, or ""."""
    for path in sorted(reads_of(edition, fx.reads)) if fx is not None else ():
        head, _, rest = path.partition(".")
        form, _, what = rest.partition(".")
        if head in heads and (form in limited or not form) and what not in ("count", "made"):
            return form or min(limited)
    return ""
