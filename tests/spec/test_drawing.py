"""A process as it was drawn: every step and flow has its place, nothing lies outside the picture, texts are broken into lines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.spec.drawing import picture
from engine.spec.edition import load_edition
from tests.casework.library import TOY


@pytest.fixture(scope="module")
def processes():
    return load_edition(TOY).processes


def test_every_step_and_flow_is_drawn(processes):
    for process in processes.values():
        drawn = picture(process)
        steps = [box for box in drawn.boxes if box.kind not in ("pool", "lane")]
        assert len(steps) == len([node for node in process.elements.values() if node.id in process.xml.decode()])
        assert len(drawn.arrows) == process.xml.count(b"BPMNEdge bpmnElement") or len(drawn.arrows) == len(process.flows)
        assert {box.kind for box in drawn.boxes} >= {"task", "event"}
        for box in drawn.boxes:
            assert 0 <= box.x <= box.x + box.width <= drawn.width
            assert 0 <= box.y <= box.y + box.height <= drawn.height


def test_the_titles_stand_in_the_picture(processes):
    drawn = picture(processes["keeper_change"])
    told = {"".join(line for _, _, line in box.text).replace(" ", "") for box in drawn.boxes}
    assert {step.title.replace(" ", "") for step in processes["keeper_change"].tasks.values()} <= told


def test_a_file_without_a_drawing_has_no_picture(processes):
    loan = processes["loan"]
    bare = loan.xml[: loan.xml.index(b"<bpmndi:BPMNDiagram")] + loan.xml[loan.xml.index(b"</bpmndi:BPMNDiagram>") + len(b"</bpmndi:BPMNDiagram>") :]
    assert picture(replace(loan, xml=bare)) is None
