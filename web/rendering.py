"""Templates to answers: one Jinja environment, asset addresses that change with their content, and the frame around every page."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from web import display

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from web.frame import Frame

HERE = Path(__file__).parent
STATIC = HERE / "static"


@lru_cache(maxsize=64)
def asset(path: str) -> str:
    """Give the address of a file below `web/static`; it carries a digest of the content, so it may be kept for ever."""
    file = STATIC / path
    digest = hashlib.sha256(file.read_bytes()).hexdigest()[:12] if file.is_file() else "missing"
    return f"/static/{path}?v={digest}"


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, auto_reload=False, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined,
        cache_size=200,
    )
    made.globals["asset"] = asset
    made.filters.update(day=display.day, minute=display.minute, plain=display.plain, subject=display.subject)
    return made


ENVIRONMENT = _environment()


@dataclass(frozen=True, slots=True)
class Link:
    """Somewhere to go."""

    title: str
    href: str = ""


def text(request: Request, template: str, context: Mapping[str, Any], frame: Frame | None = None) -> str:
    """Render a template for a request; `csrf` and `frame` are always there."""
    given = {
        "frame": frame, "csrf": getattr(request.state, "csrf", ""), "flash": getattr(request.state, "flash", ""),
        "demo": getattr(request.state, "demo", None), **context,
    }
    return ENVIRONMENT.get_template(template).render(given)


def render(request: Request, template: str, context: Mapping[str, Any], *, frame: Frame | None = None, status: int = 200) -> HTMLResponse:
    """Answer with a rendered template."""
    return HTMLResponse(text(request, template, context, frame), status)
