"""What an edition would do to all that is open, before it is in force: cases, tasks, drafts, records, statistics. Nothing is changed by looking."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from engine.casework import access, drafts, moving
from engine.casework.permits import demand
from engine.errors import Refused
from engine.spec.carry import alike, carrier
from engine.spec.comparable import Comparison, compare
from engine.spec.josa import settle_josa
from engine.spec.mapping import Proposal, parse, proposals
from engine.store.tables import draft, record, task
from engine.store.tables import instance as instance_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from engine.casework.desk import Desk
    from engine.spec.edition import Edition
    from engine.spec.process import Approval, Process, UserTask

MOVES, MAPPING, STAYS = "moves", "mapping", "stays"
_EXAMPLES = 5
_STREAMED = {"yield_per": 1000}


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that would happen: a Korean sentence, to how many, and the cases of some of them by id."""

    sentence: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Impact:
    """`instances` maps "moves" (by itself), "mapping" (needs one) and "stays" to numbers of open instances; `drafts` "keeps", "loses" and "goes" (with its task) to numbers."""

    to_edition: str
    title: str
    cases: int
    instances: Mapping[str, int]
    why: tuple[Effect, ...]
    proposals: tuple[Proposal, ...]
    tasks: int
    task_effects: tuple[Effect, ...]
    drafts: Mapping[str, int]
    lost: tuple[Effect, ...]
    records: tuple[Effect, ...]
    statistics: tuple[Comparison, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """Tell all of it, a sentence each."""
        found = self.instances
        head = (
            f"'{self.title}' 판을 시행하면 열려 있는 건 {self.cases}개의 업무 {sum(found.values())}개 가운데 {found[MOVES]}개는 저절로 옮겨지고, "
            f"{found[MAPPING]}개는 옮길 자리를 정해야 하고, {found[STAYS]}개는 지금 판에 남습니다."
        )
        tasks = f"열린 할 일 {self.tasks}개 가운데 달라지는 것:" if self.task_effects else f"열린 할 일 {self.tasks}개는 그대로입니다."
        kept = (
            f"초안 {sum(self.drafts.values())}개 가운데 {self.drafts['keeps']}개는 모두 남고, {self.drafts['loses']}개는 답을 잃고, "
            f"{self.drafts['goes']}개는 쓸 곳이 없어집니다."
        )
        told = ("지난 기록 가운데 화면이 달라지는 것:",) if self.records else ()
        return (
            head, *_lines(self.why), *map(_proposed, self.proposals), tasks, *_lines(self.task_effects), kept, *_lines(self.lost), *told, *_lines(self.records),
            *_compared(self.statistics),
        )  # fmt: skip


def plain(found: Impact) -> dict[str, Any]:
    """Give all of it as lists and dicts, with the sentences."""
    return {**asdict(found), "statistics": [{**asdict(each), "comparable": each.comparable} for each in found.statistics], "sentences": list(found.sentences)}


def _proposed(each: Proposal) -> str:
    gone = f"- {each.process_title}: 없어진 '{each.title}'({each.step}) 자리"
    return f"{gone}는 새 판의 '{each.target_title}'({each.target})인 듯합니다." if each.target else f"{gone}를 정해 주세요."


def _compared(statistics: Iterable[Comparison]) -> Iterator[str]:
    """Tell the statistics that are others now, one by one, then those that are not."""
    same = []
    for each in statistics:
        if each.comparable:
            same.append(each.title)
        else:
            yield f"통계 '{each.title}': 앞의 판과 견줄 수 없습니다. " + " ".join(each.why)
    if same:
        yield f"앞의 판과 견줄 수 있는 통계: {', '.join(same)}."


def line(count: int, sentence: str) -> str:
    """Tell one effect among the sentences."""
    return f"- {count}개: {sentence}"


def _lines(effects: Iterable[Effect]) -> list[str]:
    return [line(each.count, each.sentence) for each in effects]


@dataclass
class _Tally:
    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, told: str, case_id: str) -> None:
        sentence = settle_josa(told)
        self.counts[sentence] += 1
        some = self.examples.setdefault(sentence, [])
        if case_id and len(some) < _EXAMPLES and case_id not in some:
            some.append(case_id)

    def effects(self) -> tuple[Effect, ...]:
        return tuple(Effect(sentence, count, tuple(self.examples[sentence])) for sentence, count in sorted(self.counts.items(), key=lambda item: (-item[1], item[0])))


