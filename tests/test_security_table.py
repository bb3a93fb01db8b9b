"""SECURITY.md says what holds and by which test: it names every number, tests that exist, and a class for everything stored.

Holds K14 (SECURITY.md).
"""

from __future__ import annotations

import ast
import re
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from engine.spec.edition import load_edition
from engine.store.tables import metadata

TESTS = Path(__file__).parent
TEXT = (TESTS.parent / "SECURITY.md").read_text()
NUMBERS = {f"S{number:02d}" for number in range(1, 51)} | {f"K{number:02d}" for number in range(1, 34)} | {f"D{number:02d}" for number in range(1, 20)}
NUMBERS |= {f"I{number}" for number in range(1, 8)}
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")
HONEST = ("not yet", "not built", "organisation")


def rows():
    """Every row of the tables of numbers: (number, what holds it, what is left)."""
    for line in TEXT.splitlines():
        found = re.fullmatch(r"\| ([SKDI]\d+) \| (.*) \| (.*)\|", line)
        if found:
            yield found[1], found[2], found[3]


@cache
def names_in(path):
    body = ast.parse((TESTS / path).read_text()).body
    functions = {node.name for node in body if isinstance(node, ast.FunctionDef)}
    return functions | {target.id for node in body if isinstance(node, ast.Assign) for target in node.targets if isinstance(target, ast.Name)}


def test_every_number_has_one_row():
    numbers = [number for number, _, _ in rows()]
    assert sorted(numbers) == sorted(NUMBERS)


def test_every_test_named_exists():
    named = NAMED.findall(TEXT)
    assert len(named) > 100
    assert [f"{path}::{name}" for path, name in named if name not in names_in(path)] == []


def test_what_no_test_holds_is_said_plainly():
    assert [number for number, held, _ in rows() if not NAMED.search(held) and not held.startswith(HONEST)] == []


def classes():
    """The patterns of columns, class by class, in the order of the table."""
    table = TEXT.split("## Classes of data")[1].split("\n\n")[0]
    return [re.findall(r"`([\w*]+\.[\w*]+)`", line.rsplit(" | ", 1)[1]) for line in table.splitlines() if line.startswith("| ") and "|---" not in line][1:]


def test_s50_every_column_and_sensitive_field_has_its_class():
    columns = [f"{table.name}.{column.name}" for table in metadata.sorted_tables for column in table.columns]
    patterns = [pattern for each in classes() for pattern in each]
    assert len(patterns) > 30
    assert [column for column in columns if not any(fnmatchcase(column, pattern) for pattern in patterns)] == []
    assert [pattern for pattern in patterns if not any(fnmatchcase(column, pattern) for column in columns)] == []
    edition = load_edition(TESTS.parent)
    sensitive = {f"{form.id}:{pointer}" for form in edition.forms.values() for pointer in form.sensitive}
    assert set(re.findall(r"`(\w+:/[^`]+)`", TEXT)) == sensitive
