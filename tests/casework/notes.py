"""The toy edition with one more form: a note about a member that may be kept from colleagues, and two lists whose rows are records."""

from __future__ import annotations

import json

from engine.spec.folder import read_folder
from tests.casework.library import TOY

NOTE = {"적은날": "2024-11-20", "제목": "첫 대화", "주제": ["안전", "예절"], "보임": "모두", "내용": "목공을 좋아한다"}
PRIVATE = {**NOTE, "제목": "속 이야기", "보임": "몇몇", "내용": "비밀의 말", "상대": "lee"}
VISIBLE = "보임 == '모두' or person.login == author or person.login == case.owner or 'head' in person.roles"


def form(visible=VISIBLE):
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:didimdol:form:note:toy", "x-dialect": 1, "x-screen": {"title": "메모"},
        "type": "object", "additionalProperties": False, "required": ["적은날", "제목", "보임", "내용"],
        "properties": {
            "적은날": {"title": "적은날", "type": "string", "format": "date", "x-prefill": "today"},
            "제목": {"title": "제목", "type": "string", "maxLength": 100},
            "주제": {"title": "주제", "type": "array", "uniqueItems": True, "items": {"enum": ["안전", "예절", "돈"]}},
            "보임": {"title": "보임", "enum": ["모두", "몇몇"]},
            "상대": {"title": "상대", "type": "string", "maxLength": 64},
            "내용": {"title": "내용", "type": "string", "maxLength": 400, "x-sensitive": "counsel"},
            "지난제목": {"title": "지난 제목", "type": "string", "maxLength": 100, "x-prefill": "record.note.last.제목"},
            "붙임": {"title": "붙임", "type": "array", "maxItems": 3, "items": {"type": "string", "format": "x-file"}, "x-file": {"accept": ["pdf"], "maxMB": 1}},
        },
        "x-layout": [{"tab": "메모", "fields": ["적은날", "제목", "주제", "보임", "상대", "내용", "지난제목", "붙임"]}],
        "x-list": ["적은날", "제목", "보임"],
        **({"x-visible": visible} if visible else {}),
    }  # fmt: skip


def view(ident="notes", **more):
    return {
        "id": ident, "title": "메모 목록", "of": {"form": "note"},
        "columns": [
            {"id": "title", "title": "제목", "value": "this.제목", "link": True},
            {"id": "member", "title": "회원명", "value": "case.회원명"},
            {"id": "on", "title": "적은날", "value": "this.적은날", "type": "date"},
            {"id": "topics", "title": "주제", "value": "this.주제"},
            {"id": "keeper", "title": "담당", "value": "case.owner_name"},
            {"id": "branch", "title": "지점", "value": "institution.name"},
            {"id": "by", "title": "적은 사람", "value": "this.by_name"},
            {"id": "state", "title": "상태", "value": "'쓰는 중' if this.draft else '적음'"},
        ],
        "filters": [
            {"id": "on", "title": "적은날", "kind": "date-range", "column": "on"},
            {"id": "topic", "title": "주제", "kind": "member", "column": "topics", "options": ["안전", "예절", "돈"]},
            {"id": "title", "title": "제목", "kind": "text", "column": "title"},
            {"id": "rrn", "title": "주민등록번호", "kind": "identifier"},
        ],
        "sort": [{"column": "on", "descending": True}], **more,
    }  # fmt: skip


def toy(visible=VISIBLE, **more):
    """Give the files of the toy edition with notes: the list `notes`, and `all_notes` with drafts."""
    files = dict(read_folder(TOY))
    dumped = lambda data: json.dumps(data, ensure_ascii=False, indent=1).encode()  # noqa: E731
    files["forms/note.json"] = dumped(form(visible))
    files["forms/views/notes.json"] = dumped(view(**more))
    files["forms/views/all_notes.json"] = dumped(view("all_notes", of={"form": "note", "drafts": True}))
    outline = json.loads(files["forms/edition.json"])
    outline["case"]["card"].append({"title": "지난 메모", "value": "record.note.last.제목"})
    files["forms/edition.json"] = dumped(outline)
    drawn = files["workflows/loan.bpmn"].decode()
    for was, now in (('"loan"', '"note"'), ("loan_again", "note_again"), ("대여", "메모"), ('<spiffworkflow:property name="stage" value="note" />', "")):
        drawn = drawn.replace(was, now)
    files["workflows/note.bpmn"] = drawn.encode()
    roles = json.loads(files["workflows/roles.json"])
    roles["menu"].append({"page": "view", "view": "notes", "title": "메모"})
    files["workflows/roles.json"] = dumped(roles)
    return files
