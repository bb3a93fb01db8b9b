"""What lists of records find records by: the columns of the edition's views of a form, worked out when a record or what they read of its case changes.

As `projection` does for cases: a value stands once per form and expression, `record_row.shown` keeps all of a record's, `record_value` the sortable keys.
With them stands who sees the record, so that lists are cut in SQL. A draft has a row where a view lists drafts; it goes with the draft.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from engine.casework import depends, sight
from engine.casework.facts import typed
from engine.casework.projection import Column, behind, plain, sortable
from engine.spec.overlay import Over
from engine.spec.sight import EVERYBODY
from engine.store.prepared import prepare
from engine.store.tables import person, record, record_row, record_value, revision
from engine.store.upsert import Upsert

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from engine.casework.dossier import Dossier
    from engine.spec.edition import Edition
    from engine.spec.expression import Fx

THIS = "this"
_MOVING = frozenset({"today", "closing_date"})
_ROW = ["id", "case_id", "institution_id", "form", "draft_id", "task_id", "audience", "shown"]


_NEW = ("institution_id", "audience", "shown")
_put = Upsert(record_row, lambda insert: insert.on_conflict_do_update(index_elements=["id"], set_={name: insert.excluded[name] for name in _NEW}), _ROW)
_insert_values = prepare(insert(record_value))
_drop_values = prepare(delete(record_value).where(record_value.c.row_id == bindparam("of_row")))
_drop = prepare(delete(record_row).where(record_row.c.id == bindparam("of_row")))
_drop_case = prepare(delete(record_row).where(record_row.c.case_id == bindparam("of_case"), record_row.c.draft_id.is_(None)))
_move = prepare(update(record_row).where(record_row.c.case_id == bindparam("of_case")), ["institution_id"])
_rows_of_case = select(record_row.c.id).where(record_row.c.case_id == bindparam("of_case"))
_move_values = prepare(update(record_value).where(record_value.c.row_id.in_(_rows_of_case)), ["institution_id"])
_saved_by = prepare(select(revision.c.saved_by).where(revision.c.record_id == bindparam("record_id")).distinct())
_written = revision.alias("written")
_writers = select(func.count(_written.c.saved_by.distinct())).where(_written.c.record_id == record.c.id).scalar_subquery()
_first, _last = person.alias("first_author"), person.alias("last_author")
_records = prepare(
    select(
        record.c.id, record.c.edition, record.c.created_at, revision.c.data, revision.c.saved_at, _first.c.login.label("by"), _first.c.name.label("by_name"),
        _last.c.login.label("changed_by"), _last.c.name.label("changed_by_name"), _writers.label("writers"),
    )
    .select_from(
        record.join(revision, (revision.c.record_id == record.c.id) & (revision.c.number == record.c.revision))
        .outerjoin(_first, _first.c.id == record.c.created_by)
        .outerjoin(_last, _last.c.id == revision.c.saved_by)
    )
    .where(record.c.case_id == bindparam("case_id"), record.c.form == bindparam("form"), record.c.withdrawn_at.is_(None))
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """What is stored of each record under one edition, and under which name the columns of its views find it."""

    columns: Mapping[str, tuple[Column, ...]]  # form -> what is stored of each of its records
    names: Mapping[tuple[str, str], str]  # (view, column) -> stored name
    where: Mapping[str, str]  # view -> stored name of its condition
    drafts: frozenset[str]  # forms whose drafts are listed too
    depends: Mapping[str, frozenset[str]]  # form -> what its rows depend on beside their record
    any: frozenset[str]  # of any form


@dataclass(frozen=True, slots=True)
class This:
    """One record as its row sees it. `values` are typed, by the form of `edition`; sensitive answers are not among them."""

    id: str
    form: str
    edition: str
    values: Mapping[str, Any]
    saved: date
    by: tuple[str | None, str | None]  # login and name of who saved it first
    changed: date
    changed_by: tuple[str | None, str | None]
    writers: int = 1  # people who saved a revision
    task_id: str | None = None  # of a draft
    new: bool = False  # has no row yet

    def facts(self) -> Mapping[str, Any]:
        """Give what `this` is."""
        told = {"saved": self.saved, "by": self.by[0], "by_name": self.by[1], "changed": self.changed, "writers": self.writers}
        more = {"changed_by": self.changed_by[0], "changed_by_name": self.changed_by[1], "draft": self.task_id is not None}
        return Over({**told, **more}, self.values)


_plans: dict[str, Plan] = {}


def plan(edition: Edition) -> Plan:
    """Give what is stored of each record under `edition`."""
    known = _plans.get(edition.digest)
    if known is None:
        if len(_plans) > 64:  # as in `projection`
            _plans.clear()
        known = _plans[edition.digest] = _make(edition)
    return known


def _make(edition: Edition) -> Plan:
    columns: dict[tuple[str, str, str], Column] = {}
    names, where = {}, {}

    def store(form: str, name: str, value: Fx, kind: str) -> str:
        return columns.setdefault((form, value.source, kind), Column(name, value, kind, _words(edition, value))).name

    listed = [view for view in edition.views.values() if view.of]
    for view in listed:
        for column in view.columns:
            names[view.id, column.id] = store(view.of, f"{view.id}.{column.id}", column.value, column.type)
        if view.where is not None:
            where[view.id] = store(view.of, f"{view.id}?", view.where, "boolean")
    forms = dict.fromkeys(view.of for view in listed)
    of_form = {form: tuple(column for (of, _, _), column in columns.items() if of == form) for form in forms}
    needs = {form: frozenset().union(*(column.depends for column in of_form[form]), _sight_words(edition, form)) for form in forms}
    return Plan(of_form, names, where, frozenset(view.of for view in listed if view.drafts), needs, frozenset().union(*needs.values()))


def _words(edition: Edition, value: Fx) -> frozenset[str]:
    return depends.of_paths(edition, (path for path in value.reads if path.partition(".")[0] != THIS))


def _sight_words(edition: Edition, form_id: str) -> frozenset[str]:
    form = edition.forms.get(form_id)
    read = form.sight.fx.reads if form is not None and form.sight is not None else ()
    return depends.of_paths(edition, (path for path in read if path.partition(".")[0] in ("case", "institution")))


def refresh(dossier: Dossier) -> None:
    """Have the rows of a case's records written that are behind: of records that changed, and of all of a form where what they read of the case did."""
    made, case = plan(dossier.edition), dossier.case
    if made.columns:
        anew = not dossier.fresh and case.shown_edition != dossier.edition.digest
        if anew:
            dossier.write(_drop_case, {"of_case": case.id})
        touched = dossier.touched | (_MOVING if behind(dossier) else frozenset())
        if not dossier.fresh and (anew or depends.hit(made.any, touched)):
            for form, needs in made.depends.items():
                if anew or depends.hit(needs, touched):
                    _all_of(dossier, form)
        for ident, this in dossier.records_changed.items():
            if this is None:
                dossier.write(_drop, {"of_row": ident})
            elif this.form in made.columns:
                _write(dossier, this)
    if dossier.moved:
        values = {"of_case": case.id, "institution_id": case.institution_id}
        dossier.write(_move, values)
        dossier.write(_move_values, values)


