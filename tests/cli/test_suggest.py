"""`crm suggest` on the command line."""

from __future__ import annotations

import pytest

from tests.conftest import Crm


@pytest.mark.usefixtures("shop")
def test_the_command(crm: Crm) -> None:
    run = crm("suggest", "maja")
    assert run.code == 0 and "What to offer" in run.out, run
    assert "nothing: no product is due again" in run.out
    assert crm("suggest", "nobody-at-all").code == 3
    assert crm("suggest", "maja", "--within", "x").code == 2
    assert crm("suggest", "maja", "-o", "csv").lines[0].startswith("product,name,why,reason,")
    assert '"suggestions": []' in crm("suggest", "maja", "--json").out


@pytest.mark.usefixtures("shop")
def test_what_is_due_again_is_told(crm: Crm) -> None:
    assert crm("product", "set", "linen-sheet", "reorder_every=10 days").code == 0
    run = crm("suggest", "maja", "-o", "tsv", "--cols", "product,why,due")
    assert run.lines[1:] == ["linen-sheet\tagain\t2026-11-15"], run
