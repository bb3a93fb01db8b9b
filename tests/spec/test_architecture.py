"""The rules of the house, held by reading the source: who imports whom, who ends transactions, which words and calls stand where.

Holds S30, S39, S41 (SECURITY.md).
"""

from __future__ import annotations

import ast
import json
import re
from functools import cache
from pathlib import Path

import pytest

from engine.spec.fx_functions import FUNCTIONS

ROOT = Path(__file__).resolve().parents[2]
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for folder in ("engine", "web") for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts and "vendor" not in path.parts
}
MOST_IMPORTS = 10
MOST_LINES = 400
LONG = {"engine.store.tables": 570}  # a list of columns, no code


@cache
def tree(name: str) -> ast.Module:
    return ast.parse(MODULES[name].read_text(encoding="utf-8"))


def type_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def walk(node: ast.AST, types: bool):
    waiting = [node]
    while waiting:
        for child in ast.iter_child_nodes(waiting.pop()):
            if types or not type_only(child):
                yield child
                if not isinstance(child, ast.expr):  # no import stands in one
                    waiting.append(child)


@cache
def imported(name: str, types: bool = True) -> frozenset[str]:
    """Every module, ours or not, that `name` imports, also inside functions."""
    found: set[str] = set()
    for node in walk(tree(name), types):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            parts = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {part for part in parts if part in MODULES} | ({node.module} if not parts <= set(MODULES) else set())
    return frozenset(found)


def ours(name: str, types: bool = True) -> set[str]:
    return {found for found in imported(name, types) if found in MODULES and found != name}


def under(name: str, *roots: str) -> bool:
    return any(name.startswith(root[:-1]) if root.endswith("*") else name == root or name.startswith(root + ".") for root in roots)