def keep_draft(dossier: Dossier, this: This) -> None:
    """Write the row of a draft at once, where its form's drafts are listed."""
    if this.form in plan(dossier.edition).drafts:
        _write(dossier, this)
        for statement, values in dossier.writes:
            statement.run(dossier.desk.connection, values)
        dossier.writes.clear()


def _all_of(dossier: Dossier, form: str) -> None:
    """Write every row of a form anew. Drafts keep theirs, and get another when they are saved again."""
    desk, case = dossier.desk, dossier.case
    for row in _records.all(desk.connection, case_id=case.id, form=form):
        if row.id not in dossier.records_changed:
            values = typed(desk.edition(row.edition), form, row.data, dossier.edition)
            by, changed_by = (row.by, row.by_name), (row.changed_by, row.changed_by_name)
            _write(dossier, This(row.id, form, row.edition, values, row.created_at.date(), by, row.saved_at.date(), changed_by, row.writers))


def _write(dossier: Dossier, this: This) -> None:
    desk, case = dossier.desk, dossier.case
    facts = Over({THIS: this.facts()}, dossier.facts)
    shown = {column.name: plain(column.value(facts), column.type) for column in plan(dossier.edition).columns[this.form]}
    draft = this.id if this.task_id else None
    row = {"id": this.id, "case_id": case.id, "institution_id": case.institution_id, "form": this.form, "draft_id": draft, "task_id": this.task_id}
    dossier.write(_put.on(desk.connection), {**row, "audience": _audience(dossier, this), "shown": shown})
    if not this.new:
        dossier.write(_drop_values, {"of_row": this.id})
    for name, value in shown.items():
        if value is not None:
            dossier.write(_insert_values, {"row_id": this.id, "name": name, "institution_id": case.institution_id, "key": sortable(value)})


def _audience(dossier: Dossier, this: This) -> str:
    held = sight.rule(dossier.edition, dossier.desk.edition(this.edition), this.form)
    return held.audience(sight.scope(dossier, this.values, this.by[0]), dossier.edition.roles.roles) if held else EVERYBODY


def writers(dossier: Dossier, record_id: str) -> int:
    """Count who saved a revision of a record, the person who is about to save one included."""
    known = {row.saved_by for row in _saved_by.all(dossier.desk.connection, record_id=record_id)} | {dossier.desk.actor.person_id or None}
    return len(known - {None})


def listed(dossier: Dossier, form_id: str) -> bool:
    """Say whether records of a form are listed."""
    return form_id in plan(dossier.edition).columns
