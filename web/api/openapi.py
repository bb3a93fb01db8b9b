"""The OpenAPI 3.1 document, made from the route table: what is not routed is not described, and what is routed is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from web.api.schemas import DIGEST, ID, SCHEMAS, TEXT, named
from web.routes import Body, Doc

if TYPE_CHECKING:
    from collections.abc import Iterable

    from web.routes import Way

_PARAMETER = re.compile(r"\{(\w+)(?::(\w+))?\}")
_KINDS = {"id": ID, "digest": DIGEST}
_PROBLEMS = {400: "읽을 수 없는 요청", 401: "로그인 필요", 403: "권한 없음", 404: "없거나 볼 수 없음", 500: "처리하지 못함"}
_BINARY = {"type": "string", "format": "binary"}


def document(ways: Iterable[Way], *, title: str = "Didimdol") -> dict[str, Any]:
    """Return the document for the API routes among `ways`."""
    paths: dict[str, dict[str, Any]] = {}
    for way in ways:
        if way.api:
            paths.setdefault(plain(way.path), {})[way.method.lower()] = _operation(way)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1"},
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "responses": {"Problem": {"description": "RFC 9457", "content": {"application/problem+json": {"schema": named("Problem")}}}},
        },
    }


def plain(path: str) -> str:
    """Return a route's path as OpenAPI writes it: `/api/cases/{id}`."""
    return _PARAMETER.sub(r"{\1}", path)


def _operation(way: Way) -> dict[str, Any]:
    doc = way.doc or Doc(way.name)
    made: dict[str, Any] = {
        "operationId": re.sub(r"\W+", "_", f"{way.method.lower()}{plain(way.path)[4:]}").strip("_"),
        "summary": doc.summary,
        "parameters": _parameters(way, doc),
        "responses": _responses(way, doc),
        "x-may": sorted(way.rule.may) if way.rule else [],
    }
    if way.body is Body.JSON:
        made["requestBody"] = {"required": True, "content": {"application/json": {"schema": named(doc.takes or {"type": "object"})}}}
    elif way.body is Body.UPLOAD:
        form = {"type": "object", "required": ["file"], "properties": {"file": _BINARY, "at": TEXT, "form": TEXT}}
        made["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": form}}}
    elif way.body is Body.BUNDLE:
        made["requestBody"] = {"required": True, "content": {"application/zip": {"schema": _BINARY}}}
    return made


def _parameters(way: Way, doc: Doc) -> list[dict[str, Any]]:
    found = [{"name": name, "in": "path", "required": True, "schema": _KINDS.get(kind, TEXT)} for name, kind in _PARAMETER.findall(way.path)]
    found += [{"name": name, "in": "query", "description": about, "schema": TEXT} for name, about in doc.query]
    found += [{"name": name, "in": "header", "required": True, "description": about, "schema": TEXT} for name, about in doc.headers]
    return found


def _responses(way: Way, doc: Doc) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for status, schema in doc.answers.items():
        made[str(status)] = {"description": doc.summary}
        if schema is not None:
            media, kind = ("application/octet-stream", _BINARY) if schema == "binary" else ("application/json", named(schema))
            made[str(status)]["content"] = {media: {"schema": kind}}
    for media in doc.also:
        made["200"]["content"][media] = {"schema": _BINARY}
    known = {**_PROBLEMS, **({409: "", 413: "", 415: "", 422: ""} if way.unsafe else {})}
    for status in known:
        made.setdefault(str(status), {"$ref": "#/components/responses/Problem"})
    return made
