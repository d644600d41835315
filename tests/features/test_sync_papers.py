"""Two clones that gave one number, and kept what they sent: both documents stay."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import Crm
from tests.features.test_sync import clone, head, remote

__all__ = ["remote"]


def sent(crm: Crm, root: Path, who: str, amount: str) -> str:
    """The number of an invoice that was sent."""
    run = crm("-C", root, "invoice", "add", who, "--line", f"Beans:1:{amount}", "--tax", "22")
    number = re.search(r"\d{4}-\d{4}", run.out)
    assert number is not None, run
    run = crm("-C", root, "invoice", "sent", number[0])
    assert run.code == 0, run
    return number[0]


@pytest.fixture
def other(remote: Path, crm: Crm) -> Path:
    settings = ("business.name=Shop", "business.street=Cesta 1", "business.city=Koper",
                "business.postcode=6000", "business.tax_id=SI00000002", "documents.keep=text",
                "numbers.invoice={year}-{seq:4}", "terms_days=8")  # fmt: skip
    run = crm("config", "set", *settings)
    assert run.code == 0, run
    for who in ("maja-kos", "jan-vidmar"):
        address = ("street=Ulica 1", "city=Koper", "postcode=6000", "country=SI")
        assert crm("set", who, *address).code == 0
    assert crm("sync").code == 0
    return clone(remote, "other", crm)


@pytest.mark.parametrize("who", ["jan-vidmar", "maja-kos"])
def test_both_documents_of_one_number_stay(
    other: Path, shop: Path, crm: Crm, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    """Each with the invoice that it is of, be they of one customer or of two."""
    monkeypatch.setenv("CRM_TODAY", "2026-11-20")
    number = sent(crm, shop, "maja-kos", "100")
    assert sent(crm, other, who, "333") == number
    assert crm("sync").code == 0
    run = crm("-C", other, "sync")
    assert run.code == 0, run
    assert crm("sync").code == 0 and head(shop) == head(other)
    kept = {path.name: path.read_text() for path in shop.glob("documents/2026/*")}
    first, second = kept[f"invoice-{number}.txt"], kept[f"invoice-{number}-2.txt"]
    assert "100.00" in first and "333.00" in second and "333" not in first
    text = (shop / f"customers/{who}.yaml").read_text()
    assert text.count(f"documents/2026/invoice-{number}-2.txt") == 1
    assert text.index("333") < text.index(f"invoice-{number}-2.txt")
    if who == "maja-kos":
        assert text.count(f"documents/2026/invoice-{number}.txt") == 1
