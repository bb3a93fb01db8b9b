"""How much of the manual's catalog the forms carry; the catalog lies beside the project, so this runs only where it is."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOL = ROOT.parent / "shared" / "tools" / "fidelity.py"


@pytest.mark.skipif(not TOOL.exists(), reason="the manual's catalog is not here")
def test_the_forms_carry_all_but_a_little_of_the_manual():
    said = subprocess.run([sys.executable, str(TOOL), "--root", str(ROOT)], capture_output=True, text=True, check=True).stdout
    assert float(re.search(r"= ([0-9.]+) %", said).group(1)) >= 98
