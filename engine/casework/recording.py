"""A scenario recorded from a case: what was done to it, with everything personal replaced, proved to hold nothing of it, and played."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random, SystemRandom
from typing import TYPE_CHECKING

from engine.casework import access, answers, cases, reach
from engine.casework.acts import account_of
from engine.casework.dossier import open_case
from engine.casework.particulars import Particulars
from engine.casework.trials import Trials
from engine.errors import Refused

if TYPE_CHECKING:
    from engine.casework.desk import Desk
    from engine.errors import Finding

@dataclass(frozen=True)
class Recorded:
    """The text of a scenario and what came of playing it: `findings` are empty where it plays as the case went.

    `moved` says whether all days moved or the birth day alone, `left` the titles of forms the edition in force no longer has.
    """

    text: str
    findings: tuple[Finding, ...]
    moved: bool
    left: tuple[str, ...]

    @property
    def plays(self) -> bool:
        """Say whether it plays as the case went."""
        return not self.findings


def record(desk: Desk, case_id: str, reason: str, chance: Random | None = None) -> Recorded:
    """Record a case as a scenario and play it with the edition in force. Needs `scenario.record` and a reason, which is logged.

    Raises NotFound, Forbidden, Invalid without a reason, Refused where something personal would be left in it: told is the step, never what.
    """
    told = answers.reason(reason)
    dossier = open_case(desk, case_id, lock=False)
    reach.demand_sight(dossier, reach.RECORD)
    if dossier.case.of_institution:
        raise Refused("기관의 일은 여러 대상의 것이어서 시나리오로 옮기지 않습니다.")
    access.record(desk, "scenario.record", subject=case_id, target=f"case {case_id}", reason=told)
    account = account_of(dossier)
    if not account.acts or account.acts[0].do != "register":
        raise Refused("등록한 기록이 보이지 않아 시나리오로 옮길 수 없습니다.")
    now = cases.view(desk, case_id)
    particulars = Particulars(desk.connection, dossier.edition, account, now)
    trial = Trials(dossier.edition, account, now, particulars, desk.today, chance or SystemRandom()).best()
    found = particulars.left_in(trial.scenario)
    if found:
        raise Refused(f"개인정보가 남아 있어 내주지 않습니다: {', '.join(dict.fromkeys(_told(pointer) for pointer in found))}")
    return Recorded(trial.text, trial.outcome.findings, trial.moved, tuple(dict.fromkeys(account.left)))


def _told(pointer: str) -> str:
    parts = pointer.split("/")
    return f"{int(parts[2]) + 1}번째 단계" if parts[1] == "steps" else "처음(given)" if parts[1] == "given" else "머리"


