"""Which step of an older edition goes on at which step of a newer one: read from a file, held against both editions, proposed from what they share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.errors import FieldError, Invalid
from engine.spec.spiff_rebind import CLOSE, HOLDERS, STAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.spec.bpmn_parse import Node
    from engine.spec.edition import Edition
    from engine.spec.process import Process

PROCESS = "@process"  # stands for the process itself: its id in the newer edition
Steps = Mapping[str, str]
_WAITING = frozenset({"userTask", "intermediateCatchEvent", *HOLDERS})
_LIKE = 3  # points from which two steps pass for the same


@dataclass(frozen=True, slots=True)
class Proposal:
    """A step of the older edition that is gone, and the one that looks like it in the newer one ("" where none does)."""

    process: str
    process_title: str
    step: str
    title: str
    target: str
    target_title: str


def parse(data: Any, old: Iterable[Edition], new: Edition) -> dict[str, dict[str, str]]:
    """Read {process: {old step: new step | "close" | "stay", "@process": new process}}. Raises Invalid naming every word neither edition knows."""
    faults: list[FieldError] = []
    editions = tuple(old)
    made: dict[str, dict[str, str]] = {}
    if not isinstance(data, Mapping):
        raise Invalid([FieldError("/mapping", "type", '옮길 자리는 {"절차": {"전의 단계": "새 단계"}} 모양으로 적으세요.')])
    for name, steps in data.items():
        known = [edition.processes[name] for edition in editions if name in edition.processes]
        if not known or not isinstance(steps, Mapping):
            faults.append(FieldError(f"/mapping/{name}", "enum", f"'{name}' 절차는 전의 판에 없습니다."))
            continue
        target = new.processes.get(str(steps.get(PROCESS, name)))
        if target is None:
            faults.append(FieldError(f"/mapping/{name}", "enum", f"'{steps.get(PROCESS, name)}' 절차는 새 판에 없습니다."))
            continue
        faults += _faults(name, steps, known, target)
        made[str(name)] = {str(step): str(told) for step, told in steps.items()}
    if faults:
        raise Invalid(faults)
    return made


def _faults(name: str, steps: Mapping[Any, Any], known: list[Process], target: Process) -> Iterator[FieldError]:
    for step, told in steps.items():
        if step == PROCESS:
            continue
        if not any(step in process.elements for process in known):
            yield FieldError(f"/mapping/{name}/{step}", "enum", f"'{step}' 단계는 전의 판의 '{known[0].title}'에 없습니다.")
        elif told not in (CLOSE, STAY) and told not in target.elements:
            yield FieldError(f"/mapping/{name}/{step}", "enum", f"'{told}' 단계는 새 판의 '{target.title}'에 없습니다. 새 단계의 id, close, stay 가운데 하나를 적으세요.")


def proposals(old: Edition, new: Edition) -> tuple[Proposal, ...]:
    """Give every step an instance can wait at that the newer edition lacks, with the one most like it: the same form, title, kind or neighbours."""
    found: list[Proposal] = []
    for name, process in old.processes.items():
        target = new.processes.get(name)
        if target is not None:
            found += _gone(process, target)
    return tuple(found)


def gone(old: Iterable[Edition], new: Edition) -> tuple[Process, ...]:
    """Give every process of the older editions whose id the newer one does not have: its work stays, but where `PROCESS` says under which id it goes on."""
    return tuple({name: process for edition in old for name, process in edition.processes.items() if name not in new.processes}.values())


def _gone(old: Process, new: Process) -> Iterator[Proposal]:
    taken: set[str] = set()
    added = [node for node in new.elements.values() if node.id not in old.elements and node.kind in _WAITING]
    for node in old.elements.values():
        if node.kind in _WAITING and node.id not in new.elements:
            points = {each.id: _alike(old, new, node, each) for each in added if each.id not in taken and each.kind == node.kind}
            best = max(points, key=lambda each: points[each], default="")
            target = best if best and points[best] >= _LIKE else ""
            taken.add(target)
            yield Proposal(old.id, old.title, node.id, node.title or node.id, target, (new.elements[target].title or target) if target else "")


def _alike(old: Process, new: Process, one: Node, other: Node) -> int:
    points = 2 * (one.title == other.title != "") + (one.lane == other.lane)
    if one.id in old.tasks and other.id in new.tasks:
        points += 3 * (old.tasks[one.id].form == new.tasks[other.id].form)
    points += 2 * (one.event.text.value == other.event.text.value != "")
    for ends in (("source", "target"), ("target", "source")):
        before = {getattr(flow, ends[0]) for flow in old.flows.values() if getattr(flow, ends[1]) == one.id}
        after = {getattr(flow, ends[0]) for flow in new.flows.values() if getattr(flow, ends[1]) == other.id}
        points += 2 * bool(before & after)
    return points
