"""A database of the size of the whole country: 200,000 cases, each a copy of one of a few that the engine itself worked on, with its own ids,
names, days and place. Seeded, so the same every time; kept under `var/` and used again while edition and tables are the same.

What is not made anew: the codes of history rows (nothing here reads them; `didimdol verify` would). States of processes carry true codes, so every
case can be opened and worked on.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import shutil
import sys
import time
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from pysqlite3 import dbapi2 as sqlite

from bench import answers
from bench.world import ROOT, WORLD, World
from engine.casework.instances import _place as place_of_state
from engine.casework.projection import folded, initials
from engine.store.keyring import load_keyring

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SEED = 20240301
CASES, PLACES, LARGEST = 200_000, 200, 10_000  # cases, institutions, cases of the first one
PER_WORKER = 50
CHUNK = 2000  # cases written at once
NAME, BIRTH = "견본하나", "2009-02-17"
YEAR = answers.person(0)["입소일자"][:4]  # the year a case is decided in is that of its beginning
READER = {
    "id": "national_reader", "title": "전국 조회", "lanes": ["worker"], "kinds": ["가정위탁"], "may": ["case.read", "report.read"], "scope": "all",
}
REPORT = {
    "id": "three_ways", "title": "세 기준 통계",
    "groups": [
        {"id": "status", "title": "상태", "value": "case.status"}, {"id": "sex", "title": "성별", "value": "case.성별"},
        {"id": "year", "title": "결정년도", "value": "case.보호조치결정년도", "type": "number"},
    ],
    "measures": [
        {"id": "children", "title": "아동 수", "how": "count"}, {"id": "score", "title": "해", "how": "mean", "value": "case.보호조치결정년도"},
    ],
}  # fmt: skip
FAMILY = "김이박최정강조윤장임한오서신권황안송류홍"
SYLLABLES = "가나다라마바사아자차하은서지민수진현우영준호연주희경미선정훈도윤채원"
TABLES = ("history", "cases", "instance", "task", "record", "revision", "case_form", "case_value", "record_row", "record_value", "search_key", "timer")
_STILL = {("timer", 4), ("instance", 8), ("cases", 15)}  # when timers are due and values were worked out: days that stay, or the clock would work all day
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_DAY = re.compile(r"(?<!\d)20\d\d-\d\d-\d\d(?!\d)")


def big_world(folder: Path) -> World:
    """The world with the big database, made where it is not there or of other rules."""
    folder = folder.resolve()  # commands run elsewhere
    rules = folder / "rules"
    mark = folder / "made"
    wanted = _fingerprint()
    world = World(folder, f"sqlite:///{folder}/big.db", rules=rules)
    if not mark.exists() or mark.read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        _rules(rules)
        world.fill(_world())
        begin = time.perf_counter()
        _grow(world)
        print(f"made {CASES:,} cases in {time.perf_counter() - begin:.0f} s", file=sys.stderr)
        mark.write_text(wanted)
    with _open(folder) as connection:  # what was worked out another day would be worked out anew by the clock, while we measure
        connection.execute("UPDATE cases SET shown_on = ? WHERE shown_on <> ?", (date.today().isoformat(),) * 2)
    return world


def _fingerprint() -> str:
    parts = [Path(__file__).read_bytes(), (ROOT / "engine/store/tables.py").read_bytes()]
    parts += [path.read_bytes() for name in ("workflows", "forms") for path in sorted((ROOT / name).rglob("*")) if path.is_file()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _rules(folder: Path) -> None:
    """The edition as it is, and beside it one role that reaches everything and one statistic with three groups: the hardest there can be."""
    for name in ("workflows", "forms"):
        shutil.copytree(ROOT / name, folder / name)
    path = folder / "workflows/roles.json"
    told = json.loads(path.read_text())
    told["roles"].append(READER)
    path.write_text(json.dumps(told, ensure_ascii=False))
    (folder / "forms/reports/three_ways.json").write_text(json.dumps(REPORT, ensure_ascii=False))


def _world() -> dict[str, Any]:
    reader = {**WORLD["people"][0], "login": "reader", "name": "전국조회", "roles": [{"role": READER["id"], "from": "@-400d", "to": None}]}
    lead = {**WORLD["people"][0], "login": "lead", "name": "이팀장", "roles": [{"role": "special_manager", "from": "@-400d", "to": None}]}
    return {**WORLD, "people": [*WORLD["people"], reader, lead]}


# -- a few cases the engine worked on ------------------------------------------------------------------------------------------------


def _work(world: World) -> list[str]:
    """Cases at four stages, ten records each; their ids."""
    with world.server() as (port, _):
        api = httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {world.token()}"}, timeout=60)
        return [_one(api, stage) for stage in range(4)]


def _one(api: httpx.Client, stage: int) -> str:
    day = answers.TODAY.isoformat()
    person = {**answers.person(0), "대상자명": NAME, "성별": "남여"[stage % 2], "생년월일": BIRTH}
    case = _ok(api.post("/api/cases", json={"form": "child_basic_info", "data": person}))["id"]
    forms: list[tuple[str, Callable[[dict[str, Any]], Any]]] = []
    if stage >= 1:
        forms.append(("skills_assessment", answers.assessment))
    if stage >= 2:
        forms.append(("selfreliance_plan", lambda _: answers.plan()))
    forms += [("service_provision", lambda _: {"사례관리일자": day, "사례관리분야": "그외"})] * (9 - len(forms))
    for form, given in forms:
        task = _ok(api.post(f"/api/cases/{case}/actions/{form}"))["task"]
        schema = _ok(api.get(f"/api/tasks/{task}"))["schema"]
        _ok(api.post(f"/api/tasks/{task}/complete", json={"data": given(schema)}, headers={"Idempotency-Key": f"b-{task}"}))
    return case


def _ok(answer: httpx.Response) -> Any:
    if answer.status_code >= 300:
        raise RuntimeError(f"{answer.request.url}: {answer.status_code} {answer.text[:500]}")
    return answer.json()


# -- their copies --------------------------------------------------------------------------------------------------------------------


class Cell:
    """One value of a copied row: text between places where something else stands in each copy."""

    def __init__(self, value: str, tokens: dict[str, int]) -> None:
        pattern = re.compile("|".join(re.escape(token) for token in sorted(tokens, key=len, reverse=True)))
        self.texts = pattern.split(value)
        self.places = [tokens[token] for token in pattern.findall(value)]

    def fill(self, new: list[str]) -> str:
        if len(self.places) == 1 and not self.texts[0] and not self.texts[1]:
            return new[self.places[0]]
        parts = [self.texts[0]]
        for place, text in zip(self.places, self.texts[1:], strict=True):
            parts += (new[place], text)
        return "".join(parts)


class Sample:
    """A case of the engine as rows to be copied. Tokens: its ids first, then name, initials, birth day, year, place, owner, and every day in it."""

    def __init__(self, connection: Any, case: str) -> None:
        self.rows: dict[str, list[list[Any]]] = {}
        kept: dict[str, list[tuple[Any, ...]]] = {}
        ids = [case]
        for table in TABLES:
            where = {"cases": "id = ?", "record_value": "row_id IN (SELECT id FROM record_row WHERE case_id = ?)"}.get(table, "case_id = ?")
            kept[table] = connection.execute(f"SELECT * FROM {table} WHERE {where}", (case,)).fetchall()
            if table in ("instance", "task", "record", "timer"):
                ids += [row[0] for row in kept[table]]
        (self.place,) = connection.execute("SELECT institution_id FROM cases WHERE id = ?", (case,)).fetchone()
        (self.number,) = connection.execute("SELECT number FROM cases WHERE id = ?", (case,)).fetchone()
        (self.worker, worker_name) = connection.execute("SELECT id, name FROM person WHERE login = 'bench'").fetchone()
        self.ids = ids
        self.days = sorted({day for rows in kept.values() for row in rows for cell in row if isinstance(cell, str) for day in _DAY.findall(cell)} - {BIRTH})
        fixed = [NAME, initials(NAME), BIRTH, f'_year":{YEAR}', f"{YEAR}.000000", self.place, WORLD["institutions"][0]["name"], self.worker, worker_name, self.number]
        self.tokens = {token: at for at, token in enumerate([*ids, *fixed, *self.days])}
        for table, rows in kept.items():
            self.rows[table] = [[self._cell(value, moves=(table, at) not in _STILL) for at, value in enumerate(row)] for row in rows]

    def _cell(self, value: Any, *, moves: bool) -> Any:
        if isinstance(value, str) and not _DIGEST.match(value):
            made = Cell(value, self.tokens if moves else {token: at for token, at in self.tokens.items() if token not in self.days})
            return made if made.places else value
        return value


def _grow(world: World) -> None:
    samples_of = _work(world)
    with _open(world.folder, index=False) as connection:
        cipher = load_keyring(world.environment["DIDIMDOL_KEY"]).cipher()
        indexes = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall()
        marks = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in indexes:
            connection.execute(f'DROP INDEX "{name}"')
        for name, _ in marks:
            connection.execute(f'DROP TRIGGER "{name}"')
        samples = [Sample(connection, case) for case in samples_of]
        places = _places(connection, samples[0])
        chance = random.Random(SEED)
        rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in TABLES}
        for number, (place, worker) in enumerate(_seats(places, chance)):
            _copy(samples[number % 4], number, place, worker, chance, cipher, rows)
            if number % CHUNK == CHUNK - 1:
                _flush(connection, rows)
                if number % 20_000 == 19_999:
                    print(f"{number + 1:,} cases", file=sys.stderr)
        _flush(connection, rows)
        for _, sql in [*indexes, *marks]:
            connection.execute(sql)
        connection.execute("ANALYZE")
        connection.execute("COMMIT")


def _open(folder: Path, *, index: bool = True) -> Any:
    connection = sqlite.connect(folder / "big.db", isolation_level=None)
    for pragma in ("journal_mode = WAL", "foreign_keys = OFF", "synchronous = OFF", "cache_size = -400000", "temp_store = FILE", "secure_delete = OFF"):
        connection.execute(f"PRAGMA {pragma}")
    if not index:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("BEGIN")
    return connection


def _places(connection: Any, sample: Sample) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Institutions (id, name, workers); the first is the one of the sample."""
    made = []
    names = {table: [column[1] for column in connection.execute(f"PRAGMA table_info({table})")] for table in ("institution", "person")}
    like = dict(zip(names["institution"], connection.execute("SELECT * FROM institution WHERE id = ?", (sample.place,)).fetchone(), strict=True))
    who = dict(zip(names["person"], connection.execute("SELECT * FROM person WHERE id = ?", (sample.worker,)).fetchone(), strict=True))
    for number in range(PLACES):
        ident, name = (f"00PACE{number:020d}", f"센터{number:03d}") if number else (sample.place, like["name"])
        workers = [(f"00PERS{number:010d}{n:010d}", f"담당{number:03d}{n:03d}") for n in range((LARGEST if number == 0 else CASES // PLACES) // PER_WORKER)]
        if number:
            _insert(connection, "institution", [tuple({**like, "id": ident, "name": name}.values())])
        else:
            workers[0] = (sample.worker, who["name"])
        people = [{**who, "id": one, "login": f"w{one[-16:]}", "name": called, "institution_id": ident} for one, called in workers if one != sample.worker]
        _insert(connection, "person", [tuple(each.values()) for each in people])
        made.append((ident, name, workers))
    return made


def _seats(places: list[tuple[str, str, list[tuple[str, str]]]], chance: random.Random) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    """The place and the worker of each case, mixed as they come in over the years."""
    rest = (CASES - LARGEST) / (PLACES - 1)
    ends = list(accumulate([LARGEST / CASES, *[rest / CASES] * (PLACES - 1)]))
    for _ in range(CASES):
        place, name, workers = chance.choices(places, cum_weights=ends)[0]
        yield (place, name), chance.choice(workers)


def _copy(sample: Sample, number: int, place: tuple[str, str], worker: tuple[str, str], chance: random.Random, cipher: Any, into: dict[str, list[Any]]) -> None:
    name = chance.choice(FAMILY) + chance.choice(SYLLABLES) + chance.choice(SYLLABLES)
    past = timedelta(days=chance.randrange(1400))
    birth = date(2006, 1, 1) + timedelta(days=chance.randrange(4 * 365))
    year = chance.randrange(2008, 2026)
    days = [(date.fromisoformat(day) - past).isoformat() for day in sample.days]
    ids = [f"01{number:010d}{at:014d}" for at in range(len(sample.ids))]
    fixed = [name, initials(name), birth.isoformat(), f'_year":{year}', f"{year}.000000", *place, *worker, f"20{number:08d}"]
    new = [*ids, *fixed, *days]
    for table, rows in sample.rows.items():
        for row in rows:
            made = [cell.fill(new) if isinstance(cell, Cell) else cell for cell in row]
            if table == "instance":
                made[6] = cipher.mac(made[5], place_of_state(made[0], made[4], made[7]))
            elif table == "task" and made[12] is not None:
                made[12] = (answers.TODAY + timedelta(days=chance.randrange(-30, 90))).isoformat()
            into[table].append(tuple(made))


def _flush(connection: Any, rows: dict[str, list[tuple[Any, ...]]]) -> None:
    for table, made in rows.items():
        _insert(connection, table, sorted(made) if table in ("case_value", "case_form", "history", "record_value") else made)
        made.clear()


def _insert(connection: Any, table: str, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)


assert folded(NAME) == NAME  # a key is the name itself