def impact(desk: Desk, digest: str, *, mapping: Any = None) -> Impact:
    """Work out what the edition with this digest, in force or not, would do to everything open. Raises Forbidden, NotFound, Invalid (a mapping)."""
    demand(desk, "edition.read")
    new = desk.edition(digest)
    standing = [desk.edition(each) for each in desk.connection.execute(select(instance_table.c.edition).where(instance_table.c.ended_at.is_(None)).distinct()).scalars()]
    older = [each for each in standing if each.digest != digest]
    steps = parse({} if mapping is None else mapping, older, new) if older or mapping else {}
    kinds, why, moved, touched = _instances(desk, new, steps)
    tasks, effects, elements = _tasks(desk, new, steps, moved)
    kept, lost = _drafts(desk, new, elements)
    offered = {(each.process, each.step): each for edition in older for each in proposals(edition, new) if each.step not in steps.get(each.process, {})}
    access.record(desk, "impact.view", target=f"edition {digest}")
    return Impact(
        digest, new.title, len(touched), {kind: kinds[kind] for kind in (MOVES, MAPPING, STAYS)}, why, tuple(offered.values()), tasks, effects,
        {kind: kept[kind] for kind in ("keeps", "loses", "goes")}, lost, _records(desk, new), compare(_before(desk, new), new),
    )  # fmt: skip


def _before(desk: Desk, new: Edition) -> Edition:
    """Give the edition in force, or the new one itself where it is the first."""
    try:
        return desk.edition()
    except Refused:
        return new


def _instances(desk: Desk, new: Edition, steps: Mapping[str, Mapping[str, str]]) -> tuple[Counter[str], tuple[Effect, ...], dict[str, Process], set[str]]:
    kinds: Counter[str] = Counter()
    tally, moved, touched = _Tally(), {}, set()
    columns = [instance_table.c[name] for name in ("id", "case_id", "process", "edition", "state")]
    query = select(*columns).where(instance_table.c.ended_at.is_(None), instance_table.c.edition != new.digest)
    for row in desk.connection.execute(query, execution_options=_STREAMED):
        after, _, reasons = moving.fit(desk.edition(row.edition), new, row.process, row.state, steps)
        kinds[MOVES if not reasons else STAYS if after is None else MAPPING] += 1
        touched.add(row.case_id)
        if not reasons and after is not None:
            moved[row.id] = after
        for sentence in reasons:
            tally.add(sentence, row.case_id)
    return kinds, tally.effects(), moved, touched


def _tasks(
    desk: Desk, new: Edition, steps: Mapping[str, Mapping[str, str]], moved: Mapping[str, Process]
) -> tuple[int, tuple[Effect, ...], dict[str, UserTask | None]]:
    """Give how many tasks are open elsewhere, what becomes of them, and per task that goes over its step there (None: there is none)."""
    tally, count = _Tally(), 0
    elements: dict[str, UserTask | None] = {}
    query = select(task).where(task.c.closed_at.is_(None), task.c.edition != new.digest)
    for row in desk.connection.execute(query, execution_options=_STREAMED):
        count += 1
        process = moved.get(row.instance_id)
        if process is None:
            continue
        told = steps.get(row.process, {})
        now = elements[row.id] = process.tasks.get(told.get(row.element, row.element))
        before = desk.edition(row.edition).processes[row.process].tasks[row.element]
        if now is None:
            tally.add(f"'{row.title}' 할 일이 없어집니다.", row.case_id)
            continue
        for sentence in _differs(desk.edition(row.edition), new, before, now, held=row.person_id is not None):
            tally.add(sentence, row.case_id)
    return count, tally.effects(), elements


def _differs(old: Edition, new: Edition, before: UserTask, now: UserTask, *, held: bool) -> list[str]:
    """Give what becomes of a waiting task, as `moving` does it; `held` says whether it is somebody's."""
    title, found = before.title, []
    if before.title != now.title:
        found.append(f"'{title}'의 이름이 '{now.title}'이(가) 됩니다.")
    if before.form != now.form:
        found.append(f"'{title}'의 서식이 '{old.forms[before.form].title}'에서 '{new.forms[now.form].title}'(으)로 바뀝니다.")
    elif carrier(old.forms[before.form], new.forms[now.form]).same is False or _asks(old, before) != _asks(new, now):
        found.append(f"'{title}'의 화면에서 묻는 것이 바뀝니다.")
    if before.lane != now.lane:
        found.append(f"'{title}'을(를) 하는 사람이 '{before.lane}'에서 '{now.lane}'(으)로 바뀝니다. 맡은 사람을 새로 정합니다.")
    elif moving.source(before.assign) != moving.source(now.assign):
        found.append(f"'{title}'을(를) 맡기는 규칙이 바뀝니다. " + ("이미 맡은 사람은 그대로 맡습니다." if held else "아직 맡은 사람이 없어 새로 정합니다."))
    if moving.source(before.due) != moving.source(now.due):
        found.append(f"'{title}'의 기한을 처음 열린 날을 기준으로 새로 셉니다.")
    if moving.source(before.why) != moving.source(now.why):
        found.append(f"'{title}'을(를) 하는 까닭으로 보이는 말이 바뀝니다.")
    return [*found, *_marked(title, old, new, before, now)]


