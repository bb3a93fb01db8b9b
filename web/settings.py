"""What a server is told from outside, read once, frozen, and handed on: nothing else in `web` looks at the environment."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from engine.errors import Refused
from engine.store.database import DEFAULT_URL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MEGABYTE = 1_000_000
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_TRUE, _FALSE = ("1", "true", "yes", "on"), ("", "0", "false", "no", "off")
_SAFE_SSL = ("verify-full", "verify-ca", "require")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a server can be told. Sizes are in bytes.

    `key` names the key file ("" = the development file), `files` the folder of attachments, `hosts` the names browsers may call us by,
    `proxies` the addresses whose forwarding headers are believed, `secure` says that browsers reach us by https only, `idle` and
    `absolute` bound a session, `fields` and `mixed_files` are how many fields and files one form may post, `threads` how many requests are worked on at once.
    """

    database: str = DEFAULT_URL
    key: str = ""
    files: str = "var/files"
    bind: str = "127.0.0.1"
    port: int = 8000
    hosts: tuple[str, ...] = LOOPBACK
    proxies: tuple[str, ...] = ()
    secure: bool = False
    production: bool = False
    demo: bool = False
    idle: timedelta = timedelta(minutes=15)
    absolute: timedelta = timedelta(hours=10)
    json_bytes: int = MEGABYTE
    form_bytes: int = MEGABYTE
    file_bytes: int = 21 * MEGABYTE
    mixed_bytes: int = 64 * MEGABYTE
    mixed_files: int = 10
    edition_bytes: int = 10 * MEGABYTE
    fields: int = 3000
    threads: int = 32
    timer_seconds: int = 30


def read(environment: Mapping[str, str], **given: Any) -> Settings:
    """Return settings from DIDIMDOL_* variables, with what is `given` on the command line on top. Raises Refused for what cannot be meant or is unsafe."""
    told: dict[str, Any] = {}
    for variable, (name, cast) in _VARIABLES.items():
        text = environment.get(variable)
        if text is not None and text != "":
            try:
                told[name] = cast(text)
            except ValueError as error:
                raise Refused(f"{variable} 값을 이해할 수 없습니다: {text}") from error
    told.update({name: value for name, value in given.items() if value is not None})
    made = replace(Settings(), **told)
    if made.bind not in ("0.0.0.0", "::") and made.bind not in made.hosts:  # noqa: S104 -- compared, not bound
        made = replace(made, hosts=(*made.hosts, made.bind))
    for sentence in unsafe(made):
        raise Refused(sentence)
    return made


def unsafe(settings: Settings) -> list[str]:
    """Name what forbids a production start with these settings; nothing outside production."""
    if not settings.production:
        return []
    wrong = []
    if settings.demo:
        wrong.append("운영 환경에서는 체험용 자료를 쓸 수 없습니다.")
    if not settings.secure:
        wrong.append("운영 환경에서는 DIDIMDOL_SECURE=1 (https)이 필요합니다.")
    if not set(settings.hosts) - {*LOOPBACK, settings.bind}:
        wrong.append("운영 환경에서는 DIDIMDOL_HOSTS에 접속 주소 이름을 적어야 합니다.")
    if not settings.key:
        wrong.append("운영 환경에서는 DIDIMDOL_KEY로 암호화 키 파일을 정해야 합니다.")
    if _plain_link(settings.database):
        wrong.append("운영 환경에서는 데이터베이스와 암호화된 연결(sslmode=verify-full)이 필요합니다.")
    return wrong


def _plain_link(url: str) -> bool:
    parts = urlsplit(url)
    asked = parse_qs(parts.query)
    host = parts.hostname or asked.get("host", [""])[-1]
    if not parts.scheme.startswith("postgres") or not host or host.startswith("/") or host in ("127.0.0.1", "localhost", "::1"):
        return False
    return asked.get("sslmode", [""])[-1] not in _SAFE_SSL


def _flag(text: str) -> bool:
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise ValueError(text)


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip().lower() for part in text.split(",") if part.strip())


def _minutes(text: str) -> timedelta:
    return timedelta(minutes=_count(text))


def _count(text: str) -> int:
    number = int(text)
    if number <= 0:
        raise ValueError(text)
    return number


_VARIABLES: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "DIDIMDOL_DATABASE": ("database", str),
    "DIDIMDOL_KEY": ("key", str),
    "DIDIMDOL_FILES": ("files", str),
    "DIDIMDOL_BIND": ("bind", str),
    "DIDIMDOL_PORT": ("port", _count),
    "DIDIMDOL_HOSTS": ("hosts", _names),
    "DIDIMDOL_PROXIES": ("proxies", _names),
    "DIDIMDOL_SECURE": ("secure", _flag),
    "DIDIMDOL_ENV": ("production", lambda text: text == "production"),
    "DIDIMDOL_DEMO": ("demo", _flag),
    "DIDIMDOL_IDLE_MINUTES": ("idle", _minutes),
    "DIDIMDOL_ABSOLUTE_MINUTES": ("absolute", _minutes),
    "DIDIMDOL_THREADS": ("threads", _count),
}
assert {name for name, _ in _VARIABLES.values()} <= {field.name for field in fields(Settings)}
