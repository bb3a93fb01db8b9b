"""What changed in a process or a decision table: steps, who does them and when, ways between them, rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spec.change import Item, Teller, by_id, fx_text, listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.spec.bpmn_parse import Flow, Node
    from engine.spec.decision import Decision, Row
    from engine.spec.decision_cells import Cell, Test
    from engine.spec.process import Process

_STEP = {
    "kind": "종류", "lane": "맡는 레인", "form": "서식", "due": "기한", "assign": "맡길 사람", "owner": "담당이 될 사람", "institution": "넘길 기관", "why": "까닭", "mark": "표시",
    "stage": "단계", "decision": "정하는 것", "approve": "승인하는 답", "return": "돌려보내는 답", "comment": "의견 자리", "before": "바꾸기 전 값", "after": "바꾼 뒤 값",
    "what": "승인할 일", "operation": "하는 일", "waits": "기다리는 것", "border": "붙은 자리", "calls": "부르는 것", "inside": "들어 있는 곳",
    "spread": "저마다 남길 서식", "cases": "대상을 적은 답",
}
_NOUNS = {"Gateway": "갈림길", "Event": "사건", "subProcess": "묶음", "callActivity": "부르는 절차", "businessRuleTask": "판단", "serviceTask": "자동 작업"}
_WAYS = {"condition": "조건", "from": "시작하는 곳", "to": "가는 곳", "otherwise": "이제 다른 조건이 모두 아닐 때의 길입니다.|이제 다른 조건이 모두 아닐 때의 길이 아닙니다."}
_PROCESS = {"kind": "종류", "start": "시작할 수 있는 레인", "stage": "단계", "of": "무엇의 일"}
_WAITS = {"conditional": "될 때까지", "message": "알림"}


def process_items(processes: Mapping[str, Process]) -> dict[str, Item]:
    """Give each process as one thing."""
    return {ident: Item(each.title, {"kind": each.kind, "start": listed(each.start), "stage": each.stage, "of": each.of}) for ident, each in processes.items()}


PROCESS_WORDS = _PROCESS


def tell_process(teller: Teller, old: Process, new: Process) -> None:
    """Tell what changed from `old` to `new`, but for what `process_items` holds."""
    aliases = _again(old, new)
    before, after = old.drawing.nodes, new.drawing.nodes
    for ident, node in after.items():
        was = before.get(aliases.get(ident, ident))
        if ident in aliases:
            teller.tell("step-renamed", f"{_noun(node)} '{node.title}'의 id가 '{aliases[ident]}'에서 '{ident}'(으)로 바뀌었습니다.", aliases[ident], ident)
        teller.both(_noun(node), _kind(node), _node(was) if was is not None else None, _node(node), _STEP)
    here = {aliases.get(ident, ident) for ident in after}
    for ident, node in before.items():
        if ident not in here:
            teller.both(_noun(node), _kind(node), _node(node), None, _STEP)
    _flows(teller, old, new, aliases)


def _again(old: Process, new: Process) -> dict[str, str]:
    """Give new id -> old id of steps that kept kind, title and form but not their id."""

    def look(node: Node) -> tuple[str, ...]:
        return (node.kind, node.title, *(node.props[name].value for name in ("form", "decision") if name in node.props))

    gone = {look(node): ident for ident, node in old.drawing.nodes.items() if ident not in new.drawing.nodes and node.title}
    return {ident: gone[look(node)] for ident, node in new.drawing.nodes.items() if ident not in old.drawing.nodes and look(node) in gone}


def _kind(node: Node) -> str:
    return "step" if "Task" in node.kind else "element"


def _noun(node: Node) -> str:
    if node.kind in ("userTask", "manualTask"):
        return "단계"
    return next((noun for end, noun in _NOUNS.items() if node.kind.endswith(end)), "요소")


def _node(node: Node) -> Item:
    props = {name: text.value for name, text in node.props.items()}
    waits = f"{node.event.text.value} {_WAITS.get(node.event.kind, '')}".strip() if node.event.kind != "none" else ""
    waits = waits if waits or node.event.kind == "none" else node.event.kind
    border = f"{node.attached}{'' if node.interrupting else ' (멈추지 않음)'}" if node.attached else ""
    title = node.title or node.id
    return Item(title, {"kind": node.kind, "lane": node.lane, **props, "waits": waits, "border": border, "calls": node.called if "decision" not in props else "", "inside": node.scope})


def _flows(teller: Teller, old: Process, new: Process, aliases: Mapping[str, str]) -> None:
    """Ways to and from a step that is new or gone are part of that; unless they ask a condition."""
    before, after = old.drawing, new.drawing
    names = {old_id: ident for ident, old_id in aliases.items()}
    kept = {ident for ident in after.nodes if aliases.get(ident, ident) in before.nodes}
    ends = {(names.get(flow.source, flow.source), names.get(flow.target, flow.target)): ident for ident, flow in before.flows.items() if ident not in after.flows}
    taken: set[str] = set()
    for ident, flow in after.flows.items():
        same = ident if ident in before.flows else ends.get((flow.source, flow.target), "")
        plain = flow.condition is None and not {flow.source, flow.target} <= kept
        if same and same not in taken:
            taken.add(same)
            was = before.flows[same]
            swapped = {names.get(was.source, was.source), names.get(was.target, was.target), flow.source, flow.target} <= kept
            teller.both("길", "flow", _way(old, was, names, whole=swapped), _way(new, flow, {}, whole=swapped), _WAYS)
        elif not plain:
            teller.both("길", "flow", None, _way(new, flow, {}), _WAYS)
    for ident, flow in before.flows.items():
        if ident not in taken and {names.get(flow.source, flow.source), names.get(flow.target, flow.target)} <= kept:
            teller.both("길", "flow", _way(old, flow, names), None, _WAYS)


def _way(process: Process, flow: Flow, names: Mapping[str, str], *, whole: bool = True) -> Item:
    """Give a way; its ends by id, which stays when a step gets another title. Its own title is that of its ends where it has none."""
    nodes = process.drawing.nodes
    otherwise = any(node.default == flow.id for node in nodes.values())
    aspects = {"condition": flow.condition.value.strip() if flow.condition else "", "otherwise": "예" if otherwise else ""}
    if whole:
        aspects |= {"from": names.get(flow.source, flow.source), "to": names.get(flow.target, flow.target)}
    return Item(flow.title or f"{names.get(flow.source, flow.source)} → {names.get(flow.target, flow.target)}" if whole else flow.title or flow.id, aspects)


# -- decision tables


def tell_decision(teller: Teller, old: Decision, new: Decision, noun: str, kind: str) -> None:
    """Tell what changed from one table to the other; rows go by id."""
    if old.title != new.title:
        teller.tell(f"{kind}-table-title", f"판단표 '{old.title}'의 이름이 '{new.title}'(으)로 바뀌었습니다.", old.title, new.title)
    teller.value("판단표", f"{kind}-policy", "줄을 고르는 방법", old.policy, new.policy)
    columns = [listed(column.fx.source for column in table.columns) + " → " + listed(table.outputs) for table in (old, new)]
    if columns[0] != columns[1]:
        teller.tell(f"{kind}-columns", "판단표의 열이 바뀌었습니다.", *columns)
    words = {f"in-{place}": f"'{column.label or column.fx.source}' 칸" for table in (old, new) for place, column in enumerate(table.columns)}
    words |= {name: {"message": "알림말", "page": "매뉴얼 쪽"}.get(name, f"'{name}' 값") for table in (old, new) for name in table.outputs}
    teller.items(noun, kind, by_id([(row.id, row_item(old, row)) for row in old.rows]), by_id([(row.id, row_item(new, row)) for row in new.rows]), words,
                 ordered=new.policy == "FIRST")


def row_item(table: Decision, row: Row) -> Item:
    """Give one row as a thing: its cells and what it says."""
    cells = {f"in-{place}": _cell(cell) for place, cell in enumerate(row.cells)}
    return Item(row.note or row.id, {**cells, **{name: fx_text(value) for name, value in zip(table.outputs, row.outputs, strict=True)}})


def _cell(cell: Cell) -> str:
    if cell.always:
        return ""
    text = listed(_test(test) for test in cell.tests)
    return f"not({text})" if cell.negated else text


def _test(test: Test) -> str:
    if test.sign == "between":
        return f"{'(' if test.open_[0] else '['}{fx_text(test.first)}..{fx_text(test.second)}{')' if test.open_[1] else ']'}"
    return fx_text(test.first) if test.sign in ("holds", "==") else f"{test.sign} {fx_text(test.first)}"
