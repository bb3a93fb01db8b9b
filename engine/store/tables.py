"""Every table, in one place. Columns are declared here once; the migration is generated from them and a test keeps both equal.

`cases.version` is the number of the case's last history row: a deferred foreign key makes a changed case without history
impossible to commit, and every revision of a record points at the history row that tells of it.
Rows of `history`, `access_record`, `access_seal` and `grant_` can only be added: triggers refuse UPDATE and DELETE on both
databases (see `guards.py`). Columns named `sealed` hold `Cipher.seal` output whose AAD is "table|row id|column".
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from engine.store.types import ID_LENGTH, Json, Time

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_KEYED: dict[str, Any] = {"sqlite_with_rowid": False}  # rows lie in the tree of their key: one page less to write for each; not for rows with large values

Id = String(ID_LENGTH)
Name = String(200)
Digest = String(64)
SortKey = String(300).with_variant(String(300, collation="C"), "postgresql")  # the same order on both databases
Serial = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself only for INTEGER


# -- who and where -------------------------------------------------------------------------------------------------------------

institution = Table(
    "institution",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Name, nullable=False, unique=True),
    Column("kind", Name, nullable=False),
    Column("region", Name, nullable=False, default=""),
    Column("phone", String(40), nullable=False, default=""),
    Column("created_at", Time, nullable=False),
    Column("closed_at", Time),
)

person = Table(
    "person",
    metadata,
    Column("id", Id, primary_key=True),
    Column("login", String(80), nullable=False, unique=True),
    Column("name", Name, nullable=False),
    Column("phone", String(40), nullable=False, default=""),
    Column("email", Name, nullable=False, default=""),
    Column("institution_id", Id, ForeignKey("institution.id"), nullable=False, index=True),
    Column("password", Text),  # argon2id, None: cannot sign in with a password
    Column("password_at", Time),
    Column("password_until", Time),  # set for one-time passwords only: they die then, and cannot stay
    Column("created_at", Time, nullable=False),
    Column("disabled_at", Time),
)

grant_ = Table(
    "grant_",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False, index=True),
    Column("role", Name, nullable=False),
    Column("kind", String(10), nullable=False),  # grant | revoke
    Column("from_day", Date, nullable=False),  # first day it holds
    Column("until_day", Date),  # last day it holds; None: until revoked
    Column("revokes", Id, ForeignKey("grant_.id"), index=True),  # of a revoke row: the grant that ends
    Column("roles_before", Json, nullable=False),
    Column("roles_after", Json, nullable=False),
    Column("requested_by", Name, nullable=False),  # login
    Column("approved_by", Name, nullable=False),  # login
    Column("reason", Text, nullable=False),
    Column("at", Time, nullable=False),
)

web_session = Table(
    "web_session",
    metadata,
    Column("token_hash", Digest, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False, index=True),
    Column("address", String(64), nullable=False),
    Column("created_at", Time, nullable=False),
    Column("seen_at", Time, nullable=False),
    Column("expires_at", Time, nullable=False),  # absolute end; the idle end is counted from seen_at
    Column("must_change", Boolean, nullable=False, default=False),  # signed in with a one-time password, which is used up by that
    **_KEYED,
)

api_token = Table(
    "api_token",
    metadata,
    Column("token_hash", Digest, primary_key=True),
    Column("id", Id, nullable=False, unique=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False, index=True),
    Column("name", Name, nullable=False, default=""),
    Column("created_at", Time, nullable=False),
    Column("expires_at", Time, nullable=False),
    Column("revoked_at", Time),
    **_KEYED,
)

throttle = Table(
    "throttle",
    metadata,
    Column("key", Digest, primary_key=True),  # keyed hash of what is counted, e.g. account + source
    Column("failures", Integer, nullable=False),
    Column("since", Time, nullable=False),
    Column("until", Time),  # refused until then
    **_KEYED,
)

# -- what the rules are --------------------------------------------------------------------------------------------------------

edition = Table(
    "edition",
    metadata,
    Column("digest", Digest, primary_key=True),
    Column("name", Name, nullable=False),
    Column("title", Name, nullable=False),
    Column("in_force_from", Date, nullable=False, index=True),
    Column("published_by", Name, nullable=False),  # login
    Column("published_at", Time, nullable=False),
    Column("approved_by", Name),
    *(Column(name, Time) for name in ("proposed_at", "approved_at", "withdrawn_at")),  # not proposed: its author's draft
    Column("open_cases", String(10), nullable=False, default="stay"),  # what becomes of them when it comes in force: stay | move
    Column("mapping", Json, nullable=False, default=dict),  # and then where steps that are gone go on: {process: {old step: new step | "close" | "stay"}}
    Column("chosen_by", Name),  # login: who said so
    Column("run_id", Id),  # of the move that was begun by itself when it came in force
    Column("files", LargeBinary, nullable=False),  # the bundle, compressed; last, so that nothing else is read past it
)

setting = Table(
    "setting",
    metadata,
    Column("name", Name, primary_key=True),
    Column("value", Json),
    Column("changed_by", Name, nullable=False, default=""),
    Column("changed_at", Time, nullable=False),
    **_KEYED,
)

# -- cases and the work on them ------------------------------------------------------------------------------------------------

case_tells_history = ForeignKeyConstraint(
    ["id", "version"], ["history.case_id", "history.seq"], name="fk_cases_history", deferrable=True, initially="DEFERRED", use_alter=True
)
#: The case an institution has of itself has the institution's id: there is one, and finding it takes no search. No list of cases shows it.
cases = Table(
    "cases",
    metadata,
    Column("id", Id, primary_key=True),
    Column("institution_id", Id, ForeignKey("institution.id"), nullable=False),
    Column("owner_id", Id, ForeignKey("person.id"), index=True),
    Column("edition", Digest, ForeignKey("edition.digest"), nullable=False, index=True),
    Column("number", Name),
    Column("label", Name, nullable=False),
    Column("short", Name, nullable=False, default=""),  # who it is in a few words, as of `shown_on`
    Column("status", Name, nullable=False, default=""),
    Column("closed", Boolean, nullable=False, default=False),
    Column("opened_at", Time, nullable=False),
    Column("opened_by", Id, ForeignKey("person.id")),
    Column("changed_at", Time, nullable=False),
    Column("version", Integer, nullable=False),  # = seq of the last history row, see the module's docstring
    Column("head", LargeBinary, nullable=False),  # = mac of the last history row
    Column("shown", Json, nullable=False, default=dict),  # the values of case_value by name, so that a change writes differences only
    Column("shown_edition", Digest),  # the edition whose columns they are
    Column("shown_on", Date),  # the day they were worked out
    case_tells_history,
    UniqueConstraint("institution_id", "number"),
    Index("ix_cases_place", "institution_id", "status", "id"),
    Index("ix_cases_shown", "shown_on", "shown_edition", "id", "institution_id"),  # what is of another day or edition
    **_KEYED,
)

history = Table(
    "history",
    metadata,
    Column("case_id", Id, ForeignKey("cases.id", deferrable=True, initially="DEFERRED"), primary_key=True),  # told before the case is there
    Column("seq", Integer, primary_key=True, autoincrement=False),  # 1, 2, 3 … without a gap
    Column("at", Time, nullable=False),
    Column("person_id", Id),  # None: the clock did it
    Column("kind", String(60), nullable=False),
    Column("detail", Json, nullable=False),  # ids, element ids, typed reasons; never an answer
    Column("mac", LargeBinary, nullable=False),  # over this row and the mac of the row before
    **_KEYED,
)

instance = Table(
    "instance",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False),
    Column("process", Name, nullable=False),
    Column("kind", String(20), nullable=False),  # lifecycle | work
    Column("edition", Digest, ForeignKey("edition.digest"), nullable=False),
    Column("state", LargeBinary, nullable=False),  # b"" when done
    Column("mac", LargeBinary, nullable=False),  # over id, edition, version and state
    Column("version", Integer, nullable=False),
    Column("waits", Json, nullable=False, default=list),  # what it waits for besides people
    Column("facts", Json, nullable=False, default=dict),  # visits and decision results of this instance
    Column("open", Json, nullable=False, default=dict),  # its waiting tasks: {key: task id}
    Column("started_at", Time, nullable=False),
    Column("started_by", Id, ForeignKey("person.id")),
    Column("ended_at", Time),
    Column("outcome", String(20)),  # done | withdrawn
    Column("incident", Text),
    Index("ix_instance_case", "case_id", "ended_at"),
    Index("ix_instance_edition", "edition", sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")),
    Index("ix_instance_incident", "incident", sqlite_where=text("incident IS NOT NULL"), postgresql_where=text("incident IS NOT NULL")),
)

_open = text("closed_at IS NULL")
_free = text("closed_at IS NULL AND person_id IS NULL")
task = Table(
    "task",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False),
    Column("institution_id", Id, ForeignKey("institution.id"), nullable=False),
    Column("instance_id", Id, ForeignKey("instance.id"), nullable=False),
    Column("key", String(100), nullable=False),  # the process's own name of this waiting task
    Column("element", Name, nullable=False),
    Column("process", Name, nullable=False),
    Column("form", Name, nullable=False),
    Column("edition", Digest, ForeignKey("edition.digest"), nullable=False),
    Column("title", Name, nullable=False),
    Column("lane", Name, nullable=False),
    Column("person_id", Id, ForeignKey("person.id")),  # whose it is; None: anyone of the lane
    Column("due", Date),
    Column("why", Text, nullable=False, default=""),
    Column("mark", String(40), nullable=False, default=""),
    Column("stage", Name, nullable=False, default=""),
    Column("approval", Boolean, nullable=False, default=False),  # decides on what somebody else asked for
    Column("version", Integer, nullable=False, default=1),
    Column("opened_at", Time, nullable=False),
    Column("closed_at", Time),
    Column("closed_by", Id, ForeignKey("person.id")),
    Column("outcome", String(20)),  # done | withdrawn
    Column("record_id", Id),
    Column("owner_id", Id),  # who has its case, while it is open: what waits for somebody is found in one index
    UniqueConstraint("instance_id", "key"),
    Index("ix_task_case", "case_id", "closed_at"),
    Index("ix_task_lane_open", "institution_id", "lane", "due", "id", "person_id", "closed_at", sqlite_where=_open, postgresql_where=_open),
    Index("ix_task_person_open", "person_id", "due", "id", sqlite_where=_open, postgresql_where=_open),
    Index("ix_task_free", "lane", "owner_id", "institution_id", "due", "id", "closed_at", "person_id", sqlite_where=_free, postgresql_where=_free),
    Index(
        "ix_task_asked", "lane", "institution_id", "opened_at", "id", "owner_id", "due", "person_id", "closed_at", "approval",
        sqlite_where=text("closed_at IS NULL AND approval = 1"), postgresql_where=text("closed_at IS NULL AND approval"),
    ),
    **_KEYED,
)

draft = Table(
    "draft",
    metadata,
    Column("id", Id, primary_key=True),
    Column("task_id", Id, ForeignKey("task.id")),  # None: of a case not registered yet
    Column("person_id", Id, ForeignKey("person.id"), nullable=False, index=True),
    Column("form", Name, nullable=False),
    Column("edition", Digest, ForeignKey("edition.digest"), nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # the raw answers
    Column("version", Integer, nullable=False, default=1),
    Column("saved_at", Time, nullable=False),
    UniqueConstraint("task_id", "person_id"),
)

record = Table(
    "record",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False),
    Column("institution_id", Id, ForeignKey("institution.id"), nullable=False),
    Column("form", Name, nullable=False),
    Column("edition", Digest, ForeignKey("edition.digest"), nullable=False),
    Column("instance_id", Id, ForeignKey("instance.id")),
    Column("task_id", Id),
    Column("source_id", Id, ForeignKey("record.id")),  # of a record that came from one which names many cases: that one
    Column("revision", Integer, nullable=False),  # the number of the last one
    Column("created_at", Time, nullable=False),
    Column("created_by", Id, ForeignKey("person.id")),
    Column("changed_at", Time, nullable=False),
    Column("withdrawn_at", Time),
    Index("ix_record_case", "case_id", "form", "id"),
    Index("ix_record_instance", "instance_id", "form"),
    Index("ix_record_source", "source_id", sqlite_where=text("source_id IS NOT NULL"), postgresql_where=text("source_id IS NOT NULL")),
    Index("ix_record_form", "form", "institution_id", "created_at"),
    **_KEYED,
)

revision = Table(
    "revision",
    metadata,
    Column("record_id", Id, ForeignKey("record.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),  # 1, 2, 3 …
    Column("case_id", Id, nullable=False),
    Column("case_version", Integer, nullable=False),  # the history row that tells of it
    Column("kind", String(20), nullable=False),  # complete | amend | withdraw
    Column("edition", Digest, ForeignKey("edition.digest"), nullable=False),
    Column("data", Json, nullable=False),  # settled answers, sensitive ones left out
    Column("sealed", LargeBinary),  # {pointer: sensitive value}
    Column("reason", Text, nullable=False, default=""),
    Column("saved_at", Time, nullable=False),
    Column("saved_by", Id, ForeignKey("person.id")),
    ForeignKeyConstraint(
        ["case_id", "case_version"], ["history.case_id", "history.seq"], name="fk_revision_history", deferrable=True, initially="DEFERRED"
    ),
)

case_form = Table(
    "case_form",
    metadata,
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True),
    Column("form", Name, primary_key=True),
    Column("count", Integer, nullable=False),  # records that are not withdrawn
    Column("made", Integer, nullable=False),  # all of them
    Column("first_record", Id, ForeignKey("record.id")),
    Column("last_record", Id, ForeignKey("record.id")),
    **_KEYED,
)

case_value = Table(
    "case_value",
    metadata,
    Column("name", Name, primary_key=True),  # first: a list asks for one value of very many cases, and those lie side by side
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True),
    Column("institution_id", Id, nullable=False),
    Column("key", SortKey),  # sortable text of the value; None where the value is
    Index("ix_case_value_find", "name", "institution_id", "key", "case_id"),
    Index("ix_case_value_order", "name", "key", "case_id"),
    **_KEYED,
)

_drafted = text("draft_id IS NOT NULL")
record_row = Table(
    "record_row",
    metadata,
    Column("id", Id, primary_key=True),  # of the record or the draft it tells of
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False),
    Column("institution_id", Id, nullable=False),
    Column("form", Name, nullable=False),
    Column("draft_id", Id, ForeignKey("draft.id", ondelete="CASCADE")),  # None: a record; a row goes with its draft
    Column("task_id", Id),  # of a draft: where it is gone on with
    Column("audience", Text, nullable=False),  # who sees it: `sight.audience`
    Column("shown", Json, nullable=False),  # the values of record_value by name
    Index("ix_record_row_place", "form", "institution_id", "id"),
    Index("ix_record_row_case", "case_id", "form"),
    Index("ix_record_row_draft", "draft_id", sqlite_where=_drafted, postgresql_where=_drafted),
)

record_value = Table(
    "record_value",
    metadata,
    Column("row_id", Id, ForeignKey("record_row.id", ondelete="CASCADE"), primary_key=True),
    Column("name", Name, primary_key=True),
    Column("institution_id", Id, nullable=False),
    Column("key", SortKey),  # sortable text of the value; no row where there is none
    Index("ix_record_value_find", "name", "institution_id", "key", "row_id"),
    Index("ix_record_value_order", "name", "key", "row_id"),
    **_KEYED,
)

number_series = Table(
    "number_series",
    metadata,
    Column("institution_id", Id, ForeignKey("institution.id"), primary_key=True),
    Column("series", Name, primary_key=True),  # what is counted on its own, e.g. the year
    Column("last", Integer, nullable=False),
)

search_key = Table(
    "search_key",
    metadata,
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True),
    Column("kind", Name, primary_key=True),
    Column("value", Digest, primary_key=True),  # Cipher.index of the identifier
    Column("institution_id", Id, nullable=False),
    Index("ix_search_key_find", "kind", "value"),
    **_KEYED,
)

timer = Table(
    "timer",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False),
    Column("instance_id", Id, ForeignKey("instance.id"), nullable=False),
    Column("element", Name, nullable=False),
    Column("due", Time, nullable=False, index=True),
    Column("tries", Integer, nullable=False, default=0),
    UniqueConstraint("instance_id", "element"),
    **_KEYED,
)

file = Table(
    "file",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", Id, ForeignKey("cases.id"), index=True),  # None: staged, seen by its uploader only
    Column("record_id", Id, ForeignKey("record.id")),
    Column("pointer", Name, nullable=False, default=""),
    Column("institution_id", Id, ForeignKey("institution.id"), nullable=False),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("name", String(300), nullable=False),
    Column("type", String(10), nullable=False),  # the allowed suffix its content proved to be
    Column("size", BigInteger, nullable=False),  # bytes, unsealed
    Column("sha256", Digest, nullable=False),  # of the unsealed content
    Column("created_at", Time, nullable=False, index=True),
    Column("deleted_at", Time),
)

imported = Table(  # rows of other systems that were brought in: who runs the same file again makes no doubles
    "imported",
    metadata,
    Column("form", Name, primary_key=True),
    Column("source", Digest, primary_key=True),  # Cipher.index of the row's own number, or of its cells
    Column("content", Digest, nullable=False),  # Cipher.index of its cells
    Column("record_id", Id, ForeignKey("record.id"), nullable=False),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False),
    Column("at", Time, nullable=False),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    **_KEYED,
)

notice = Table(
    "notice",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),  # who is told
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False),
    Column("kind", String(20), nullable=False),  # approved | returned | given | assigned
    Column("title", Name, nullable=False, default=""),  # of the work or task
    Column("task_id", Id),
    Column("record_id", Id),  # of the decision
    Column("by_id", Id, ForeignKey("person.id")),  # who did it; None: the clock
    Column("at", Time, nullable=False),
    Column("seen_at", Time),
    Index("ix_notice_person", "person_id", "seen_at", "id"),
    **_KEYED,
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("person_id", Id, primary_key=True),
    Column("key", String(100), primary_key=True),
    Column("verb", String(60), nullable=False),
    Column("request", Digest, nullable=False, default=""),  # digest of what was asked, so that a reused key is noticed
    Column("answer", Json, nullable=False),
    Column("at", Time, nullable=False),
    **_KEYED,
)

# -- cases on their way from one edition to another ------------------------------------------------------------------------------

move_run = Table(
    "move_run",
    metadata,
    Column("id", Id, primary_key=True),
    Column("to_edition", Digest, ForeignKey("edition.digest"), nullable=False),
    Column("from_edition", Digest, ForeignKey("edition.digest")),  # None: from every other
    Column("mapping", Json, nullable=False),  # {process: {old step: new step | "close" | "stay"}}
    Column("total", Integer, nullable=False),  # cases it is about
    Column("state", String(10), nullable=False),  # moving | moved | undoing | undone
    Column("started_by", Name, nullable=False),  # login
    Column("started_at", Time, nullable=False),
    Column("ended_at", Time),
    Column("undone_by", Name),
    Column("turn", Integer, unique=True),  # 1 while it moves or is being undone, so that there is one at a time; None once it is over
    **_KEYED,
)

move_case = Table(
    "move_case",
    metadata,
    Column("run_id", Id, ForeignKey("move_run.id"), primary_key=True),
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True),
    Column("outcome", String(10)),  # moved | partly | stayed | failed | undone | kept (could not be undone); None: its turn has not come
    Column("reason", Text, nullable=False, default=""),
    Column("case_version", Integer),  # that of the case after it was moved
    Column("before", Json, nullable=False, default=list),  # the rows as they stood, for undoing: ids, steps, dates, the sentence of a task
    Column("at", Time),
    Index("ix_move_case_waiting", "run_id", "outcome", "case_id"),
)

study = Table(  # an edition looked at beforehand: something long that was asked for, and what came of it
    "study",
    metadata,
    Column("id", Id, primary_key=True),
    Column("edition", Digest, ForeignKey("edition.digest"), nullable=False),
    Column("kind", String(10), nullable=False),  # impact | replay | scenarios | plan
    Column("given", Json, nullable=False),  # what it was asked with: of a plan {"mapping", "origin"}
    *(Column(name, Integer, nullable=False) for name in ("done", "total")),  # 0 of 0 where that is not known
    Column("result", Json),
    Column("failed", Text, nullable=False, default=""),
    Column("asked_by", Name, nullable=False),  # login
    Column("asked_at", Time, nullable=False),
    Column("ended_at", Time),  # None: it is not done yet
    Column("question", Digest, unique=True),  # digest of edition, kind and what was given while it is not done, so that the same is asked once; then None
    Column("held_until", Time),  # somebody is at it until then, and holds it for longer while at it
    Index("ix_study_edition", "edition", "kind"),
)

# -- who saw what --------------------------------------------------------------------------------------------------------------

access_record = Table(
    "access_record",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=True),
    Column("at", Time, nullable=False),
    Column("person_id", Id, nullable=False),  # "" where nobody was recognised
    Column("login", String(80), nullable=False),
    Column("institution_id", Id, nullable=False),
    Column("address", String(64), nullable=False),
    Column("subject", Id, nullable=False),  # whose: a case id, "" where no one's
    Column("act", String(60), nullable=False),
    Column("target", String(200), nullable=False),  # what: kind and id, "" where nothing
    Column("reason", Text, nullable=False),
    Column("mac", LargeBinary, nullable=False),
    Index("ix_access_record_subject", "subject", "at"),
    Index("ix_access_record_person", "person_id", "at"),
)

access_seal = Table(
    "access_seal",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),  # 1, 2, 3 …
    Column("first_seq", BigInteger, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("count", Integer, nullable=False),
    Column("at", Time, nullable=False),
    Column("mac", LargeBinary, nullable=False),  # over the macs of its rows and the seal before
)
