"""A record being corrected: what stands behind the form of its correction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from engine.casework import records
from engine.errors import Refused
from engine.store.ids import new_id
from web import answers, around, leading, messages, recordpage
from web.formpage import Sight

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.casework.desk import Desk
    from engine.spec.form import Form, Reading
    from web.dialogue import Kept
    from web.posted import Posted
    from web.screens import Extras


@dataclass
class Amending:
    """A record being corrected."""

    record_id: str
    save_label: str = messages.AMEND
    asks_reason: bool = True
    draft: str = ""

    @property
    def action(self) -> str:
        """Give the address of the page."""
        return f"/records/{self.record_id}/amend"

    @property
    def back(self) -> str:
        """Give the page of the record."""
        return f"/records/{self.record_id}"

    def sight(self, desk: Desk) -> Sight:
        """Show it."""
        seen = records.view(desk, self.record_id)
        told = {**recordpage.head(desk, seen), "title": messages.AMEND_TITLE.format(title=seen.form.title), "edition": seen.edition_title}
        reading = records.preview(desk, self.record_id, seen.answers)
        return Sight(
            seen.form, seen.edition, seen.answers, reading, new_id(), seen.revision, why_not=seen.why_not_amend, page=seen.page,
            extras=self.extras(desk, seen.form, seen.answers), around={**told, **leading.manual(desk, desk.edition(seen.edition), seen.form)},
        )

    def preview(self, desk: Desk, given: Mapping[str, Any]) -> Reading:
        """Read answers as they are typed."""
        reading: Reading = records.preview(desk, self.record_id, given)
        return reading

    def extras(self, desk: Desk, form: Form, given: Mapping[str, Any]) -> Extras:
        """Give what the screen shows beside the answers."""
        return replace(around.extras(desk, form, given), reveal=f"/records/{self.record_id}/reveal")

    def keep(self, desk: Desk, posted: Posted, given: Mapping[str, Any]) -> Kept:
        """Keep no draft: a correction is saved or left."""
        del desk, posted, given
        raise Refused(messages.NO_DRAFT)

    def save(self, desk: Desk, posted: Posted, given: Mapping[str, Any]) -> answers.Redirect:
        """Put a new revision on the record."""
        records.amend(
            desk, self.record_id, given, posted.reason, key=posted.key or None, confirmed=posted.confirmed, strict=False, revision=posted.version or None
        )
        return answers.redirect(records.place(desk, self.record_id), flash=messages.AMENDED)
