from __future__ import annotations

from engine.casework import cases, instances
from engine.casework.dossier import open_task
from engine.spec.process import Process
from tests.casework.library import LESSON


def test_register_and_go_on(library):
    case_id = library.member()
    with library.desk("kim") as desk:
        seen = cases.view(desk, case_id)
    assert (seen.label, seen.number, seen.status) == ("김하나", "2024-0001", "새 회원")
    assert seen.identity == (("주민등록번호", "061205-4******"),)
    task = library.open_tasks(case_id)["lesson"]
    done = library.complete("kim", task.id, LESSON)
    assert done.case_id == case_id


def test_what_just_took_a_step_is_woken_when_something_was_touched_since(library, monkeypatch):
    task = library.open_tasks(library.member())["lesson"]
    woken = []
    wake = Process.wake
    monkeypatch.setattr(Process, "wake", lambda process, *given: woken.append(process.id) or wake(process, *given))
    with library.desk("kim") as desk:
        dossier, found = open_task(desk, task.id)
        work = instances.of_task(dossier, found)
        process = dossier.edition.processes[work.process]
        instances.take(dossier, work, process, process.wake(work.state, instances.facts_of(dossier, work), desk.now))
        work.waits = [{"element": "always", "due": None, "on": ["work"]}]  # worth a look whatever was touched
        woken.clear()
        instances.wake(dossier)
        assert woken == []
        dossier.touch("owner")
        instances.wake(dossier)
        assert woken == ["lifecycle"]
