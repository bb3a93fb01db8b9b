"""What can be wrong with a request before any verb sees it. The docstring of a class is its sentence, as in `engine.errors`."""

from __future__ import annotations

from engine.errors import DidimdolError, Forbidden


class Unreadable(DidimdolError):
    """보낸 내용을 읽을 수 없습니다."""


class Unsupported(DidimdolError):
    """받을 수 없는 형식으로 보냈습니다."""


class Forged(Forbidden):
    """다른 곳에서 보낸 요청이거나 오래된 화면입니다. 화면을 새로 고친 뒤 다시 하세요."""


class WrongHost(DidimdolError):
    """이 주소로는 접속할 수 없습니다."""


class PasswordDue(DidimdolError):
    """먼저 비밀번호를 바꿔야 합니다."""
