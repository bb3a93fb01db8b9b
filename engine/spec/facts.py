"""What an expression of an edition may read, as types: the engine's facts, then the named ones of `edition.json`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spec.formcheck import types_of
from engine.spec.fx_types import ANY, BOOLEAN, DATE, NUMBER, TEXT, FxType, list_of, record, type_of
from engine.spec.view import THIS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.spec.edition import Edition
    from engine.spec.form import Form

_KEPT = {"saved": DATE, "by": TEXT, "by_name": TEXT}
#: What counters of the first page read beside the facts.
TASK = record({"due": DATE, "days_left": NUMBER, "mark": TEXT, "opened": DATE, "form": TEXT, "stage": TEXT, "drafted": BOOLEAN})
_OF_THIS = {"date": DATE, "text": TEXT, "number": NUMBER, "boolean": BOOLEAN}


def fact_types(edition: Edition, all_forms: Iterable[str] = ()) -> dict[str, FxType]:
    """Give name -> type of every fact. Forms of `all_forms` that could not be read hold anything."""
    forms = {name: form_type(form) for name, form in edition.forms.items()}
    forms |= {name: FxType("record", open=True) for name in all_forms if name not in forms}
    kinds = frozenset(kind for role in edition.roles.roles.values() for kind in role.kinds)
    outputs = {decision.id: record(dict.fromkeys(decision.outputs, ANY)) for decision in edition.decisions.values()}
    types = {
        "today": DATE,
        "closing_date": DATE,
        "person": record({**dict.fromkeys(("login", "name", "phone", "email"), TEXT), "roles": list_of(_coded(TEXT, edition.roles.roles))}),
        "people": FxType("record", open=True),
        "cases": FxType("record", open=True),
        "institution": record({**dict.fromkeys(("id", "name", "region", "phone"), TEXT), "kind": _coded(TEXT, kinds) if kinds else TEXT}),
        "case": _case(edition, forms.get(edition.case.form)),
        "record": record({name: record({"count": NUMBER, "made": NUMBER, "first": _kept(form), "last": _kept(form)}) for name, form in forms.items()}),
        "records": record({name: list_of(record({**form.fields, "saved": DATE}, open=form.open)) for name, form in forms.items()}),
        "before": FxType("record", open=True),
        "work": record({name: _kept(form) for name, form in forms.items()}),
        "visits": record({element: NUMBER for process in edition.processes.values() for element in process.elements}),
        "decision": record(outputs),
    }
    for name, fx in edition.facts.items():
        types[name] = type_of(fx, types)
    return types


def guard_types(edition: Edition, types: Mapping[str, FxType]) -> dict[str, FxType]:
    """Give name -> type of the facts that only guards read; `types` are those of `fact_types`."""
    answers: dict[str, FxType] = {}
    for form in types["work"].fields.values():
        for name, kind in form.fields.items():
            answers[name] = kind if answers.get(name, kind).kind == kind.kind else ANY
    unread = any(form.open for form in types["work"].fields.values())
    return {"open": record(dict.fromkeys(edition.processes, NUMBER)), "old": record(answers, open=unread)}


def form_type(form: Form) -> FxType:
    """Give the type of the values of one form. Sensitive answers are no facts, so they are not in it."""
    made = types_of(form.root)
    for pointer in form.sensitive:
        made = _without(made, pointer.split("/")[1:])
    return made


def this_type(form: Form | None) -> FxType:
    """Give the type of `this`: one record of a form in a list of its records. A form that could not be read holds anything."""
    made = form_type(form) if form is not None else record({}, open=True)
    return record({**made.fields, **{name: _OF_THIS[kind] for name, kind in THIS.items()}}, open=made.open)


def _without(kind: FxType, names: list[str]) -> FxType:
    if kind.kind == "list" and kind.item is not None:
        return list_of(_without(kind.item, names[names[0] == "*" :]))
    fields = dict(kind.fields)
    if len(names) > 1 and names[0] in fields:
        fields[names[0]] = _without(fields[names[0]], names[1:])
    else:
        fields.pop(names[0], None)
    return record(fields, open=kind.open)


def _coded(kind: FxType, codes: Iterable[str | int]) -> FxType:
    return FxType(kind.kind, codes=frozenset(codes))


def _kept(form: FxType) -> FxType:
    return record({**form.fields, **_KEPT}, open=form.open)


def _case(edition: Edition, register: FxType | None) -> FxType:
    titles = [status.title for status in edition.case.status]
    own: Mapping[str, FxType] = {
        "number": TEXT, "opened": DATE, "owner": TEXT, "owner_name": TEXT, "status": _coded(TEXT, titles),
    }
    return record({**(register.fields if register else {}), **own}, open=register is None or register.open)
