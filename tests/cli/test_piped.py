"""`-` in every command that takes it: what a line of stdin means, beside other words and alone."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_cli.cli.commands import COMMANDS
from crm_cli.cli.hook import main
from crm_cli.cli.quick_parser import verbs_of
from crm_cli.cli.verbs import Argument
from tests.conftest import Crm

OTHERS = {"TAG[,TAG]": "foo", "SEGMENT": "vips", "KIND": "customers", "SURVEY": "s",
          "CAMPAIGN": "spring"}  # fmt: skip
LASTING = {"USER": "petra", "DATE": "mon", "STAGE|next|back": "next", "KEY=VALUE…": "notes=Q"}
"""What stands after the words that say who or what is meant."""
SPECIAL = {
    "ID…|NUMBER… WHO": ["-", "maja-kos"],
    "WHO NAME ITEM…|TERM…": ["maja-kos", "Maja Two", "-"],
    "KEEP DROP…|TERM…": ["-"],
    "KEEP DROP…": ["-"],
}
NAMING = ("[TERM…]", "TERM… ", "WHO…", "|TERM…", "ID…|", "KEEP DROP…")
NOT = {"query explain", "segment save", "timeline", "purchase reprice", "case add"}
"""Which show or keep a query as it is, or take one customer by their first word."""
MORE = {"mail draft": ["--template", "reminder"], "campaign record": ["--status", "sent"],
        "consent add": ["--for", "marketing/email"], "mail send": ["--dry-run"],
        "payment promise": ["--date", "mon"], "lose": ["--reason", "price"],
        "consent withdraw": ["--for", "marketing/email"]}  # fmt: skip


def _lines() -> Iterator[list[str]]:
    for entry in COMMANDS:
        for verb in verbs_of(entry).values():
            path = [entry.name, verb.name] if entry.noun else [entry.name]
            if (not entry.noun and verb.name != entry.name) or " ".join(path) in NOT:
                continue
            declared = [one.declared for one in verb.parameters]
            metavars = [one.metavar for one in declared if isinstance(one, Argument)]
            if any(part in metavar for metavar in metavars for part in NAMING):
                given = [word for metavar in metavars for word in _given(metavar)]
                yield [*path, *given, *MORE.get(" ".join(path), ())]


def _given(metavar: str) -> list[str]:
    if metavar in SPECIAL or metavar in OTHERS:
        return SPECIAL.get(metavar) or [OTHERS[metavar]]
    _, *rest = metavar.split(" ")
    return ["-", *(LASTING[word] for word in rest if word[0] != "[")]


LINES = {" ".join(words): words for words in _lines()}


def _files(shop: Path) -> dict[str, bytes]:
    found = (one for one in shop.rglob("*") if one.is_file() and ".crm" not in one.parts)
    return {str(one): one.read_bytes() for one in found}


@pytest.mark.parametrize("command", LINES)
def test_a_line_is_never_a_term(
    crm: Crm,
    shop: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
) -> None:
    """But somebody, else refused; and an empty list is nobody, beside a term, too."""
    before, words = _files(shop), LINES[command]
    for line in ("not:city:Koper", "nobody"):
        done = crm(*words, stdin=f"{line}\n")
        assert (done.code, done.out) == (3, ""), done
        assert "line 1 of stdin: there is n" in done.err and f"'{line}'" in done.err, done
    place = words.index("-")
    for more in ([], ["has:id"]):
        done = crm(*words[:place], *more, *words[place:], stdin="\n")
        assert "maja" not in done.out + done.err.replace("crm ", ""), done
        assert done.code in (0, 2, 3, 6), done
    data = io.BytesIO(b"\xef\xbb\xbfmaja-kos\r\n\xa6iga\n")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(data, "utf-8", "surrogateescape"))
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert (out, r"line 2 of stdin is not UTF-8: \xa6iga" in err) == ("", True), err
    assert _files(shop) == before


NAMES = "\ufeffMaja Kos\r\n\r\n  maja@kos.example \r\nhotel-breg\r\n"


def test_people_are_named_in_every_way(crm: Crm) -> None:
    both = ["hotel-breg", "maja-kos"]
    assert crm("list", "-", "-o", "ids", stdin=NAMES).lines == both
    assert crm("export", "customers", "-", "--format", "ids", stdin=NAMES).lines == both
    done = crm("tag", "add", "foo", "-", "--yes", stdin=NAMES)
    assert (done.code, "tagged 2 customers" in done.out) == (0, True), done
    assert crm("list", "+foo", "-o", "ids").lines == both
    for command in (["list", "-"], ["tag", "add", "foo", "-"]):
        done = crm(*command, stdin="maja\n")
        assert (done.code, "no customer is exactly 'maja'" in done.err) == (3, True), done


@pytest.mark.parametrize(
    ("words", "stdin", "found"),
    [
        (["-", "+vip"], NAMES, ["maja-kos"]),
        (["-", "not:+vip"], NAMES, ["hotel-breg"]),
        (["-", "city:Nowhere"], NAMES, []),
        (["-", "+vip"], "", []),
        (["jan-vidmar", "-"], NAMES, ["hotel-breg", "jan-vidmar", "maja-kos"]),
        (["jan-vidmar", "-", "+vip"], NAMES, ["maja-kos"]),
        (["jan-vidmar", "maja-kos", "+vip"], "", ["maja-kos"]),
        (["jan-vidmar", "-"], "", ["jan-vidmar"]),
    ],
)
def test_terms_choose_among_those_who_are_named(
    crm: Crm, words: list[str], stdin: str, found: list[str]
) -> None:
    """What a list shows is what is changed."""
    if words[0] == "-":
        assert crm("list", *words, "-o", "ids", stdin=stdin).lines == found
    assert crm("set", *words, "notes=Q", "--yes", stdin=stdin).code == 0
    assert crm("list", "notes:Q", "-o", "ids").lines == found
    crm("tag", "add", "foo", *words, "--yes", stdin=stdin)
    assert crm("list", "+foo", "-o", "ids").lines == found


def test_terms_choose_among_the_items_that_are_named(crm: Crm) -> None:
    for customer in ("maja-kos", "jan-vidmar"):
        for title, due in (("Alpha", "2026-11-10"), ("Zeta", "2026-12-10")):
            assert crm("task", "add", customer, title, "--due", due).code == 0
    ids = crm("task", "list", "title:Alpha", "-o", "ids").out
    cases = [
        (["-", "customer:jan-vidmar"], ids, "Alpha"),
        (["jan-vidmar", "title:Zeta"], "", "Zeta"),
        (["-", "title:Zeta"], "maja-kos\n", "Zeta"),
    ]
    for words, stdin, title in cases:
        listed = crm("task", "list", "-" if stdin else "customer:jan-vidmar", words[1], "is:open",
                     "-o", "ids", stdin=stdin).lines  # fmt: skip
        changed = crm("task", "cancel", *words, "--yes", stdin=stdin)
        assert changed.code == 0 and title in changed.out, changed
        assert len(listed) == 1 and listed[0] in changed.out
        assert crm("undo").code == 0


def test_an_empty_list_makes_no_new_customer(crm: Crm, shop: Path) -> None:
    done = crm("split", "maja-kos", "Maja Two", "-", stdin="")
    assert (done.code, "nothing changed" in done.err) == (0, True)
    assert not (shop / "customers/maja-two.yaml").exists()


def test_a_line_may_name_an_item_of_any_kind(crm: Crm, shop: Path) -> None:
    """By its id, or the number of a purchase; never by a term."""
    assert crm("set", "-", "notes=Q", stdin="2026-0007\n").code == 0
    done = crm("split", "maja-kos", "Maja Two", "-", stdin="purchase/date:2026\n")
    assert (done.code, (shop / "customers/maja-two.yaml").exists()) == (3, False)


def test_of_a_broken_file_the_rest_is_listed(crm: Crm, shop: Path) -> None:
    (shop / "customers/jan-vidmar.yaml").write_text("name: [")
    done = crm("list", "-", "-o", "json", stdin="jan-vidmar\nmaja-kos\n")
    assert (done.code, [one["id"] for one in json.loads(done.out)]) == (4, ["maja-kos"])
    assert crm("tag", "add", "foo", "-", "--yes", stdin="jan-vidmar\nmaja-kos\n").code == 4
