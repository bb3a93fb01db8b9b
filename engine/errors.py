"""What can go wrong, as classes that carry data. The docstring of a class is its default sentence to a person.

Two families never mix: `Invalid` says the *data* is wrong, `SpecError` says the *specs* are wrong (as in jsonschema).
How each becomes an HTTP answer is one table in `web/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with one answer.

    `path` is a JSON pointer into the answers (RFC 6901, "" is the whole form), `keyword` the JSON Schema keyword or the id of the
    cross-field check that failed, `label` the title of the field, `message` the Korean sentence, `level` "error" or "warning".
    """

    path: str
    keyword: str
    message: str
    label: str = ""
    level: str = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with the specs: where (`path` relative to the edition's root, 1-based `line`), which kind (`id`, English), and a Korean sentence."""

    path: str
    line: int
    id: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.id}: {self.message}"


class DidimdolError(Exception):
    """처리하지 못했습니다."""

    def __init__(self, message: str | None = None) -> None:
        """Keep `message`, or the docstring of the class where none is given."""
        self.message = message or (type(self).__doc__ or "").strip()
        super().__init__(self.message)


class NotFound(DidimdolError):
    """찾는 내용이 없거나 볼 수 없습니다."""


class Forbidden(DidimdolError):
    """이 일을 할 권한이 없습니다."""


class Unauthenticated(DidimdolError):
    """로그인이 필요합니다."""


class Throttled(DidimdolError):
    """잠시 뒤에 다시 시도하세요."""

    def __init__(self, message: str | None = None, *, retry_after: int = 60) -> None:
        """`retry_after` is in seconds."""
        super().__init__(message)
        self.retry_after = retry_after


class Refused(DidimdolError):
    """지금은 할 수 없습니다."""

    def __init__(self, message: str | None = None, *, page: int | None = None, at: str = "") -> None:
        """`page` is the manual page that says so, where one does; `at` points to the answer it is about ("/role"), "" where it is about none."""
        super().__init__(message)
        self.page = page
        self.at = at


class Stale(DidimdolError):
    """그사이 다른 곳에서 바뀌었습니다. 지금 내용을 확인하세요."""


class AlreadyDone(Stale):
    """이미 끝난 일입니다."""


class TooLarge(DidimdolError):
    """보낸 내용이 너무 큽니다."""


class Invalid(DidimdolError):
    """고칠 곳이 있습니다."""

    def __init__(self, errors: Sequence[FieldError], message: str | None = None) -> None:
        """`errors` holds every error, in the order of the screen."""
        super().__init__(message)
        self.errors = tuple(errors)


class SpecError(DidimdolError):
    """규칙 파일에 잘못이 있습니다."""

    def __init__(self, findings: Sequence[Finding], message: str | None = None) -> None:
        """`findings` holds every finding, file by file."""
        super().__init__(message or "\n".join(str(f) for f in findings) or None)
        self.findings = tuple(findings)


class Broken(DidimdolError):
    """저장된 내용이 손상되었습니다. 관리자에게 알리세요."""


class DatabaseFailed(Exception):
    """A statement failed: tells which kind of failure and which rule of the schema, never which values (drivers' texts quote them)."""


class DatabaseUnavailable(DatabaseFailed):
    """The database cannot be reached, or has no room or time left: the same request may go through later."""
