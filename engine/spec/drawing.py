"""A process as it was drawn (BPMN diagram interchange): boxes, arrows and lanes with their texts broken into lines. Pure; the page makes the picture of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.spec.bpmn_parse import ACTIVITIES, BPMN, BPMNDI, GATEWAYS
from engine.spec.xml import local_name, namespace, safe_root

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element as Element

    from engine.spec.process import Process

_DC = "http://www.omg.org/spec/DD/20100524/DC"
_DI = "http://www.omg.org/spec/DD/20100524/DI"
SIZE, LEADING = 12, 16  # of the letters, and from one line to the next
_MARGIN = 12
_NARROW = 0.55  # a letter that is no Hangul, measured in Hangul letters
_AROUND = 96  # how wide the text beside an event or a gateway may be
_TALL = 6  # so many lines at most


@dataclass(frozen=True, slots=True)
class Box:
    """One shape: `kind` is task, gateway, event, frame (with steps of its own inside), pool or lane; `mark` a sign in it; `text` its lines, each (x, y, line) with the middle of the line."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    mark: str
    text: tuple[tuple[float, float, str], ...]

    @property
    def middle(self) -> tuple[float, float]:
        """Give the point in its middle."""
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Arrow:
    """One flow: its points, and its text."""

    points: tuple[tuple[float, float], ...]
    text: tuple[tuple[float, float, str], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything drawn, from (0, 0) to (width, height): what holds others first."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def picture(process: Process) -> Picture | None:
    """Give the drawing of a process; None where its file holds none."""
    root = safe_root(process.xml, process.path)
    names = {each.get("id", ""): each.get("name", "") for each in root.iter() if namespace(each) == BPMN and local_name(each) in ("lane", "participant")}
    shapes = {shape.get("bpmnElement", ""): bounds for shape in root.iter(f"{{{BPMNDI}}}BPMNShape") if (bounds := _bounds(shape)) is not None}
    ways = {edge.get("bpmnElement", ""): points for edge in root.iter(f"{{{BPMNDI}}}BPMNEdge") if len(points := tuple(_points(edge))) > 1}
    if not shapes:
        return None
    left, top = min(x for x, *_ in shapes.values()) - _MARGIN, min(y for _, y, *_ in shapes.values()) - _MARGIN
    boxes = [made for ident, (x, y, width, height) in shapes.items() if (made := _box(process, ident, names, (x - left, y - top, width, height)))]
    arrows = [
        _arrow(process.flows[ident].title, tuple((x - left, y - top) for x, y in points)) for ident, points in ways.items() if ident in process.flows
    ]
    order = {"pool": 0, "lane": 1, "frame": 2}
    boxes.sort(key=lambda box: order.get(box.kind, len(order)))
    width, height = max(box.x + box.width for box in boxes), max(max(box.y + box.height, *(y for _, y, _ in box.text), 0) for box in boxes)
    return Picture(round(width + _MARGIN), round(height + _MARGIN), tuple(boxes), tuple(arrows))


def _bounds(shape: Element) -> tuple[float, float, float, float] | None:
    found = shape.find(f"{{{_DC}}}Bounds")
    if found is None:
        return None
    try:
        x, y, width, height = (float(found.get(name, "")) for name in ("x", "y", "width", "height"))
    except ValueError:
        return None
    return x, y, width, height


def _points(edge: Element) -> Iterator[tuple[float, float]]:
    for point in edge.findall(f"{{{_DI}}}waypoint"):
        try:
            yield float(point.get("x", "")), float(point.get("y", ""))
        except ValueError:
            continue


def _box(process: Process, ident: str, names: dict[str, str], at: tuple[float, float, float, float]) -> Box | None:
    x, y, width, height = at
    if ident in names:
        kind = "lane" if any(lane.value == names[ident] for lane in process.drawing.lanes) else "pool"
        return Box(kind, x, y, width, height, "", ((x + 15, y + height / 2, names[ident]),))
    node = process.elements.get(ident)
    if node is None:
        return None
    if any(inner.scope == ident for inner in process.elements.values()):
        return Box("frame", x, y, width, height, "", _set(_lines(node.title, width - 24), x + width / 2, y + LEADING))
    if node.kind in ACTIVITIES:
        lines = _lines(node.title, width - 12)
        first = y + height / 2 - (len(lines) - 1) * LEADING / 2
        return Box("task", x, y, width, height, "sub" if node.kind in ("callActivity", "subProcess") else node.kind, _set(lines, x + width / 2, first))
    kind = "gateway" if node.kind in GATEWAYS else "event"
    mark = {"exclusiveGateway": "×", "parallelGateway": "+", "inclusiveGateway": "○"}.get(node.kind, "")
    if kind == "event":
        mark = "end" if node.kind == "endEvent" else "start" if node.kind == "startEvent" else node.event.kind
    return Box(kind, x, y, width, height, mark, _set(_lines(node.title, _AROUND), x + width / 2, y + height + LEADING))


def _arrow(title: str, points: tuple[tuple[float, float], ...]) -> Arrow:
    if not title:
        return Arrow(points, ())
    (x, y), (to_x, to_y) = points[0], points[1]
    lines = _lines(title, _AROUND)
    if abs(to_x - x) >= abs(to_y - y):  # beside the start of the first stretch, above it
        return Arrow(points, _set(lines, x + min(max(to_x - x, -60), 60) / 2, y - 8 - (len(lines) - 1) * LEADING))
    return Arrow(points, _set(lines, x + 14 + max(_wide(line) for line in lines) * SIZE / 2, y + (18 if to_y > y else -18)))


def _set(lines: list[str], x: float, y: float) -> tuple[tuple[float, float, str], ...]:
    return tuple((round(x, 1), round(y + at * LEADING, 1), line) for at, line in enumerate(lines))


def _lines(text: str, width: float) -> list[str]:
    """Break a text into lines of at most `width`, between words where they fit."""
    most = max(width / SIZE, 2)
    lines: list[str] = []
    for word in text.split():
        if lines and _wide(f"{lines[-1]} {word}") <= most:
            lines[-1] = f"{lines[-1]} {word}"
            continue
        rest = word
        while _wide(rest) > most:
            cut = next(at for at in range(len(rest), 0, -1) if at == 1 or _wide(rest[:at]) <= most)
            lines.append(rest[:cut])
            rest = rest[cut:]
        if rest:
            lines.append(rest)
    return lines[:_TALL]


def _wide(text: str) -> float:
    return sum(1 if ord(sign) >= 0x1100 else _NARROW for sign in text)
