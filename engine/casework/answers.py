"""Answers on their way in and out: read to be kept, read to be shown, masked and unmasked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from engine.casework import sealing
from engine.errors import FieldError, Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from engine.spec.form import Form, Reading

REASON_LIMIT = 500


def read(form: Form, answers: Mapping[str, Any], facts: Mapping[str, Any], today: date, *, confirmed: bool, strict: bool) -> Reading:
    """Read answers that are to be kept. Raises Invalid with every error, or with the warnings nobody has confirmed."""
    reading = form.read(answers, facts, today, confirmed=confirmed, strict=strict)
    if not reading.ok:
        raise Invalid(reading.errors or reading.warnings)
    return reading


def shown(form: Form, raw: Mapping[str, Any], facts: Mapping[str, Any], today: date) -> Reading:
    """Read answers for a screen: sensitive ones come back masked, and as no typed values."""
    reading = form.read(raw, facts, today, strict=False)
    if not form.sensitive:
        return reading
    document, _ = sealing.split(form, reading.data)
    derived = {pointer: value for pointer, value in reading.derived.items() if sealing.schema_pointer(pointer) not in form.sensitive}
    return replace(reading, data=sealing.masked(form, reading.data), values=form.values(document), derived=derived)


def masked(form: Form, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Give answers with the sensitive ones masked."""
    return sealing.masked(form, raw)


def whole(form: Form, answers: Mapping[str, Any], before: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Give answers with every mask that came back unchanged put back to what it masks in `before`."""
    return sealing.unmasked(form, answers, before) if before and form.sensitive else answers


def reason(text: str) -> str:
    """Give back a reason that says something, on one line. Raises Invalid."""
    told = " ".join(str(text).split())
    if not told or len(told) > REASON_LIMIT or not told.isprintable():
        raise Invalid([FieldError("/reason", "required", f"까닭을 {REASON_LIMIT}자 안으로 입력하세요.", "까닭")])
    return told
