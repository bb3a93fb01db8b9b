"""One record that names many cases, and the record each of them gets from it: written, corrected and taken back together, or not at all.

The record belongs to an institution's own case; its step says which answer names the cases and which form each gets a record of. That form is
filled by its own `x-prefill` and `x-calc`, which read the case's facts and, as `work.<form>`, what the institution's work holds. The institution's
case is locked first, then those named by id, so that two such works never wait for each other in a circle.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.casework import answers as reading
from engine.casework import guards, instances, keeping, reach, sealing
from engine.casework.dossier import open_case
from engine.casework.flush import conclude
from engine.errors import FieldError, Invalid, NotFound
from engine.spec.overlay import Over

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.casework.desk import Desk
    from engine.casework.dossier import Dossier
    from engine.casework.keeping import Stored
    from engine.casework.taskview import Sheet
    from engine.spec.edition import Edition
    from engine.spec.form import Form
    from engine.spec.process import UserTask


@dataclass(slots=True)
class _Share:
    """What one case gets: where the answers name it, its dossier, the record it has from before (None: a new one), what the record will hold."""

    pointer: str
    dossier: Dossier
    before: Stored | None = None
    data: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class _Source:
    """The record that names the cases: of which step of which edition, and what expressions see of it as `work`."""

    dossier: Dossier
    edition: Edition
    step: UserTask
    record_id: str
    work: Mapping[str, Any]

    @property
    def form(self) -> Form:
        """Give the form each case gets a record of."""
        return self.edition.forms[self.step.spread]


def read(seen: Sheet, answers: Mapping[str, Any], *, confirmed: bool, strict: bool) -> Mapping[str, Any]:
    """Read the answers. Raises Invalid, telling also which of the cases they name cannot take part: nothing is confirmed that would be refused."""
    try:
        return reading.read(seen.form, answers, seen.facts, seen.dossier.desk.today, confirmed=confirmed, strict=strict).data
    except Invalid as error:
        if not seen.step.spread:
            raise
        data = seen.form.read(answers, seen.facts, seen.dossier.desk.today, strict=False).data
        told = {one.path for one in error.errors if one.level != "warning"}
        more = [one for one in refusals(seen.dossier, seen.edition, seen.step, data) if one.path not in told]
        raise Invalid([*error.errors, *more]) from None


def refusals(dossier: Dossier, edition: Edition, step: UserTask, data: Mapping[str, Any]) -> list[FieldError]:
    """Say of each case that cannot take part why, as far as that can be told without knowing what its record will hold."""
    if not step.spread:
        return []
    source = _Source(dossier, edition, step, "", {})
    found = []
    for pointer, case_id in _named(step, data):
        try:
            error = _barred(source, _Share(pointer, open_case(dossier.desk, case_id, lock=False)), "complete")
        except NotFound:
            error = _unknown(source, pointer)
        found += [error] if error else []
    return found


def spread(dossier: Dossier, edition: Edition, step: UserTask, record_id: str, data: Mapping[str, Any], work: Mapping[str, Any]) -> None:
    """Give each case the answers name a record. Raises Invalid with a sentence for each that cannot take part."""
    if step.spread:
        source = _Source(dossier, edition, step, record_id, work)
        named = _named(step, data)
        for share in _shares(source, named, {}):
            _write(source, share, "")


def amend(dossier: Dossier, kept: Stored, data: Mapping[str, Any], reason: str) -> None:
    """Let a corrected record take effect on the cases it named and names: revised, begun, or taken back. Raises Invalid."""
    source = _source(dossier, kept, data)
    if source is None:
        return
    for share in _shares(source, _named(source.step, data), _had(dossier.desk, kept.id)):
        _write(source, share, reason)


def withdraw(dossier: Dossier, kept: Stored, reason: str) -> None:
    """Take back what came from a record with it. Raises Invalid with a sentence for each case that cannot give it back."""
    source = _source(dossier, kept, kept.data)
    if source is not None:
        for share in _shares(source, [], _had(dossier.desk, kept.id)):
            _write(source, share, reason)


def _had(desk: Desk, record_id: str) -> dict[str, str]:
    return {share.case_id: share.record_id for share in keeping.shares(desk, record_id)}


def _source(dossier: Dossier, kept: Stored, data: Mapping[str, Any]) -> _Source | None:
    """Give the record as a source, None where its step spreads nothing."""
    edition = dossier.desk.edition(kept.edition)
    process = edition.processes.get(kept.process or "")
    step = process.tasks.get(kept.element or "") if process else None
    if step is None or not step.spread:
        return None
    work = {**instances.made_in(dossier.desk, kept.instance_id, edition), kept.form: edition.forms[kept.form].values(data)}
    return _Source(dossier, edition, step, kept.id, work)


def _named(step: UserTask, data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Give (pointer, case id) of every case the answers name."""
    pointer = "/" + step.cases.replace(".", "/")
    found = sealing.value_at(data, pointer)
    if isinstance(found, list):
        return [(f"{pointer}/{number}", str(each)) for number, each in enumerate(found)]
    return [(pointer, str(found))] if found else []


