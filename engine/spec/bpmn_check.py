"""stub"""
from __future__ import annotations
from typing import NamedTuple, Any
from engine.spec.bpmn_parse import read_bpmn, Drawing
from engine.spec.bpmn_fx import compile_drawing

class Reading(NamedTuple):
    drawings: dict[str, Drawing]
    roots: dict[str, Any]
    compiled: dict[str, Any]
    findings: list

def read_processes(files):
    r = Reading({}, {}, {}, [])
    for path in sorted(files):
        if path.startswith("workflows/") and path.endswith(".bpmn"):
            d, root, f = read_bpmn(path, files[path])
            r.findings.extend(f)
            if d:
                c, f2 = compile_drawing(d)
                r.findings.extend(f2)
                r.drawings[d.id]=d; r.roots[d.id]=root; r.compiled[d.id]=c
    return r
