"""The files of templates/: found by name and language, whatever the case, drafts by name alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_cli.features.own_templates import OwnTemplates, canonical
from crm_cli.workspace import open_workspace
from tests.conftest import Crm


@pytest.fixture(name="own")
def _own(shop: Path) -> Path:
    folder = shop / "templates"
    (folder / "note.md").mkdir(parents=True)
    for name in ("hello.md", "hello.DE.md", "hello.pt-br.txt", "hello.sr-Latn.md", "bye", "a.b.md"):
        (folder / name).write_text(f"This is {name}\n")
    (folder / "early.md").write_text("---\nstatus: draft\n---\nx\n")
    (folder / "early.sl.md").write_text("---\nstatus: Draft\n---\ny\n")
    return shop


def found(root: Path, name: str, language: str = "") -> str:
    one = OwnTemplates(open_workspace(directory=root)).find(name, language)
    return one.path.removeprefix("templates/") if one is not None else ""


@pytest.mark.parametrize(
    ("name", "language", "path"),
    [
        ("hello", "de", "hello.DE.md"), ("hello", "DE", "hello.DE.md"),
        ("hello", "de-AT", "hello.DE.md"), ("hello", "de_at", "hello.DE.md"),
        ("hello", "pt-BR", "hello.pt-br.txt"), ("hello", "PT", "hello.md"),
        ("hello", "SR-LATN-RS", "hello.sr-Latn.md"), ("hello", "sr", "hello.md"),
        ("hello", "not a tag", "hello.md"), ("hello.md", "de", "hello.DE.md"),
        ("hello.de", "", "hello.DE.md"), ("hello.PT-br", "de", "hello.pt-br.txt"),
        ("hello.pt-br.txt", "", "hello.pt-br.txt"), ("bye", "de", "bye"), ("a.b", "", "a.b.md"),
        ("Hello", "", ""), ("note", "", ""), ("early", "", ""), ("early", "sl", ""),
        ("early.sl", "", "early.sl.md"), ("early.md", "", "early.md"),
    ],
)  # fmt: skip
def test_the_best_one_is_found(own: Path, name: str, language: str, path: str) -> None:
    assert found(own, name, language) == path


def test_the_language_of_a_template_is_as_bcp_47_writes_it(own: Path) -> None:
    all_of = OwnTemplates(open_workspace(directory=own)).all()
    assert sorted({one.language for one in all_of}) == ["", "de", "pt-BR", "sl", "sr-Latn"]
    assert [canonical(one) for one in ("DE", "sl_si")] == ["de", "sl-SI"]
    assert canonical("SR-latn-rs") == "sr-Latn-RS"


def test_a_letter_is_by_the_template_of_its_language(own: Path, crm: Crm) -> None:
    assert "This is hello.DE.md" in crm("letter", "jan-vidmar", "--template", "hello",
                                        "--language", "de-AT").out  # fmt: skip
    (own / "templates/letter.SL.md").write_text("Moje\n")
    assert "Moje" in crm("letter", "jan-vidmar", "--language", "sl").out
    listed = crm("template", "list", "--kind", "letter", "-o", "csv").out
    assert "letter,sl,letter,active,templates/letter.SL.md" in listed
    assert "letter,sl,letter,active,built-in" not in listed


def test_a_draft_is_named_where_nothing_else_is_found(own: Path, crm: Crm) -> None:
    refused = crm("letter", "jan-vidmar", "--template", "early")
    assert refused.code == 3
    assert "is a draft" in refused.err and "templates/early.md" in refused.err
    assert crm("letter", "jan-vidmar", "--template", "early.md").code == 0


def test_a_campaign_finds_templates_as_documents_do(own: Path, crm: Crm) -> None:
    assert crm("set", "jan-vidmar", "language=de-AT", "emails=jan@vidmar.example").code == 0
    words = ("campaign", "add", "Spring", "--segment", "jan", "--variant", "a:100%:hello")
    (own / "segments.yaml").write_text("jan: {kind: static, members: [jan-vidmar]}\n")
    assert crm(*words, "--kind", "other").code == 0, crm(*words)
    shown = crm("campaign", "targets", "spring", "--text", "-o", "json")
    assert "This is hello.DE.md" in shown.out, shown
    assert crm("campaign", "set", "spring", "variants=a:100%:early").code == 0
    refused = crm("campaign", "targets", "spring", "--text")
    assert refused.code == 4 and "the template early is a draft" in refused.err
