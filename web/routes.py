"""What a route is here: a path, who may call it, what body it takes, and the plain function that answers. The table of all of them is in `web.app`."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from starlette.convertors import Convertor, register_url_convertor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class _Word(Convertor[str]):
    """A piece of a path that matches one pattern (without a slash), and stays text."""

    def convert(self, value: str) -> str:
        """Leave it as it is."""
        return value

    def to_string(self, value: str) -> str:
        """Leave it as it is."""
        return value


class _Id(_Word):
    regex = "[0-9A-HJKMNP-TV-Z]{26}"


class _Digest(_Word):
    regex = "[0-9a-f]{64}"


class _Name(_Word):
    regex = "[^/\\x00-\\x1f\\x7f]{1,200}"


register_url_convertor("id", _Id())
register_url_convertor("digest", _Digest())
register_url_convertor("name", _Name())


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may call a route: anyone (`public`), or a signed-in person who holds one of the permissions in `may` (none named: any signed-in person).

    `changing` lets in people who still have to replace a one-time password.
    """

    public: bool = False
    may: frozenset[str] = frozenset()
    changing: bool = False


PUBLIC = Rule(public=True)
SIGNED_IN = Rule()
CHANGING = Rule(changing=True)


def may(*permissions: str) -> Rule:
    """Return the rule that lets in whoever holds one of `permissions`."""
    return Rule(may=frozenset(permissions))


class Body(Enum):
    """What a route reads of a request's body; each has its own limit in the settings."""

    NONE = "none"
    FORM = "form"  # urlencoded, or multipart without files
    MIXED = "mixed"  # as FORM, or multipart with some files (a form with attachments, without JavaScript)
    UPLOAD = "upload"  # multipart with one file
    JSON = "json"
    BUNDLE = "bundle"  # a zip, sent as it is or as multipart


@dataclass(frozen=True)
class Doc:
    """What the OpenAPI document says of a route: schemas by name (see `web.api.schemas`) or literal ones; `answers` maps status -> schema.

    `also` are media types a 200 may have instead, as Accept asks.
    """

    summary: str
    takes: Mapping[str, Any] | str | None = None
    answers: Mapping[int, Mapping[str, Any] | str | None] = field(default_factory=dict)
    query: Sequence[tuple[str, str]] = ()
    headers: Sequence[tuple[str, str]] = ()
    also: Sequence[str] = ()


@dataclass(frozen=True)
class Way:
    """One route. `call` is a plain function, run in a thread. A way without a rule cannot be built into an app."""

    method: str
    path: str
    call: Callable[[Request], Response]
    rule: Rule | None = None
    body: Body = Body.NONE
    doc: Doc | None = None

    @property
    def api(self) -> bool:
        """Whether it speaks JSON (errors too) and takes bearer tokens."""
        return self.path.startswith("/api/")

    @property
    def unsafe(self) -> bool:
        """Whether it may change something, so that forged requests must be kept out."""
        return self.method not in SAFE_METHODS

    @property
    def name(self) -> str:
        """A name for pictures and tests: "POST /tasks/{id}"."""
        return f"{self.method} {self.path}"


class Undeclared(TypeError):
    """A route does not say who may call it."""


def declared(ways: Sequence[Way]) -> tuple[Way, ...]:
    """Return `ways` when each has a rule and no two are the same. Raises Undeclared otherwise: such an app does not start."""
    silent = [way.name for way in ways if not isinstance(way.rule, Rule)]
    if silent:
        raise Undeclared("these routes do not say who may call them: " + ", ".join(silent))
    names = [way.name for way in ways]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Undeclared("these routes are declared twice: " + ", ".join(twice))
    return tuple(ways)