def _marked(title: str, old: Edition, new: Edition, before: UserTask, now: UserTask) -> Iterator[str]:
    """Give what changes of how a waiting task is shown and decided."""
    if before.mark != now.mark:
        yield f"'{title}'에 붙는 표시가 바뀝니다."
    if before.stage != now.stage:
        stages = [{stage.id: stage.title for stage in edition.case.stages} for edition in (old, new)]
        yield f"'{title}'이(가) 드는 단계가 '{stages[0].get(before.stage, '-')}'에서 '{stages[1].get(now.stage, '-')}'(으)로 바뀝니다."
    if before.approval is None or now.approval is None:
        if before.approval is not now.approval:
            yield f"'{title}'이(가) 승인하는 일이 됩니다." if now.approval is not None else f"'{title}'이(가) 이제 승인하는 일이 아닙니다."
    elif _decides(before.approval) != _decides(now.approval):
        yield f"'{title}'에서 승인하는 방법이 바뀝니다."


def _decides(approval: Approval) -> list[str | None]:
    values = [getattr(approval, each.name) for each in fields(approval)]
    return [each if isinstance(each, str) else moving.source(each) for each in values]


def _asks(edition: Edition, step: UserTask) -> tuple[Any, ...]:
    form = edition.forms[step.form]
    return tuple((pointer, each.required, each.schema) for pointer, each in form.fields.items()), form.schema.get("allOf"), form.schema.get("x-checks")


def _drafts(desk: Desk, new: Edition, elements: Mapping[str, UserTask | None]) -> tuple[Counter[str], tuple[Effect, ...]]:
    """Follow drafts of tasks that go over to their steps, those of cases not registered yet to the form that registers there; the others stay where they are."""
    counts: Counter[str] = Counter()
    tally = _Tally()
    query = select(draft, task.c.case_id).select_from(draft.outerjoin(task, task.c.id == draft.c.task_id)).where(draft.c.edition != new.digest)
    for row in desk.connection.execute(query, execution_options=_STREAMED):
        old = desk.edition(row.edition).forms[row.form]
        if row.task_id is not None and row.task_id not in elements:
            counts["keeps"] += 1
            continue
        step = elements.get(row.task_id)
        form = step.form if step is not None else "" if row.task_id is not None or row.form != new.case.form else row.form
        if not form:
            counts["goes"] += 1
            tally.add(f"'{old.title}' 초안은 {'할 일' if row.task_id is not None else '등록하는 서식'}이 없어져 더 쓸 수 없습니다.", row.case_id or "")
            continue
        lost = carrier(old, new.forms[form]).lost(drafts.raw_of(desk, row))
        counts["loses" if lost else "keeps"] += 1
        for title in lost:
            tally.add(f"'{old.title}' 초안의 '{title}' 답이 없어지거나 다시 골라야 합니다.", row.case_id or "")
    return counts, tally.effects()


def _records(desk: Desk, new: Edition) -> tuple[Effect, ...]:
    """Give how many records were made with forms that ask something else now; they keep the screen of their edition."""
    tally: list[Effect] = []
    query = select(record.c.form, record.c.edition, func.count().label("made"), func.min(record.c.case_id).label("example")).where(record.c.withdrawn_at.is_(None))
    for row in desk.connection.execute(query.group_by(record.c.form, record.c.edition).order_by(record.c.form, record.c.edition)):
        old, now = desk.edition(row.edition).forms.get(row.form), new.forms.get(row.form)
        if old is None or (now is not None and (now is old or alike(old, now))):
            continue
        told = "새 판에 없는 서식입니다." if now is None else "새 판의 화면과 다릅니다."
        tally.append(Effect(f"'{old.title}' 기록은 {told} 만들 때의 화면으로 계속 보입니다.", row.made, (row.example,)))
    return tuple(tally)