def _shares(source: _Source, named: list[tuple[str, str]], had: Mapping[str, str]) -> list[_Share]:
    """Take every case in hand that has something to write, by id: those named, and those that have a record already. Raises Invalid."""
    places = {case_id: pointer for pointer, case_id in named}
    whole = "/" + source.step.cases.replace(".", "/")
    found: list[_Share] = []
    wrong: list[FieldError] = []
    for case_id in sorted({*places, *had}):
        try:
            share = _share(source, case_id, places.get(case_id, whole), had.get(case_id), named=case_id in places)
        except Invalid as error:
            wrong += error.errors
        else:
            found += [share] if share else []
    if wrong:
        raise Invalid(sorted(wrong, key=lambda error: _place_of(error.path)))
    return found


def _place_of(path: str) -> tuple[int, str]:
    last = path.rpartition("/")[2]
    return (int(last) if last.isdecimal() else -1, path)


def _share(source: _Source, case_id: str, pointer: str, record_id: str | None, *, named: bool) -> _Share | None:
    """Take one case in hand; None where nothing changes for it. Raises Invalid with the sentence that says why it cannot be."""
    desk = source.dossier.desk
    try:
        dossier = open_case(desk, case_id)
    except NotFound:
        raise Invalid([_unknown(source, pointer)]) from None
    share = _Share(pointer, dossier, keeping.stored(desk, record_id) if record_id else None)
    if named and share.before is not None:
        share.data = _data(source, share)
        if share.data == keeping.whole(desk, share.before):
            return None
    wrong = _barred(source, share, "complete" if share.before is None else "amend" if named else "withdraw")
    if wrong is not None:
        raise Invalid([wrong])
    if named and share.data is None:
        share.data = _data(source, share)
    return share


def _barred(source: _Source, share: _Share, verb: str) -> FieldError | None:
    """Say why a case cannot take part, None where it can. What is out of reach does not exist."""
    dossier = share.dossier
    try:
        reach.demand_sight(dossier)
    except NotFound:
        return _unknown(source, share.pointer, share.before)
    if dossier.case.of_institution or dossier.case.institution_id != source.dossier.case.institution_id:
        return _unknown(source, share.pointer, share.before)
    refused = guards.refusal(dossier, f"{verb}:{source.step.spread}", share.before)
    return _error(share, "refused", refused.message) if refused else None


def _data(source: _Source, share: _Share) -> Mapping[str, Any]:
    """Fill in the form of the record for one case. Raises Invalid where the form refuses what comes of it."""
    form, desk = source.form, source.dossier.desk
    facts = Over({"work": source.work}, share.dossier.facts_seen(source.edition.digest))
    reading = form.read(form.prefill(facts, desk.today), facts, desk.today, confirmed=True, strict=False)
    if reading.errors:
        raise Invalid([_error(share, error.keyword, error.message) for error in reading.errors])
    return reading.data


def _unknown(source: _Source, pointer: str, before: Stored | None = None) -> FieldError:
    title = source.dossier.edition.case.title
    message = f"지금 이 기관에 없는 {title}의 기록은 바꿀 수 없습니다." if before else f"이 기관에 없는 {title}입니다. 빼고 다시 고르세요."
    return FieldError(pointer, "x-case", message, title)


def _error(share: _Share, keyword: str, message: str) -> FieldError:
    return FieldError(share.pointer, keyword, f"{share.dossier.case.label}: {message}", share.dossier.edition.case.title)


def _write(source: _Source, share: _Share, reason: str) -> None:
    """Write what one case gets, with its history and its access record."""
    form, dossier, before = source.form, share.dossier, share.before
    if before is None and share.data is not None:
        made = keeping.keep(dossier, form, source.edition.digest, share.data, instance_id=None, task_id=None, source_id=source.record_id)
        kind, target = "complete", made
    elif before is not None and share.data is not None:
        keeping.revise(dossier, form, before, share.data, reason)
        kind, target = "amend", before.id
    elif before is not None:
        keeping.remove(dossier, form, before, reason)
        kind, target = "withdraw", before.id
    else:
        return
    dossier.tell(source=source.record_id)
    conclude(dossier, kind, target=f"record {target}", reason=reason)
