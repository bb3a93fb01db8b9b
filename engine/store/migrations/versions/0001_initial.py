"""Create every table of the first release."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store import types
from engine.store.append_only import GROWING, POSTGRESQL_FUNCTION, trigger_statements

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:  # noqa: PLR0915 -- one statement per table and index
    op.create_table(
        "access_record",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", types.Time(length=27), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("institution_id", sa.String(length=26), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=26), nullable=False),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("target", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_access_record")),
    )
    op.create_index("ix_access_record_person", "access_record", ["person_id", "at"], unique=False)
    op.create_index("ix_access_record_subject", "access_record", ["subject", "at"], unique=False)
    op.create_table(
        "access_seal",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("at", types.Time(length=27), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_access_seal")),
    )
    op.create_table(
        "edition",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("published_by", sa.String(length=200), nullable=False),
        sa.Column("published_at", types.Time(length=27), nullable=False),
        sa.Column("approved_by", sa.String(length=200), nullable=True),
        sa.Column("proposed_at", types.Time(length=27), nullable=True),
        sa.Column("approved_at", types.Time(length=27), nullable=True),
        sa.Column("withdrawn_at", types.Time(length=27), nullable=True),
        sa.Column("open_cases", sa.String(length=10), nullable=False),
        sa.Column("mapping", types.Json(), nullable=False),
        sa.Column("chosen_by", sa.String(length=200), nullable=True),
        sa.Column("run_id", sa.String(length=26), nullable=True),
        sa.Column("files", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_edition")),
    )
    op.create_index(op.f("ix_edition_in_force_from"), "edition", ["in_force_from"], unique=False)
    op.create_table(
        "idempotency",
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("verb", sa.String(length=60), nullable=False),
        sa.Column("request", sa.String(length=64), nullable=False),
        sa.Column("answer", types.Json(), nullable=False),
        sa.Column("at", types.Time(length=27), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "key", name=op.f("pk_idempotency")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "institution",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("region", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("created_at", types.Time(length=27), nullable=False),
        sa.Column("closed_at", types.Time(length=27), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_institution")),
        sa.UniqueConstraint("name", name=op.f("uq_institution_name")),
    )
    op.create_table(
        "setting",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("value", types.Json(), nullable=True),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.Column("changed_at", types.Time(length=27), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_setting")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "throttle",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("since", types.Time(length=27), nullable=False),
        sa.Column("until", types.Time(length=27), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttle")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "number_series",
        sa.Column("institution_id", sa.String(length=26), nullable=False),
        sa.Column("series", sa.String(length=200), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_number_series_institution_id")),
        sa.PrimaryKeyConstraint("institution_id", "series", name=op.f("pk_number_series")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("institution_id", sa.String(length=26), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("password_at", types.Time(length=27), nullable=True),
        sa.Column("password_until", types.Time(length=27), nullable=True),
        sa.Column("created_at", types.Time(length=27), nullable=False),
        sa.Column("disabled_at", types.Time(length=27), nullable=True),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_person_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("login", name=op.f("uq_person_login")),
    )
    op.create_index(op.f("ix_person_institution_id"), "person", ["institution_id"], unique=False)
    op.create_table(
        "api_token",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at", types.Time(length=27), nullable=False),
        sa.Column("expires_at", types.Time(length=27), nullable=False),
        sa.Column("revoked_at", types.Time(length=27), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_api_token_person_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_api_token")),
        sa.UniqueConstraint("id", name=op.f("uq_api_token_id")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_api_token_person_id"), "api_token", ["person_id"], unique=False)
    op.create_table(
        "cases",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("institution_id", sa.String(length=26), nullable=False),
        sa.Column("owner_id", sa.String(length=26), nullable=True),
        sa.Column("edition", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=200), nullable=True),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("short", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=200), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("opened_at", types.Time(length=27), nullable=False),
        sa.Column("opened_by", sa.String(length=26), nullable=True),
        sa.Column("changed_at", types.Time(length=27), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("shown", types.Json(), nullable=False),
        sa.Column("shown_edition", sa.String(length=64), nullable=True),
        sa.Column("shown_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["edition"], ["edition.digest"], name=op.f("fk_cases_edition")),
        sa.ForeignKeyConstraint(
            ["id", "version"], ["history.case_id", "history.seq"], name="fk_cases_history", initially="DEFERRED", deferrable=True, use_alter=True
        ),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_cases_institution_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["person.id"], name=op.f("fk_cases_opened_by")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_cases_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("institution_id", "number", name=op.f("uq_cases_institution_id_number")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_cases_edition"), "cases", ["edition"], unique=False)
    op.create_index(op.f("ix_cases_owner_id"), "cases", ["owner_id"], unique=False)
    op.create_index("ix_cases_place", "cases", ["institution_id", "status", "id"], unique=False)
    op.create_index("ix_cases_shown", "cases", ["shown_on", "shown_edition", "id", "institution_id"], unique=False)
    op.create_table(
        "grant_",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("role", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=True),
        sa.Column("revokes", sa.String(length=26), nullable=True),
        sa.Column("roles_before", types.Json(), nullable=False),
        sa.Column("roles_after", types.Json(), nullable=False),
        sa.Column("requested_by", sa.String(length=200), nullable=False),
        sa.Column("approved_by", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", types.Time(length=27), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_grant__person_id")),
        sa.ForeignKeyConstraint(["revokes"], ["grant_.id"], name=op.f("fk_grant__revokes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_")),
    )
    op.create_index(op.f("ix_grant__person_id"), "grant_", ["person_id"], unique=False)
    op.create_index(op.f("ix_grant__revokes"), "grant_", ["revokes"], unique=False)
    op.create_table(
        "web_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("created_at", types.Time(length=27), nullable=False),
        sa.Column("seen_at", types.Time(length=27), nullable=False),
        sa.Column("expires_at", types.Time(length=27), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_web_session_person_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_web_session")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_web_session_person_id"), "web_session", ["person_id"], unique=False)
    op.create_table(
        "case_value",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("institution_id", sa.String(length=26), nullable=False),
        sa.Column("key", sa.String(length=300).with_variant(sa.String(length=300, collation="C"), "postgresql"), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_value_case_id")),
        sa.PrimaryKeyConstraint("name", "case_id", name=op.f("pk_case_value")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_case_value_find", "case_value", ["name", "institution_id", "key", "case_id"], unique=False)
    op.create_index("ix_case_value_order", "case_value", ["name", "key", "case_id"], unique=False)
    op.create_table(
        "history",
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", types.Time(length=27), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=True),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("detail", types.Json(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_history_case_id"), initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("case_id", "seq", name=op.f("pk_history")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "instance",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("process", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("edition", sa.String(length=64), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("waits", types.Json(), nullable=False),
        sa.Column("facts", types.Json(), nullable=False),
        sa.Column("open", types.Json(), nullable=False),
        sa.Column("started_at", types.Time(length=27), nullable=False),
        sa.Column("started_by", sa.String(length=26), nullable=True),
        sa.Column("ended_at", types.Time(length=27), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("incident", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_instance_case_id")),
        sa.ForeignKeyConstraint(["edition"], ["edition.digest"], name=op.f("fk_instance_edition")),
        sa.ForeignKeyConstraint(["started_by"], ["person.id"], name=op.f("fk_instance_started_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instance")),
    )
    op.create_index("ix_instance_case", "instance", ["case_id", "ended_at"], unique=False)
    op.create_index(
        "ix_instance_edition",
        "instance",
        ["edition"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_instance_incident",
        "instance",
        ["incident"],
        unique=False,
        sqlite_where=sa.text("incident IS NOT NULL"),
        postgresql_where=sa.text("incident IS NOT NULL"),
    )
    op.create_table(
        "search_key",
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("institution_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_search_key_case_id")),
        sa.PrimaryKeyConstraint("case_id", "kind", "value", name=op.f("pk_search_key")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_search_key_find", "search_key", ["kind", "value"], unique=False)
    op.create_table(
        "notice",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("task_id", sa.String(length=26), nullable=True),
        sa.Column("record_id", sa.String(length=26), nullable=True),
        sa.Column("by_id", sa.String(length=26), nullable=True),
        sa.Column("at", types.Time(length=27), nullable=False),
        sa.Column("seen_at", types.Time(length=27), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_notice_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_notice_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_notice_person", "notice", ["person_id", "seen_at", "id"], unique=False)
    op.create_table(
        "record",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("institution_id", sa.String(length=26), nullable=False),
        sa.Column("form", sa.String(length=200), nullable=False),
        sa.Column("edition", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=26), nullable=True),
        sa.Column("task_id", sa.String(length=26), nullable=True),
        sa.Column("source_id", sa.String(length=26), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", types.Time(length=27), nullable=False),
        sa.Column("created_by", sa.String(length=26), nullable=True),
        sa.Column("changed_at", types.Time(length=27), nullable=False),
        sa.Column("withdrawn_at", types.Time(length=27), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_record_case_id")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_record_created_by")),
        sa.ForeignKeyConstraint(["edition"], ["edition.digest"], name=op.f("fk_record_edition")),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_record_instance_id")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_record_institution_id")),
        sa.ForeignKeyConstraint(["source_id"], ["record.id"], name=op.f("fk_record_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_record_case", "record", ["case_id", "form", "id"], unique=False)
    op.create_index("ix_record_form", "record", ["form", "institution_id", "created_at"], unique=False)
    op.create_index("ix_record_instance", "record", ["instance_id", "form"], unique=False)
    op.create_index(
        "ix_record_source",
        "record",
        ["source_id"],
        unique=False,
        sqlite_where=sa.text("source_id IS NOT NULL"),
        postgresql_where=sa.text("source_id IS NOT NULL"),
    )
    op.create_table(
        "task",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("institution_id", sa.String(length=26), nullable=False),
        sa.Column("instance_id", sa.String(length=26), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("element", sa.String(length=200), nullable=False),
        sa.Column("process", sa.String(length=200), nullable=False),
        sa.Column("form", sa.String(length=200), nullable=False),
        sa.Column("edition", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("lane", sa.String(length=200), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("mark", sa.String(length=40), nullable=False),
        sa.Column("stage", sa.String(length=200), nullable=False),
        sa.Column("approval", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", types.Time(length=27), nullable=False),
        sa.Column("closed_at", types.Time(length=27), nullable=True),
        sa.Column("closed_by", sa.String(length=26), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("record_id", sa.String(length=26), nullable=True),
        sa.Column("owner_id", sa.String(length=26), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_task_case_id")),
        sa.ForeignKeyConstraint(["closed_by"], ["person.id"], name=op.f("fk_task_closed_by")),
        sa.ForeignKeyConstraint(["edition"], ["edition.digest"], name=op.f("fk_task_edition")),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_task_instance_id")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_task_institution_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_task_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint("instance_id", "key", name=op.f("uq_task_instance_id_key")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_task_case", "task", ["case_id", "closed_at"], unique=False)
    op.create_index(
        "ix_task_lane_open",
        "task",
        ["institution_id", "lane", "due", "id", "person_id", "closed_at"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_task_person_open",
        "task",
        ["person_id", "due", "id"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_task_free",
        "task",
        ["lane", "owner_id", "institution_id", "due", "id", "closed_at", "person_id"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL AND person_id IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL AND person_id IS NULL"),
    )
    op.create_index(
        "ix_task_asked",
        "task",
        ["lane", "institution_id", "opened_at", "id", "owner_id", "due", "person_id", "closed_at", "approval"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL AND approval = 1"),
        postgresql_where=sa.text("closed_at IS NULL AND approval"),
    )
    op.create_table(
        "timer",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("instance_id", sa.String(length=26), nullable=False),
        sa.Column("element", sa.String(length=200), nullable=False),
        sa.Column("due", types.Time(length=27), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_timer_case_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_timer_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer")),
        sa.UniqueConstraint("instance_id", "element", name=op.f("uq_timer_instance_id_element")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_timer_due"), "timer", ["due"], unique=False)
    op.create_table(
        "case_form",
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("form", sa.String(length=200), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("first_record", sa.String(length=26), nullable=True),
        sa.Column("last_record", sa.String(length=26), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_form_case_id")),
        sa.ForeignKeyConstraint(["first_record"], ["record.id"], name=op.f("fk_case_form_first_record")),
        sa.ForeignKeyConstraint(["last_record"], ["record.id"], name=op.f("fk_case_form_last_record")),
        sa.PrimaryKeyConstraint("case_id", "form", name=op.f("pk_case_form")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "draft",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("task_id", sa.String(length=26), nullable=True),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("form", sa.String(length=200), nullable=False),
        sa.Column("edition", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", types.Time(length=27), nullable=False),
        sa.ForeignKeyConstraint(["edition"], ["edition.digest"], name=op.f("fk_draft_edition")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_draft_person_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_draft_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("task_id", "person_id", name=op.f("uq_draft_task_id_person_id")),
    )
    op.create_index(op.f("ix_draft_person_id"), "draft", ["person_id"], unique=False)
    op.create_table(
        "file",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=True),
        sa.Column("record_id", sa.String(length=26), nullable=True),
        sa.Column("pointer", sa.String(length=200), nullable=False),
        sa.Column("institution_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("type", sa.String(length=10), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", types.Time(length=27), nullable=False),
        sa.Column("deleted_at", types.Time(length=27), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_file_case_id")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_file_institution_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_file_person_id")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_file_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file")),
    )
    op.create_index(op.f("ix_file_case_id"), "file", ["case_id"], unique=False)
    op.create_index(op.f("ix_file_created_at"), "file", ["created_at"], unique=False)
    op.create_table(
        "record_row",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("institution_id", sa.String(length=26), nullable=False),
        sa.Column("form", sa.String(length=200), nullable=False),
        sa.Column("draft_id", sa.String(length=26), nullable=True),
        sa.Column("task_id", sa.String(length=26), nullable=True),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("shown", types.Json(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_record_row_case_id")),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_record_row_draft_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_row")),
    )
    op.create_index("ix_record_row_case", "record_row", ["case_id", "form"], unique=False)
    drafted = sa.text("draft_id IS NOT NULL")
    op.create_index("ix_record_row_draft", "record_row", ["draft_id"], unique=False, sqlite_where=drafted, postgresql_where=drafted)
    op.create_index("ix_record_row_place", "record_row", ["form", "institution_id", "id"], unique=False)
    op.create_table(
        "record_value",
        sa.Column("row_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("institution_id", sa.String(length=26), nullable=False),
        sa.Column("key", sa.String(length=300).with_variant(sa.String(length=300, collation="C"), "postgresql"), nullable=True),
        sa.ForeignKeyConstraint(["row_id"], ["record_row.id"], name=op.f("fk_record_value_row_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("row_id", "name", name=op.f("pk_record_value")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_record_value_find", "record_value", ["name", "institution_id", "key", "row_id"], unique=False)
    op.create_index("ix_record_value_order", "record_value", ["name", "key", "row_id"], unique=False)
    op.create_table(
        "revision",
        sa.Column("record_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("case_version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("edition", sa.String(length=64), nullable=False),
        sa.Column("data", types.Json(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("saved_at", types.Time(length=27), nullable=False),
        sa.Column("saved_by", sa.String(length=26), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id", "case_version"], ["history.case_id", "history.seq"], name="fk_revision_history", initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(["edition"], ["edition.digest"], name=op.f("fk_revision_edition")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_revision_record_id")),
        sa.ForeignKeyConstraint(["saved_by"], ["person.id"], name=op.f("fk_revision_saved_by")),
        sa.PrimaryKeyConstraint("record_id", "number", name=op.f("pk_revision")),
    )
    op.create_table(
        "imported",
        sa.Column("form", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("record_id", sa.String(length=26), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("at", types.Time(length=27), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_imported_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_imported_person_id")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_imported_record_id")),
        sa.PrimaryKeyConstraint("form", "source", name=op.f("pk_imported")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "move_run",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("to_edition", sa.String(length=64), nullable=False),
        sa.Column("from_edition", sa.String(length=64), nullable=True),
        sa.Column("mapping", types.Json(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("started_by", sa.String(length=200), nullable=False),
        sa.Column("started_at", types.Time(length=27), nullable=False),
        sa.Column("ended_at", types.Time(length=27), nullable=True),
        sa.Column("undone_by", sa.String(length=200), nullable=True),
        sa.Column("turn", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["from_edition"], ["edition.digest"], name=op.f("fk_move_run_from_edition")),
        sa.ForeignKeyConstraint(["to_edition"], ["edition.digest"], name=op.f("fk_move_run_to_edition")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_move_run")),
        sa.UniqueConstraint("turn", name=op.f("uq_move_run_turn")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "move_case",
        sa.Column("run_id", sa.String(length=26), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("case_version", sa.Integer(), nullable=True),
        sa.Column("before", types.Json(), nullable=False),
        sa.Column("at", types.Time(length=27), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_move_case_case_id")),
        sa.ForeignKeyConstraint(["run_id"], ["move_run.id"], name=op.f("fk_move_case_run_id")),
        sa.PrimaryKeyConstraint("run_id", "case_id", name=op.f("pk_move_case")),
    )
    op.create_index("ix_move_case_waiting", "move_case", ["run_id", "outcome", "case_id"], unique=False)
    op.create_table(
        "study",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("edition", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("given", types.Json(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("result", types.Json(), nullable=True),
        sa.Column("failed", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(length=200), nullable=False),
        sa.Column("asked_at", types.Time(length=27), nullable=False),
        sa.Column("ended_at", types.Time(length=27), nullable=True),
        sa.Column("question", sa.String(length=64), nullable=True),
        sa.Column("held_until", types.Time(length=27), nullable=True),
        sa.ForeignKeyConstraint(["edition"], ["edition.digest"], name=op.f("fk_study_edition")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study")),
        sa.UniqueConstraint("question", name=op.f("uq_study_question")),
    )
    op.create_index("ix_study_edition", "study", ["edition", "kind"], unique=False)
    _finish()


def _finish() -> None:
    """What Alembic does not write by itself: the circular foreign key (SQLite has it from CREATE TABLE), and the triggers."""
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        op.create_foreign_key("fk_cases_history", "cases", "history", ["id", "version"], ["case_id", "seq"], deferrable=True, initially="DEFERRED")
        op.execute(POSTGRESQL_FUNCTION)
    for table in (*GROWING, "revision"):
        for statement in trigger_statements(table, dialect):
            op.execute(statement)
