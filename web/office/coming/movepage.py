"""What the page of a planned move shows and sends: steps that are gone with where they may go on, and what came of trying. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.spec.mapping import PROCESS, gone, proposals
from engine.spec.spiff_rebind import CLOSE, STAY
from web.office import words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.datastructures import FormData

    from engine.casework.studies import Study
    from engine.spec.edition import Edition

_FIELD = "map"  # fields of the form that say where a step goes on: map/<process>/<step>


def steps(standing: tuple[Edition, ...], new: Edition, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Tell every step that is gone, with where it may go on: what was chosen last, else what looks most like it."""
    made: dict[tuple[str, str], dict[str, Any]] = {}
    for old in standing:
        for each in proposals(old, new):
            kind = old.processes[each.process].elements[each.step].kind
            targets = [(node.id, node.title or node.id) for node in new.processes[each.process].elements.values() if node.kind == kind]
            picked = str((given.get(each.process) or {}).get(each.step, "" if given else each.target))
            options = [("", words.UNDECIDED), *targets, (STAY, words.STAY), (CLOSE, words.CLOSE)]
            made.setdefault((each.process, each.step), {
                "name": f"{_FIELD}/{each.process}/{each.step}", "process": each.process_title, "title": each.title,
                "options": [(value, title, value == picked) for value, title in options],
            })
    return list(made.values())


def renamed(standing: tuple[Edition, ...], new: Edition, given: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Tell every process that is gone, with the title of the one it goes on as, "" where nobody said so: that is said in a file or over the API only."""
    targets = {name: new.processes.get(str(told[PROCESS])) for name, told in given.items() if PROCESS in told}
    return [(each.title, target.title if (target := targets.get(each.id)) else "") for each in gone(standing, new)]


def kept(chosen: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Give the steps chosen, with what was given of processes that have another id."""
    return {**chosen, **{name: told for name, told in given.items() if PROCESS in told}}


def sent(form: FormData | None) -> dict[str, Any]:
    """Read what the page sends: `intent`, `origin` (a digest or ""), `tried` (the id of the trial it showed), and the `mapping` of the chosen steps."""
    made: dict[str, dict[str, str]] = {}
    told = {"intent": "", "origin": "", "tried": ""}
    for name, value in form.multi_items() if form is not None else ():
        head, _, rest = name.partition("/")
        process, _, step = rest.partition("/")
        if isinstance(value, str) and name in told:
            told[name] = value.strip()
        elif head == _FIELD and step and step != PROCESS and isinstance(value, str) and value:
            made.setdefault(process, {})[step] = value
    return {**told, "mapping": made}


def outcome(study: Study | None) -> dict[str, Any] | None:
    """Tell what came of trying: figures of cases, and why some stay; None where it was not tried or did not end well."""
    if study is None or study.result is None:
        return None
    found = study.result
    figures = (("cases", "건"), ("moved", "모두 옮김"), ("partly", "일부만"), ("stayed", "그대로"))
    return {"tried": study.id, "figures": [(title, f"{found[name]:,}") for name, title in figures], "why": [{"sentence": each["sentence"], "count": f"{each['count']:,}"} for each in found["why"]]}
