"""Which records of a case a person sees. One that they do not see does not exist for them; nor do the files, the history and the answers of it.

The rule of the edition in force holds, as its roles do. What the engine itself goes by (guards, processes, statuses) knows every record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.casework.facts import Over
from engine.spec.sight import AUTHOR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.casework.dossier import Dossier
    from engine.spec.edition import Edition
    from engine.spec.sight import Sight


def rule(now: Edition, made: Edition, form_id: str) -> Sight | None:
    """Give the rule of a form: that of the edition in force, or where the form is gone that of the edition the record was made under."""
    form = now.forms.get(form_id) or made.forms.get(form_id)
    return form.sight if form is not None else None


def scope(dossier: Dossier, values: Mapping[str, Any], by: str | None) -> Mapping[str, Any]:
    """Give what a rule reads of one record beside the person: `values` typed, `by` the login of who saved it first."""
    return Over({AUTHOR: by}, Over(values, dossier.facts))


def sees(dossier: Dossier, edition: str, form_id: str, values: Mapping[str, Any], by: str | None) -> bool:
    """Say whether the person sees a record of `form_id`, made under `edition`."""
    desk = dossier.desk
    held = rule(dossier.edition, desk.edition(edition), form_id)
    if held is None or desk.actor.clock:
        return True
    return held.allows(scope(dossier, values, by), {"login": desk.actor.login, "roles": sorted(desk.actor.roles)})
