"""The shapes the API speaks, as JSON Schema 2020-12, by the names the OpenAPI document gives them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

TEXT: Schema = {"type": "string"}
MAYBE_TEXT: Schema = {"type": ["string", "null"]}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
DAY: Schema = {"type": ["string", "null"], "format": "date"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
ID: Schema = {"type": "string", "pattern": "^[0-9A-HJKMNP-TV-Z]{26}$"}
DIGEST: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
POINTER: Schema = {"type": "string", "format": "json-pointer"}
ANSWERS: Schema = {"type": "object", "description": "The form's nested object, with its own property names; see the form's schema."}

MAPPING: Schema = {
    "type": "object", "additionalProperties": {"type": "object", "additionalProperties": TEXT},
    "description": "By process: where each step that is gone goes on (a new step, close or stay); @process names the process itself anew.",
}  # fmt: skip

CHOICE: Schema = {"enum": ["stay", "move"], "description": "What becomes of open cases when the edition comes in force."}


def listed(item: Schema | str) -> Schema:
    """Return the schema of an array of `item` (a schema, or the name of one)."""
    return {"type": "array", "items": named(item)}


def named(schema: Schema | str) -> Schema:
    """Return `schema`, or a reference to the one of that name."""
    return {"$ref": f"#/components/schemas/{schema}"} if isinstance(schema, str) else schema


def shape(required: dict[str, Schema | str], optional: dict[str, Schema | str] | None = None, *, closed: bool = False) -> Schema:
    """Return the schema of an object; `closed` ones (what callers send) admit no further keys."""
    made: dict[str, Any] = {"type": "object", "required": list(required), "properties": {name: named(kind) for name, kind in {**required, **(optional or {})}.items()}}
    if closed:
        made["additionalProperties"] = False
    return made


SCHEMAS: dict[str, Schema] = {
    "Problem": shape(
        {"type": TEXT, "title": TEXT, "status": COUNT},
        {"errors": listed("FieldError"), "findings": listed("Finding"), "why_not": TEXT, "page": {"type": ["integer", "null"]}, "reference": TEXT},
    ),
    "FieldError": shape({"path": POINTER, "keyword": TEXT, "message": TEXT}, {"label": TEXT, "level": {"enum": ["error", "warning"]}}),
    "Finding": shape({"path": TEXT, "line": COUNT, "id": TEXT, "message": TEXT}),
    "Institution": shape({"id": ID, "name": TEXT, "kind": TEXT, "region": TEXT}),
    "Role": shape({"id": TEXT, "title": TEXT}),
    "Me": shape(
        {"id": ID, "login": TEXT, "name": TEXT, "roles": listed("Role"), "permissions": listed(TEXT), "institution": "Institution", "edition": MAYBE_TEXT}
    ),
    "Column": shape({"id": TEXT, "title": TEXT, "type": TEXT}, {"group": TEXT}),
    "CaseList": shape({"total": COUNT, "columns": listed("Column"), "rows": listed({"type": "object"})}),
    "RowList": shape(
        {"total": COUNT, "columns": listed("Column"), "rows": listed(shape({"id": ID, "case": ID, "label": TEXT, "task": {"type": ["string", "null"]}}))}
    ),
    "CaseQuery": shape({}, {"view": TEXT, "filters": {"type": "object"}, "sort": TEXT, "page": COUNT, "size": COUNT, "reason": TEXT}),
    "ReportList": shape({"rows": listed(shape({"id": TEXT, "title": TEXT, "filters": listed({"type": "object"})}))}),
    "Report": shape(
        {"columns": listed("Column"), "rows": listed({"type": "object", "description": "One value per column, by its id; null where there is none."})},
        {"report": TEXT, "title": TEXT, "filters": {"type": "object"}, "behind": {**COUNT, "description": "Cases whose values are of an earlier day or edition."}},
    ),
    "Difference": shape({"old": DIGEST, "new": DIGEST, "changes": listed("Change")}),
    "Change": shape({"path": TEXT, "where": TEXT, "kind": TEXT, "sentence": TEXT, "before": TEXT, "after": TEXT}),
    "NewCase": shape({"form": TEXT, "data": ANSWERS}, {"confirmed": FLAG}, closed=True),
    "Made": shape({"id": ID}),
    "Stage": shape({"id": TEXT, "title": TEXT, "date": DAY, "state": TEXT}),
    "TaskRow": shape(
        {"id": ID, "case": ID, "case_label": TEXT, "form": TEXT, "title": TEXT, "lane": TEXT, "due": DAY, "why": TEXT, "mark": TEXT, "draft": FLAG}
    ),
    "TaskList": shape({"total": COUNT, "rows": listed("TaskRow")}),
    "Action": shape({"id": TEXT, "title": TEXT, "allowed": FLAG, "why_not": MAYBE_TEXT}, {"page": {"type": ["integer", "null"]}, "task": {**ID, "type": ["string", "null"]}, "stage": TEXT}),
    "Case": shape(
        {
            "id": ID,
            "number": MAYBE_TEXT,
            "label": TEXT,
            "status": TEXT,
            "manager": MAYBE_TEXT,
            "institution": TEXT,
            "edition": DIGEST,
            "stages": listed("Stage"),
            "tasks": listed("TaskRow"),
            "actions": listed("Action"),
        }
    ),
    "Started": shape({"task": ID}),
    "Task": shape(
        {
            "id": ID,
            "case": ID,
            "form": TEXT,
            "title": TEXT,
            "lane": TEXT,
            "due": DAY,
            "schema": {"type": "object"},
            "data": ANSWERS,
            "draft": {"type": ["object", "null"]},
            "derived": {"type": "object"},
            "edition": DIGEST,
        },
        {"options": {"type": "object"}, "can_write": FLAG, "why_not": MAYBE_TEXT, "version": COUNT, "draft_version": COUNT},
    ),
    "Answers": shape({"data": ANSWERS}, closed=True),
    "Draft": shape({"data": ANSWERS}, {"version": COUNT}, closed=True),
    "Completing": shape({"data": ANSWERS}, {"confirmed": FLAG, "version": COUNT}, closed=True),
    "Saved": shape({"saved": FLAG, "version": COUNT}),
    "Preview": shape(
        {"visible": listed(POINTER), "required": listed(POINTER), "derived": {"type": "object"}, "errors": listed("FieldError")},
        {"warnings": listed("FieldError")},
    ),
    "Completed": shape({"record": ID, "tasks": listed(ID)}, {"case": ID}),
    "Reason": shape({"reason": TEXT}, closed=True),
    "Amendment": shape({"data": ANSWERS, "reason": TEXT}, {"confirmed": FLAG, "revision": COUNT}, closed=True),
    "Amended": shape({"id": ID, "revision": COUNT}),
    "Withdrawn": shape({"id": ID, "withdrawn": FLAG}),
    "Asking": shape({"pointer": POINTER, "reason": TEXT}, closed=True),
    "Revealed": shape({"value": TEXT}),
    "Revision": shape({"number": COUNT, "kind": TEXT, "at": MOMENT, "by": MAYBE_TEXT, "reason": TEXT}),
    "Record": shape(
        {
            "id": ID,
            "case": ID,
            "form": TEXT,
            "title": TEXT,
            "edition": DIGEST,
            "revision": COUNT,
            "data": ANSWERS,
            "withdrawn": FLAG,
            "revisions": listed("Revision"),
        }
    ),
    "RecordRow": shape(
        {"id": ID, "form": TEXT, "title": TEXT, "revision": COUNT, "saved": MOMENT, "by": MAYBE_TEXT, "withdrawn": FLAG},
        {"edition": DIGEST, "changed": MOMENT, "columns": listed({"type": "object"})},
    ),
    "RecordList": shape({"rows": listed("RecordRow")}),
    "File": shape({"id": ID, "name": TEXT, "size": COUNT, "type": TEXT}),
    "Edition": shape(
        {"digest": DIGEST, "name": TEXT, "title": TEXT, "from": DAY, "published_by": TEXT, "approved_by": MAYBE_TEXT, "in_force": FLAG, "state": TEXT},
        {"open_cases": CHOICE, "mapping": MAPPING, "terms": TEXT, "chosen_by": MAYBE_TEXT, "move": {"type": ["string", "null"], "description": "The move begun by itself when it came in force."}},
    ),
    "Proposal": shape({}, {"from": {"type": "string", "format": "date"}, "open_cases": CHOICE, "mapping": MAPPING}, closed=True),
    "Approval": shape({}, {"terms": {"type": "string", "description": "The `terms` of the edition as they were seen: refused where they are others meanwhile."}}, closed=True),
    "EditionList": shape({"rows": listed("Edition")}),
    "Checked": shape({"digest": MAYBE_TEXT, "findings": listed("Finding")}),
    "Published": shape({"digest": DIGEST}),
    "Migrate": shape({}, {"dry_run": FLAG, "from": DIGEST, "mapping": MAPPING}, closed=True),
    "Mapped": shape({"mapping": MAPPING}, closed=True),
    "MoveReason": shape({"sentence": TEXT, "count": COUNT, "examples": listed(TEXT)}),
    "MovePlan": shape(
        {
            "to_edition": DIGEST, "cases": COUNT, "moved": COUNT, "partly": COUNT, "stayed": COUNT, "instances": COUNT, "instances_moved": COUNT,
            "why": listed("MoveReason"),
        }
    ),
    "MoveRun": shape(
        {
            "id": ID, "to_edition": DIGEST, "from_edition": MAYBE_TEXT, "mapping": {"type": "object"}, "total": COUNT, "done": COUNT,
            "state": {"enum": ["moving", "moved", "undoing", "undone"]}, "started_by": TEXT, "started_at": MOMENT, "counts": {"type": "object"},
            "why": listed("MoveReason"),
        }
    ),
    "MoveRunList": shape({"rows": listed("MoveRun")}),
    "MoveCase": shape({"case_id": ID, "number": MAYBE_TEXT, "outcome": MAYBE_TEXT, "reason": TEXT, "at": MAYBE_TEXT}),
    "MoveCaseList": shape({"rows": listed("MoveCase"), "next": MAYBE_TEXT}),
    "Comparison": shape({"report": TEXT, "title": TEXT, "comparable": FLAG, "why": listed(TEXT)}),
    "Impact": shape(
        {
            "to_edition": DIGEST, "title": TEXT, "cases": COUNT, "instances": {"type": "object"}, "why": listed("MoveReason"), "proposals": listed({"type": "object"}),
            "tasks": COUNT, "task_effects": listed("MoveReason"), "drafts": {"type": "object"}, "lost": listed("MoveReason"), "records": listed("MoveReason"),
            "statistics": listed("Comparison"), "sentences": listed(TEXT),
        }
    ),
    "Replay": shape(
        {
            "to_edition": DIGEST, "title": TEXT, "days": COUNT, "read": COUNT, "refused": COUNT, "unread": COUNT, "unread_forms": {"type": "object"}, "by_form": {"type": "object"},
            "why": listed(shape({"form": TEXT, "field": TEXT, "sentence": TEXT, "count": COUNT, "examples": listed(ID)})), "sentences": listed(TEXT),
        }
    ),
    "Event": shape({"seq": COUNT, "at": MOMENT, "by": MAYBE_TEXT, "kind": TEXT, "detail": {"type": "object"}}),
    "History": shape({"rows": listed("Event")}),
    "Access": shape(
        {"seq": COUNT, "at": MOMENT, "login": TEXT, "address": TEXT, "subject": TEXT, "act": TEXT, "target": TEXT, "reason": TEXT, "institution": TEXT}
    ),
    "AccessList": shape({"total": COUNT, "rows": listed("Access")}),
}
