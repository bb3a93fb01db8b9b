"""Open cases go over to another edition and back: tasks, drafts, waits and facts follow; what cannot move is told and stays usable."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from engine.casework import cases, history, marching, moves, publishing, records, tasks, timers, verify
from engine.casework.beside import beside
from engine.errors import Forbidden, Invalid, Refused
from engine.spec.folder import read_folder
from engine.store.tables import draft, instance, task
from tests.casework.library import LEAVE, LESSON, LOAN, TOY, Library

FILES = read_folder(TOY)
LIFE, LESSON_FORM, MEMBER_FORM = "workflows/lifecycle.bpmn", "forms/lesson.json", "forms/member.json"
GROUP, GROUP_FORM, ATTENDANCE = "workflows/group_lesson.bpmn", "forms/group_lesson.json", "forms/attendance.json"


def edited(name, *edits):
    """The toy edition with some text changed, under another title."""
    files = dict(FILES)
    for path, before, after in (("forms/edition.json", '"title": "공구', f'"title": "{name} 공구'), *edits):
        text = files[path].decode()
        assert before in text, (path, before)
        files[path] = text.replace(before, after).encode()
    return {path: data for path, data in files.items() if not path.startswith("workflows/scenarios/")}


RENAMED = (
    (LIFE, ' id="lesson"', ' id="training"'), (LIFE, 'Ref="lesson"', 'Ref="training"'), (LIFE, 'bpmnElement="lesson"', 'bpmnElement="training"'),
    (LIFE, "visits.lesson", "visits.training"), (LIFE, 'name="due" value="14"', 'name="due" value="20"'),
)
OTHER_FIELD = ((LESSON_FORM, "문항1", "첫문항"), (LESSON_FORM, '"첫문항": {"title"', '"첫문항": {"x-was": ["문항1"], "title"'))


@pytest.fixture
def people(library):
    library.hire("author", "가지점", "author")
    library.hire("second", "가지점", "approver")
    return library


def publish(people, files, since=date(2024, 1, 1)):
    return Library.publish(people, files, since)


def snapshot(people):
    """Everything that moving may touch, as it is used."""
    with people.database.read() as connection:
        rows = connection.execute(select(instance.c.id, instance.c.edition, instance.c.process, instance.c.state, instance.c.waits, instance.c.open, instance.c.ended_at).order_by(instance.c.id)).all()
        kept = [column for column in task.columns if column.name != "version"]
        return [tuple(row) for row in rows], [tuple(row) for row in connection.execute(select(*kept).order_by(task.c.id))], connection.execute(select(draft)).all()


def go(people, run_id, **more):
    return marching.work(people.database, people.editions, people.cipher, lambda: people.now, run_id, **more)


def run(people, to, **more):
    with people.desk("second") as desk:
        made = moves.begin(desk, to, **more)
    return go(people, made)


def sound(people):
    with people.desk() as desk:
        return [trouble for trouble in verify.verify(desk) if trouble.check != "접속기록"]


def test_a_renamed_step_moves_by_its_mapping_with_task_and_draft(people):
    case_id = people.member()
    waiting = people.open_tasks(case_id)["lesson"]
    with people.desk("kim") as desk:
        tasks.save_draft(desk, waiting.id, {"교육일": "2024-11-22", "문항1": 2, "문항2": 4})
    before = snapshot(people)
    digest = publish(people, edited("새", *RENAMED, *OTHER_FIELD))
    with people.desk("second") as desk:
        planned = moves.plan(desk, digest)
        mapped = moves.plan(desk, digest, mapping={"lifecycle": {"lesson": "training"}})
    assert (planned.cases, planned.moved, planned.stayed) == (1, 0, 1)
    assert planned.why[0].sentence == "회원의 길: '안전교육' 단계가 새 판에 없습니다."
    assert (mapped.moved, mapped.instances_moved, mapped.why) == (1, 1, ())
    assert snapshot(people) == before
    done = run(people, digest, mapping={"lifecycle": {"lesson": "training"}})
    assert (done.state, done.total, done.counts) == ("moved", 1, {"moved": 1})
    with people.desk("kim") as desk:
        seen = tasks.view(desk, waiting.id)
        assert (seen.edition, seen.due, seen.answers["첫문항"]) == (digest, date(2024, 12, 12), 2)
        assert [event.kind for event in history.of_case(desk, case_id)] == ["register", "move"]
        assert cases.view(desk, case_id).edition == people.digest  # registered under the old one
    assert sound(people) == []
    with people.desk("second") as desk:
        moves.undo(desk, done.id)
    undone = go(people, done.id)
    assert (undone.state, undone.counts) == ("undone", {"undone": 1})
    assert snapshot(people) == before
    assert sound(people) == []
    people.complete("kim", waiting.id, LESSON)
    assert set(people.open_tasks(case_id)) == {"loan"}


def test_what_cannot_move_stays_and_goes_on(people):
    going, staying = people.member(), people.member("lee")
    people.complete("kim", people.open_tasks(going)["lesson"].id, LESSON)
    digest = publish(people, edited("새", *RENAMED))
    done = run(people, digest)
    assert done.counts == {"moved": 1, "stayed": 1}
    assert done.why[0].examples == (staying,)
    people.complete("lee", people.open_tasks(staying, "lee")["lesson"].id, LESSON)
    assert set(people.open_tasks(staying, "lee")) == {"loan"}
    assert sound(people) == []
    again = run(people, digest)  # now it stands where both drawings agree
    assert again.counts == {"moved": 1}
    with people.database.read() as connection:
        assert set(connection.execute(select(instance.c.edition)).scalars()) == {digest}


def test_a_work_that_is_closed_on_the_way_comes_back(people):
    """The step a work stands at is gone: the mapping closes it, so the work ends; undoing opens it again, with its draft."""
    case_id = people.member()
    with people.desk("kim") as desk:
        started = tasks.start(desk, case_id, "keeper_change")
        tasks.save_draft(desk, started, {"변경사유": "이사"})
    with people.desk("kim") as desk:
        (work,) = [each for each in cases.view(desk, case_id).tasks if each.id == started]
        element = desk.edition().processes["keeper_change"].tasks
    before = snapshot(people)
    digest = publish(people, edited("새"))
    step = next(each for each in element if element[each].form == work.form)
    done = run(people, digest, mapping={"keeper_change": {step: "close"}})
    assert done.counts == {"moved": 1}
    with people.desk("kim") as desk:
        assert started not in {each.id for each in cases.view(desk, case_id).tasks}
    assert sound(people) == []
    with people.desk("second") as desk:
        moves.undo(desk, done.id)
    assert go(people, done.id).counts == {"undone": 1}
    assert snapshot(people) == before
    assert sound(people) == []


def test_what_began_under_an_edition_taken_back_goes_on_there_or_is_moved_to_the_one_before(people):
    hasty = publish(people, edited("성급한", *RENAMED))
    case_id = people.member()
    with people.desk("second") as desk:
        publishing.withdraw(desk, hasty, "잘못 공표")
    with people.desk("kim") as desk:
        assert (cases.view(desk, case_id).edition, desk.edition().digest) == (hasty, people.digest)
        assert tasks.view(desk, cases.view(desk, case_id).tasks[0].id).edition == hasty
    newer = people.member()
    with people.desk("kim") as desk:
        assert cases.view(desk, newer).edition == people.digest
    with pytest.raises(Refused), people.desk("second") as desk:
        moves.begin(desk, hasty)
    done = run(people, people.digest, origin=hasty, mapping={"lifecycle": {"training": "lesson"}})
    assert (done.total, done.counts) == (1, {"moved": 1})
    people.complete("kim", people.open_tasks(case_id)["lesson"].id, LESSON)
    assert set(people.open_tasks(case_id)) == {"loan"}
    assert sound(people) == []


def test_one_case_that_fails_stops_no_other(people, monkeypatch):
    from engine.casework import moving

    first, second = people.member(), people.member("lee")
    digest = publish(people, edited("새"))
    plain = moving.move

    def failing(dossier, *more):
        if dossier.case.id == first:
            plain(dossier, *more)
            raise RuntimeError("secret")
        return plain(dossier, *more)

    monkeypatch.setattr(moving, "move", failing)
    done = run(people, digest)
    assert done.counts == {"failed": 1, "moved": 1}
    assert done.why[0].sentence == "처리하지 못했습니다(RuntimeError)."
    with people.database.read() as connection:
        standing = dict(connection.execute(select(instance.c.case_id, instance.c.edition)).all())
    assert standing == {first: people.digest, second: digest}
    assert sound(people) == []


def test_a_run_goes_on_where_it_was_stopped(people):
    for _ in range(3):
        people.member()
    digest = publish(people, edited("새"))
    with people.desk("second") as desk:
        made = moves.begin(desk, digest)
    with people.desk("second") as desk:
        assert marching.step(desk, made, 2)
    with people.desk("second") as desk:
        seen = moves.run_of(desk, made)
        assert (seen.state, seen.done, seen.total) == ("moving", 2, 3)
        assert marching.unfinished(desk) == [made]
    with pytest.raises(RuntimeError), people.desk("second") as desk:
        marching.step(desk, made, 2)
        raise RuntimeError("killed")
    assert go(people, made).counts == {"moved": 3}
    with people.desk("second") as desk:
        assert marching.unfinished(desk) == []
        assert [len(moves.cases_of(desk, made, outcome)) for outcome in ("moved", "stayed")] == [3, 0]


def test_a_run_is_stopped_and_undone_on_its_way(people):
    for _ in range(3):
        people.member()
    before = snapshot(people)
    digest = publish(people, edited("새"))
    with people.desk("second") as desk:
        made = moves.begin(desk, digest)
    with pytest.raises(Refused), people.desk("second") as desk:
        moves.begin(desk, digest)  # one at a time
    with people.desk("second") as desk:
        assert marching.step(desk, made, 1)
        moves.undo(desk, made)
        assert moves.run_of(desk, made).done == 2
    back = go(people, made)
    assert (back.state, back.done, back.counts) == ("undone", 3, {"undone": 1, "": 2})
    assert snapshot(people) == before
    with people.desk("second") as desk:
        first = moves.cases_of(desk, made, "", most=1)
        assert len(first) == len(moves.cases_of(desk, made, "", after=first[0].case_id)) == 1
    assert run(people, digest).counts == {"moved": 3}


def test_a_case_that_went_on_is_not_moved_back(people):
    went, drafted, quiet = people.member(), people.member(), people.member()
    digest = publish(people, edited("새"))
    done = run(people, digest)
    people.now += timedelta(hours=1)
    people.complete("kim", people.open_tasks(went)["lesson"].id, LESSON)
    waiting = people.open_tasks(drafted)["lesson"].id
    with people.desk("kim") as desk:
        tasks.save_draft(desk, waiting, {"문항1": 1})
    with people.desk("second") as desk:
        moves.undo(desk, done.id)
    back = go(people, done.id)
    assert back.counts == {"kept": 2, "undone": 1}
    assert {why.sentence for why in back.why} == {"옮긴 뒤에 일이 더 있어 되돌릴 수 없습니다.", "옮긴 뒤에 저장한 초안이 있어 되돌릴 수 없습니다."}
    with people.database.read() as connection:
        standing = dict(connection.execute(select(instance.c.case_id, instance.c.edition)).all())
    assert standing == {went: digest, drafted: digest, quiet: people.digest}
    with pytest.raises(Refused), people.desk("second") as desk:
        moves.undo(desk, done.id)
    assert sound(people) == []


def test_who_may_and_what_is_refused(people):
    people.member()
    waiting = edited("새")
    with people.desk("author") as desk:
        digest = publishing.publish(desk, waiting)
    with pytest.raises(Forbidden), people.desk("kim") as desk:
        moves.plan(desk, digest)
    with pytest.raises(Refused), people.desk("second") as desk:
        moves.begin(desk, digest)
    for mapping in ({"nothing": {}}, {"lifecycle": {"nowhere": "lesson"}}, {"lifecycle": {"lesson": "nowhere"}}, [], {"lifecycle": {"@process": "nothing"}}):
        with pytest.raises(Invalid), people.desk("second") as desk:
            moves.plan(desk, digest, mapping=mapping)


def test_nothing_moves_to_an_edition_before_its_day(people):
    people.member()
    digest = publish(people, edited("새"), date(2024, 11, 23))
    with people.desk("second") as desk:
        assert moves.plan(desk, digest).moved == 1
    with pytest.raises(Refused, match="2024-11-23부터 시행될"), people.desk("second") as desk:
        moves.begin(desk, digest)
    people.now += timedelta(days=1)
    assert run(people, digest).counts == {"moved": 1}


def test_five_years_with_one_case(people):
    """A case that is never finished: every year an edition comes, renames fields, codes and steps, and the case goes along."""
    case_id = people.member()
    people.complete("kim", people.open_tasks(case_id)["lesson"].id, LESSON)
    people.submit("kim", case_id, "loan", LOAN)
    names = ["회원명"]
    for year in range(2025, 2030):
        names.append(f"이름{year}")
        step = f"loan{year}"
        was = ", ".join(f'"{name}"' for name in names[:-1])
        files = edited(f"{year}")
        files[MEMBER_FORM] = files[MEMBER_FORM].decode().replace('"회원명": {"title"', '"회원명": {"x-was": [WAS], "title"').replace("회원명", names[-1]).replace("WAS", was).encode()
        for path, data in files.items():
            if path != MEMBER_FORM:
                files[path] = data.decode().replace("case.회원명", f"case.{names[-1]}").encode()
        files[LIFE] = files[LIFE].decode().replace(' id="loan"', f' id="{step}"').replace('Ref="loan"', f'Ref="{step}"').replace('bpmnElement="loan"', f'bpmnElement="{step}"').encode()
        digest = publish(people, files, date(year, 1, 1))
        people.now = people.now.replace(year=year, month=1, day=2)
        mapping = {"lifecycle": {"loan" if year == 2025 else f"loan{year - 1}": step}}
        assert run(people, digest, mapping=mapping).counts == {"moved": 1}
        timers.refresh(people.database, people.editions, people.cipher, people.now)
        while timers.run(people.database, people.editions, people.cipher, people.now):
            pass
        with people.desk("kim") as desk:
            seen = cases.view(desk, case_id)
            assert seen.label == "김하나"
            if year == 2026:  # one record more, made in the middle of its life
                records.amend(desk, seen.register_record, {"회원명": "김하나둘", "생년월일": "2006-12-05", "성별": "여", "가입일": "2024-11-22"}, "이름을 바꿨습니다", confirmed=True)
                records.amend(desk, seen.register_record, {"회원명": "김하나", "생년월일": "2006-12-05", "성별": "여", "가입일": "2024-11-22"}, "되돌립니다", confirmed=True)
        with people.desk("kim") as desk:
            for row in records.of_case(desk, case_id):  # each on the screen it was made with, and beside that of this year
                assert records.view(desk, row.id).edition == people.digest
                assert beside(desk, row.id).edition == digest
        assert sound(people) == []
    with people.desk("kim") as desk:
        (record,) = [row for row in records.of_case(desk, case_id) if row.form == "member"]
        assert records.view(desk, record.id).edition == people.digest  # still shown with the edition it was made under
        assert "회원명" in records.view(desk, record.id).answers
    people.submit("kim", case_id, "loan", LOAN)  # and it goes on and ends under the fifth
    ended = people.submit("kim", case_id, "leave", LEAVE)
    with people.desk("kim") as desk:
        assert records.view(desk, ended.record_id).edition == digest
        assert (cases.view(desk, case_id).tasks, len(records.of_case(desk, case_id))) == ((), 5)
    with people.database.read() as connection:
        assert connection.execute(select(instance.c.id).where(instance.c.ended_at.is_(None))).all() == []
    assert sound(people) == []


OTHER_GROUP = (
    *((GROUP, f'{name}="group_lesson_task', f'{name}="course_task') for name in (" id", "Ref", "bpmnElement")), (GROUP, ">group_lesson_task<", ">course_task<"),
    (GROUP_FORM, '"title": "주제"', '"title": "제목"'), (GROUP_FORM, '"주제"', '"제목"'), (GROUP_FORM, '"제목": {"title"', '"제목": {"x-was": ["주제"], "title"'),
    (GROUP_FORM, "주제 !=", "제목 !="), (ATTENDANCE, "주제", "제목"),
    (ATTENDANCE, '"제목": {"title"', '"제목": {"x-was": ["주제"], "title"'),
)  # fmt: skip


def test_work_of_an_institution_goes_over_with_its_draft_and_still_spreads(people):
    """The institution's own case moves like any other; the record made after it names children of either edition, and each gets its own of the new one."""
    place, named = people.places["가지점"], [people.member(회원명=name) for name in ("가람", "나리", "다솜")]
    done = people.submit("kim", place, "group_lesson", {"교육일": "2024-11-22", "주제": "대패", "참가자": named[:1]})
    with people.desk("kim") as desk:
        started = tasks.start(desk, place, "group_lesson")
        tasks.save_draft(desk, started, {"교육일": "2024-11-23", "주제": "톱질", "참가자": named})
    before = snapshot(people)
    digest = publish(people, edited("새", *OTHER_GROUP))
    with people.desk("second") as desk:
        planned = moves.plan(desk, digest)
    assert (planned.cases, planned.moved, planned.stayed) == (4, 3, 1)
    moved = run(people, digest, mapping={"group_lesson": {"group_lesson_task": "course_task"}})
    assert (moved.counts, moved.why) == ({"moved": 4}, ())
    with people.desk("second") as desk:
        assert place in {row.case_id for row in moves.cases_of(desk, moved.id, "moved")}
    with people.desk("kim") as desk:
        seen = tasks.view(desk, started)
        assert (seen.edition, seen.answers["제목"], seen.answers["참가자"]) == (digest, "톱질", named)
    assert sound(people) == []
    with people.desk("second") as desk:
        moves.undo(desk, moved.id)
    assert go(people, moved.id).counts == {"undone": 4}
    assert snapshot(people) == before
    moved = run(people, digest, mapping={"group_lesson": {"group_lesson_task": "course_task"}})
    made = people.complete("kim", started, {"교육일": "2024-11-23", "제목": "톱질", "참가자": named})
    with people.desk("kim") as desk:
        assert records.view(desk, made.record_id).edition == digest
        for case_id in named:
            row = records.of_case(desk, case_id, "attendance")[0]
            share = records.view(desk, row.id)
            assert (share.edition, share.answers["제목"], share.source_id) == (digest, "톱질", made.record_id)
        (old,) = [row for row in records.of_case(desk, named[0], "attendance") if row.id != records.of_case(desk, named[0], "attendance")[0].id]
        assert records.view(desk, old.id).answers["주제"] == "대패"  # on the screen it was made with
        records.amend(desk, done.record_id, {"교육일": "2024-11-22", "주제": "대패질", "참가자": named[:2]}, "주제를 고칩니다")
        for case_id in named[:2]:
            (share,) = [row for row in records.of_case(desk, case_id, "attendance") if records.view(desk, row.id).source_id == done.record_id]
            seen = records.view(desk, share.id)
            assert (seen.edition, seen.answers["주제"]) == (people.digest, "대패질")  # what belongs together stays on one edition
        records.withdraw(desk, done.record_id, "잘못 적음")  # takes back what it spread, whatever edition stands now
        assert [row.withdrawn_at is not None for row in records.of_case(desk, named[0], "attendance")].count(True) == 1
    assert sound(people) == []
