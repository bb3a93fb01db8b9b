"""An edition on its way into force: all that was found out about it on one page, what stands in its way on top, its day and what becomes of open cases."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from engine.casework import moves, publishing, studies, succession
from engine.spec.difference import difference
from web import display
from web.office import editionpage, words
from web.office.coming import movepage
from web.visit import after_commit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from engine.casework.desk import Desk
    from engine.casework.publishing import Published
    from engine.casework.studies import Study

HERE = editionpage.HERE
_MOST_LONG = 400  # signs of a text before or after that are shown
_LINES = 12  # of what would change that are shown unfolded
MAPPED = "mapped"  # the page's third choice: to move with the steps chosen


def look(request: Request, desk: Desk, digest: str) -> None:
    """Ask for every study of an edition, done beside the requests; nothing where the person may not read them."""
    if "edition.read" not in request.state.may:
        return
    one = editionpage.which(desk, digest)
    studies.ask(desk, digest, studies.IMPACT, {"mapping": dict(one.mapping)})
    for kind in (studies.REPLAY, studies.SCENARIOS):  # the longest last
        studies.ask(desk, digest, kind)
    after_commit(request, request.app.state.wake)


def shown(request: Request, desk: Desk, one: Published, typed: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
    """Tell all of an edition that is a draft, waits or has its day before it; None of any other. `typed` is what was sent, with its `errors`."""
    if one.state not in ("draft", "waiting") and not (one.state == "approved" and one.in_force_from > desk.today):
        return None
    held, all_of_them = studies.latest(desk, one.digest), publishing.editions(desk)
    own, login = one.published_by == desk.actor.login, desk.actor.login
    open_yet = one.state in ("draft", "waiting")
    stops = [succession.trouble(all_of_them, desk.today, one.in_force_from, one.digest)] if open_yet else []
    played = held.get(studies.SCENARIOS)
    if open_yet and played is not None and played.ended_at is not None:
        stops.append(studies.unproven(played))
    if one.state == "waiting" and "edition.approve" in request.state.may and (own or one.chosen_by == login):
        stops.append(words.OWN_EDITION if own else words.OWN_TERMS)
    told: dict[str, dict[str, Any]] = {kind: {"kind": kind, "title": title, **editionpage.study(held.get(kind)), "result": held[kind].result if kind in held else None} for kind, (title, _) in words.STUDIES.items()}
    if not any(each["busy"] for each in told.values()):  # once, not while the page renews itself
        for kind in (studies.IMPACT, studies.REPLAY):
            told[kind]["result"] = editionpage.with_examples(desk, request.state.may, one.digest, told[kind]["result"])
    current = studies.IMPACT in held and dict(held[studies.IMPACT].given.get("mapping") or {}) == dict(one.mapping)
    return {
        "stops": [each for each in stops if each], "cares": _cares(one, held, open_yet=open_yet) if current else [], "asked": all(kind in held for kind in told) and current,
        "busy": any(each["busy"] for each in told.values()), "impact": told[studies.IMPACT], "lines": _LINES, "figures": _figures(held.get(studies.IMPACT)),
        "others": [told[studies.SCENARIOS], told[studies.REPLAY]], "changes": changes(desk, one, all_of_them), "terms": one.terms, "open": open_yet,
        "rule": _rule(desk, one, typed), "writes": open_yet and "edition.write" in request.state.may, "draft": one.state == "draft",
        "stays": one.open_cases == succession.STAY,
    }


def changes(desk: Desk, one: Published, editions: tuple[Published, ...], wanted: str = "") -> dict[str, Any]:
    """Tell what changed from another edition (the one `wanted`; else the one in force, or the one before) to this one, file by file."""
    others = [each for each in editions if each.digest != one.digest]
    old = next((each for each in others if each.digest == wanted), None) or _before(others)
    found = difference(desk.edition(old.digest), desk.edition(one.digest)) if old else ()
    parts = [{"path": path, "where": where, "changes": [_told(each) for each in group]} for (path, where), group in groupby(found, key=lambda each: (each.path, each.where))]
    return {"parts": parts, "count": len(found), "old": old.title if old else "", "others": [(each.digest, f"{each.title} ({each.digest[: editionpage.SHORT]})", each is old) for each in others]}


def _told(each: Any) -> dict[str, str]:
    long = {"before": each.before[:_MOST_LONG], "after": each.after[:_MOST_LONG]}
    return {"sentence": each.sentence, **(long if each.before and each.after and each.before not in each.sentence else {"before": "", "after": ""})}


def _before(others: list[Published]) -> Published | None:
    current = next((each for each in others if each.state == "in force"), None)
    return current or max((each for each in others if each.approved_at), key=lambda each: each.in_force_from, default=None) or (others[0] if others else None)


def whole(desk: Desk, digest: str, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Give the steps chosen on the page with what the edition says of processes that have another id: the page has no fields for these."""
    return movepage.kept(chosen, editionpage.which(desk, digest).mapping)


