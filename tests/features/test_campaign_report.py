"""The report on campaigns against a count in plain Python; see bench/campaigns.py for 60,000."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from crm_cli.features import importing
from crm_cli.features.campaigns.recipients import start
from crm_cli.features.campaigns.recording import record
from crm_cli.features.reports import load
from crm_cli.features.reports.context import Asked
from crm_cli.features.reports.running import answer
from crm_cli.workspace import Workspace, open_workspace
from tests.features import campaign_of_mails as mails
from tests.features.campaign_of_mails import NAME, STARTED, TODAY, Person

COUNT = 1_500
Row = dict[str, Any]


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, list[Person]]]:
    root = tmp_path_factory.mktemp("campaign") / "shop"
    mails.write(root, COUNT)
    environ = {"CRM_CACHE_DIR": str(root.parent / "cache")}
    workspace = open_workspace(directory=root, today=f"{STARTED}T09:00", environ=environ)
    workspace.write(start(workspace, NAME).change)
    workspace.close()
    people = mails.read(root)
    responses, purchases = mails.respond(people.values(), root.parent)
    workspace = open_workspace(directory=root, today=TODAY.isoformat(), environ=environ)
    workspace.write(record(workspace, NAME, file=responses).change)
    data = purchases.read_bytes()
    drafts = importing.read_file(workspace, "purchases", data, path=purchases.name)
    plan = importing.plan_import(workspace, drafts)
    assert plan.rejected == ()
    workspace.write(plan.change)
    yield workspace, list(people.values())
    workspace.close()


def asked(workspace: Workspace, **words: Any) -> tuple[list[Row], Row]:
    table = answer(workspace, load("campaigns"), Asked(**words)).table
    assert table.total is not None
    return table.rows, table.total


def groups(people: list[Person]) -> dict[str, list[Person]]:
    """The people by variant; those held out under ``, those left out not at all."""
    return {
        variant: [one for one in people if one.variant == variant and one.status == status]
        for variant, status in (("mens", "targeted"), ("womens", "targeted"), ("", "held_out"))
    }


def counted(people: list[Person], status: str) -> int:
    return sum(any(entry[:2] == (NAME, status) for entry in one.entries) for one in people)


def close(found: Any, wanted: tuple[float, ...]) -> bool:
    return [float(one) for one in found] == pytest.approx(wanted, abs=0.0051)


def test_figures_equal_a_plain_count(campaign: tuple[Workspace, list[Person]]) -> None:
    workspace, people = campaign
    rows, _ = asked(workspace)
    row = next(one for one in rows if one["campaign"] == NAME)
    for status in ("targeted", "held_out", "suppressed", "sent", "bounced", "clicked"):
        found = counted(people, status)
        assert row[status] == found > 0, status
    delivered = row["sent"] - row["bounced"]
    assert row["delivered"] == delivered
    reached = [one for one in people if counted([one], "sent") and not counted([one], "bounced")]
    assert len(reached) == delivered
    assert row["clicked_rate"] == round(Decimal(counted(reached, "clicked")) / delivered, 4)
    assert (row["orders"], row["revenue"]) == mails.attributed(people, NAME)
    assert row["roi"] == round((row["revenue"] - 900) / 900, 4) and row["roi_on"] == "revenue"
    assert row["reached"] == Decimal(row["orders"]) / 500


def test_uplift_equals_a_plain_count(campaign: tuple[Workspace, list[Person]]) -> None:
    workspace, people = campaign
    held = groups(people)
    parts = {None: held["mens"] + held["womens"], "mens": held["mens"], "womens": held["womens"]}
    whole = next(one for one in asked(workspace)[0] if one["campaign"] == NAME)
    by = {one["variant"]: one for one in asked(workspace, by="campaign,variant")[0]}
    for variant, assigned in parts.items():
        row = whole if variant is None else by[variant]
        ends = (row["uplift"], row["uplift_low"], row["uplift_high"])
        assert close(ends, mails.uplift(assigned, held[""])), variant
        ends = (row["revenue_uplift"], row["revenue_low"], row["revenue_high"])
        assert close(ends, mails.revenue_uplift(assigned, held[""])), variant
    low = mails.uplift(held["mens"], held["womens"])[1]
    high = mails.uplift(held["womens"], held["mens"])[1]
    assert whole["better"] == ("mens" if low > 0 else "womens" if high > 0 else None)


def test_a_purchase_is_put_down_to_the_latest_message(
    campaign: tuple[Workspace, list[Person]],
) -> None:
    workspace, people = campaign
    rows, total = asked(workspace)
    letter = next(one for one in rows if one["campaign"] == "letter")
    assert (letter["orders"], letter["revenue"]) == mails.attributed(people, "letter")
    assert letter.get("uplift") is None and letter.get("goal") is None
    named = sum(bool(mails.credited(one, *purchase[::2])) for one in people
                for purchase in one.purchases)  # fmt: skip
    assert total["orders"] == named > letter["orders"] > 0


@pytest.mark.parametrize("by", ["campaign,variant", "variant", "reason", "owner", "month"])
def test_the_parts_add_up(campaign: tuple[Workspace, list[Person]], by: str) -> None:
    workspace, _ = campaign
    rows, total = asked(workspace, by=by)
    for key in ("targeted", "held_out", "suppressed", "sent", "clicked", "orders", "revenue"):
        assert sum(one[key] for one in rows) == total[key], key


def test_terms_choose_people_and_what_they_bought(
    campaign: tuple[Workspace, list[Person]],
) -> None:
    workspace, people = campaign
    whole = next(one for one in asked(workspace)[0] if one["campaign"] == NAME)
    (row,), _ = asked(workspace, terms=[f"campaign:{NAME}"])
    assert row == whole
    (row,), _ = asked(workspace, terms=[f"campaign:{NAME}", "in_variant:mens"])
    mens = groups(people)["mens"]
    assert (row["targeted"], row["held_out"]) == (len(mens), 0)
    assert (row["orders"], row["revenue"]) == mails.attributed(mens, NAME)
    assert not {"uplift", "cost", "goal"} & row.keys()
