"""Saved segments that cannot be asked are problems with the place of what is wrong."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Crm

SEGMENTS = """\
good: {query: [+vip]}
list:
  description: terms in a list
  query:
    - +vip
    - cty:Koper
    - "spend:much"
line:
  query: +vip 'name.is:"Maja Kos"' cty:Koper
full:
  where: spend > 100 and cty = "Koper"
long:
  where: >
    spend > 100
    and cty = "Koper"
round: {query: ["@round"]}
on-other: {query: [city:Koper, "@list"]}
nowhere: {query: ["@nosuch"]}
empty: {description: nothing}
"""


def test_each_fault_has_its_place(crm: Crm, shop: Path) -> None:
    (shop / "segments.yaml").write_text(SEGMENTS)
    done = crm("check", "segments.yaml")
    assert done.code == 1
    told = [line for line in done.lines if line.startswith("segments.yaml")]
    places = [line.partition(": ")[0].removeprefix("segments.yaml:") for line in told]
    assert places == [
        "6:7", "7:14", "9:36", "11:26", "13:10", "16:18", "17:33", "18:20", "19:8",
    ]  # fmt: skip
    assert "in segment @list: there is no field 'cty'" in told[0]
    assert "in segment @on-other: @list is not a valid query (correct @list)" in told[6]
    assert "there is no segment 'nosuch'" in told[7]