@cache
def calls(name: str) -> tuple[tuple[int, str, str], ...]:
    return tuple(
        (node.lineno, node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", ""), ast.unparse(node.func))
        for node in ast.walk(tree(name)) if isinstance(node, ast.Call)
    )


ARROWS = {
    "engine.errors": (),
    "engine.spec": ("engine.spec", "engine.errors"),
    "engine.store": ("engine.store", "engine.errors"),
    "engine.casework": ("engine.casework", "engine.store", "engine.spec", "engine.errors"),
    "engine.cli": ("engine", "web"),
    "engine.commands": ("engine", "web"),
    "web": ("web", "engine.casework", "engine.store", "engine.spec", "engine.errors"),
}


@pytest.mark.parametrize("root", ARROWS)
def test_the_arrows_point_one_way(root):
    wrong = [f"{name} imports {other}" for name in MODULES if under(name, root) for other in ours(name) if not under(other, *ARROWS[root])]
    assert not wrong


OWNERS = {
    "SpiffWorkflow": ("engine.spec.process", "engine.spec.decision", "engine.spec.spiff_*"),
    "jsonschema": ("engine.spec.form", "engine.spec.keywords"),
    "lxml": ("engine.spec",),
    "sqlalchemy": ("engine.store", "engine.casework"),
    "alembic": ("engine.store",),
    "starlette": ("web",),
    "jinja2": ("web",),
    "re2": ("engine.spec",),
}


@pytest.mark.parametrize("library", OWNERS)
def test_a_library_is_known_by_its_owners_only(library):
    wrong = [name for name in MODULES if any(under(found, library) for found in imported(name)) and not under(name, *OWNERS[library])]
    assert not wrong


def test_no_import_cycles():
    waiting = {name: {other for other in ours(name, types=False)} for name in MODULES}
    while free := [name for name, others in waiting.items() if not others & set(waiting)]:
        for name in free:
            del waiting[name]
    assert not waiting, sorted(waiting)


def test_no_module_knows_more_than_ten_of_ours():
    wrong = {name: len(known) for name in MODULES if len(known := ours(name, types=False)) > MOST_IMPORTS}
    assert not wrong


def test_modules_stay_small():
    wrong = {name: lines for name, path in MODULES.items() if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONG.get(name, MOST_LINES)}
    assert not wrong


#: A pool asks an idle connection whether it lives, before anybody's transaction begins.
PING = ("engine.store.database", "raw.rollback")


def test_transactions_end_in_one_place():
    wrong = [
        f"{name}:{line} {dotted}" for name in MODULES if name not in ("web.unit", "engine.cli")
        for line, call, dotted in calls(name) if call in ("commit", "rollback") and (name, dotted) != PING
    ]
    assert not wrong


BANNED_WORDS = re.compile(r"service|manager|helper|utils|common|(?<![a-z])base|processor", re.IGNORECASE)


def test_names_say_what_a_thing_is():
    wrong = [name for name in MODULES if BANNED_WORDS.search(name.rpartition(".")[2])]
    for name in MODULES:
        wrong += [f"{name}.{node.name}" for node in ast.walk(tree(name)) if isinstance(node, ast.ClassDef) and BANNED_WORDS.search(node.name)]
    assert not wrong


BANNED_CALLS = {
    "eval", "exec", "__import__", "add_bpmn_file", "add_bpmn_files", "add_bpmn_files_by_glob", "add_bpmn_str", "add_bpmn_io", "add_dmn_file", "add_dmn_files",
    "add_dmn_files_by_glob", "add_dmn_str", "add_dmn_io", "system", "popen", "iterparse", "ETCompatXMLParser",
}
BANNED_DOTTED = {"yaml.load", "pickle.loads", "pickle.load", "marshal.loads", "etree.parse", "re2.set_fallback_notification"}
BANNED_IMPORTS = ("pickle", "marshal", "shelve", "yaml", "SpiffWorkflow.serializer", "xml.etree", "xml.dom", "xml.sax", "imp")


def test_dangerous_calls_do_not_occur():
    wrong = [
        f"{name}:{line} {dotted}" for name in MODULES for line, call, dotted in calls(name)
        if (call in BANNED_CALLS and not (call == "exec" and "." in dotted)) or dotted in BANNED_DOTTED or (dotted == "etree.fromstring" and name != "engine.spec.xml")
    ]
    wrong += [f"{name} imports {found}" for name in MODULES for found in imported(name) if under(found, *BANNED_IMPORTS)]
    assert not wrong


def test_every_module_and_public_name_is_described():
    wrong = [name for name in MODULES if not ast.get_docstring(tree(name)) and tree(name).body]
    for name in MODULES:
        wrong += [
            f"{name}.{node.name}" for node in tree(name).body
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_") and not ast.get_docstring(node)
        ]
    assert not wrong


# ---- vocabulary: no id, title, option, lane or role of the shipped edition stands in the code

#: Words of the edition that are everyday words of any office, or of the platform itself.
EVERYDAY = {"내용", "등록", "반려됨", "번호", "소속", "전화번호", "주소", "첨부파일", "프로그램", "해당 없음", "비고", "기간", "승인", "반려", "의견"}


def edition_words() -> set[str]:
    words: set[str] = set()
    for path in (ROOT / "forms").rglob("*.json"):
        data = json.loads(path.read_text(encoding="utf-8"))
        _collect(data, words)
        words.add(path.stem)
    roles = ROOT / "workflows" / "roles.json"
    if roles.exists():
        data = json.loads(roles.read_text(encoding="utf-8"))
        words |= {part[key] for group in ("lanes", "roles") for part in data[group] for key in ("id", "title")}
        words |= {kind for role in data["roles"] for kind in role.get("kinds", [])}
    for path in (ROOT / "workflows").glob("*.bpmn"):
        words.add(path.stem)
        words |= set(re.findall(r'<bpmn:(?:lane|userTask|process)\b[^>]*?\bname="([^"]+)"', path.read_text(encoding="utf-8")))
    return {word for word in words if len(word) >= 2} - EVERYDAY - set(FUNCTIONS)


def _collect(data, words: set[str]) -> None:
    if isinstance(data, list):
        for part in data:
            _collect(part, words)
    elif isinstance(data, dict):
        words |= {value for key in ("title", "label", "code", "x-id") if isinstance(value := data.get(key), str)}
        words |= {name for key in ("properties", "facts") if isinstance(data.get(key), dict) for name in data[key]}
        for part in data.values():
            _collect(part, words)


def _any_of(words: set[str]) -> re.Pattern[str]:
    return re.compile(f"({'|'.join(re.escape(word) for word in sorted(words, key=len, reverse=True))})")


def test_the_code_holds_no_word_of_the_edition():
    words = edition_words()
    ids = {word for word in words if word.isascii() and re.search(r"[_-]", word)}
    korean = {word for word in words if re.search(r"[가-힣]", word)}
    long, short = _any_of({word for word in korean if len(word) >= 4}), {word for word in korean if len(word) < 4}
    named = re.compile(rf"\b{_any_of(ids).pattern}\b")
    wrong = []
    for name in MODULES:
        for node in ast.walk(tree(name)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = node.value
                hits = {*long.findall(text), *({text.strip()} & short), *named.findall(text)}
                wrong += [f"{name}:{node.lineno} {word}" for word in sorted(hits)]
            elif isinstance(node, ast.Name) and node.id in ids:
                wrong.append(f"{name}:{node.lineno} {node.id}")
    assert not wrong