def choice(one: Published) -> str:
    """Give which of the page's three choices an edition carries."""
    return succession.STAY if one.open_cases == succession.STAY else MAPPED if one.mapping else succession.MOVE


def _rule(desk: Desk, one: Published, typed: Mapping[str, Any] | None) -> dict[str, Any]:
    """Tell the day and the choice as chosen or typed, with the steps that are gone."""
    picked, mapping = choice(one), one.mapping
    if typed is not None:
        picked, mapping = typed["choice"], typed["mapping"]
    standing, new = moves.standing(desk, one.digest), desk.edition(one.digest)
    steps, renamed = movepage.steps(standing, new, mapping), movepage.renamed(standing, new, one.mapping)
    offered = [(key, title, hint, key == picked) for key, (title, hint) in words.CHOICES.items() if key != MAPPED or steps or picked == MAPPED]
    moved = [(each["process"], each["title"], next((title for _, title, on in each["options"] if on), words.UNDECIDED)) for each in steps]
    return {
        "from": {"from": typed["from"] if typed is not None else display.day(one.in_force_from)}, "errors": typed["errors"] if typed is not None else {},
        "choices": offered, "steps": steps, "renamed": renamed, "told": words.CHOICES[choice(one)][0], "moved": moved if choice(one) == MAPPED else [], "mapped": MAPPED,
    }


def _figures(study: Study | None) -> list[tuple[str, str]]:
    if study is None or study.result is None:
        return []
    found = study.result
    counts = (("열린 건", found["cases"]), *((title, found["instances"][key]) for key, title in words.FITS.items()), ("열린 할 일", found["tasks"]))
    return [(title, f"{count:,}") for title, count in counts]


def _cares(one: Published, held: Mapping[str, Study], *, open_yet: bool) -> list[tuple[str, str]]:
    """Tell what whoever approves had better look at first: sentences with the part of the page they lead to. What stands in the way is told above."""
    results = {kind: study.result for kind, study in held.items() if study.result is not None}
    found: list[tuple[str, str, int]] = []
    if studies.SCENARIOS in results and not open_yet:
        found.append((words.CARE_SCENARIOS, studies.SCENARIOS, len(results[studies.SCENARIOS]["findings"])))
    if studies.IMPACT in results:
        told = results[studies.IMPACT]
        if one.open_cases == succession.MOVE:
            found.append((words.CARE_UNMAPPED, "terms", told["instances"]["mapping"]))
            found.append((words.CARE_DRAFTS, studies.IMPACT, told["drafts"]["loses"] + told["drafts"].get("goes", 0)))
        found.append((words.CARE_STATISTICS, studies.IMPACT, sum(not each["comparable"] for each in told["statistics"])))
    if studies.REPLAY in results:
        found.append((words.CARE_REPLAY, studies.REPLAY, results[studies.REPLAY]["refused"]))
    failed = [(words.CARE_FAILED.format(title=words.STUDIES[kind][0]), kind) for kind, study in held.items() if study.failed and kind in words.STUDIES and not (open_yet and kind == studies.SCENARIOS)]
    return failed + [(sentence.format(count=f"{count:,}"), part) for sentence, part, count in found if count]
