from __future__ import annotations

from engine.spec.branchwords import branch
from engine.spec.edition import load_edition
from engine.spec.fields import sections
from tests.casework.library import TOY


def test_every_branch_can_be_told_both_ways():
    told = [
        branch(each.condition, section, holds=holds)
        for form in load_edition(TOY).forms.values() for section in sections(form.root) for each in section.branches for holds in (True, False)
    ]
    assert len(told) > 4
    assert all(each.endswith("때") for each in told)
    assert len(set(told)) > len(told) / 2
