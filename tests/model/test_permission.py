"""The rule of consent: which entry decides, and what each comes to."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.model.business import Business
from crm_cli.model.customer import CUSTOMER
from crm_cli.model.errors import UsageError
from crm_cli.model.item import Item
from crm_cli.model.permission import (
    USES,
    VERDICTS,
    YES,
    decide,
    letters,
    place,
    read_use,
    use_named,
    verdicts,
)
from crm_cli.model.reading import Reader
from crm_cli.store.compose import compose

SHOP = Business(zone="Europe/Ljubljana", today=date(2026, 11, 20))
MAIL = read_use("marketing/email")
HEAD = "name: A\nemail: a@x.example\nphone: 040 123 456\n"


def read(text: str, business: Business = SHOP) -> Item:
    composed = compose(text, "a.yaml")
    assert composed.root is not None, composed.problems
    return Reader("a.yaml", business).record(composed.root, CUSTOMER, "a")


def consents(*entries: str, head: str = HEAD, business: Business = SHOP) -> Item:
    """A customer with entries, each `{at: …}` without the braces."""
    listed = "".join(f"  - {{{one}}}\n" for one in entries)
    return read(f"{head}consents:\n{listed}" if entries else head, business)


def verdict(customer: Item, use: str = "marketing/email", business: Business = SHOP) -> str:
    return decide(customer, read_use(use), business).verdict


IN = "purpose: marketing, channel: email, action: opt_in"
OUT = "purpose: marketing, channel: email, action: withdrawn"


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([], "no_entry"),
        ([f"at: 2026-01-01, {IN}"], YES),
        ([f"at: 2026-01-01, {IN}", f"at: 2026-02-01, {OUT}"], "refused"),
        ([f"at: 2026-02-01, {OUT}", f"at: 2026-03-01, {IN}"], YES),
        # The order in the file is no matter, the withdrawal of the same instant comes last.
        ([f"at: 2026-02-01, {OUT}", f"at: 2026-01-01, {IN}"], "refused"),
        ([f"at: 2026-02-01T10:00+01:00, {OUT}", f"at: 2026-02-01T10:00+01:00, {IN}"], "refused"),
        ([f"at: 2026-02-01T09:00Z, {OUT}", f"at: 2026-02-01T10:30+01:00, {IN}"], YES),
        # A day stands at its end where it is refused.
        ([f"at: 2026-02-01T18:00+01:00, {IN}", f"at: 2026-02-01, {OUT}"], "refused"),
        # An entry of all channels counts for each; another purpose or channel does not.
        (["at: 2026-01-01, purpose: marketing, action: opt_in"], YES),
        (["at: 2026-01-01, purpose: service, action: opt_in"], "no_entry"),
        (["at: 2026-01-01, purpose: marketing, channel: sms, action: opt_in"], "no_entry"),
        ([f"at: 2026-01-01, {IN}", "at: 2026-02-01, purpose: marketing, action: opt_out"],
         "refused"),
        ([f"at: 2026-01-01, {IN}", "at: 2026-02-01, purpose: marketing, channel: sms,"
          " action: opt_out"], YES),
        # What has expired, or is to come, decides nothing.
        ([f"at: 2026-01-01, {IN}, expires: 2026-11-19"], "expired"),
        ([f"at: 2026-01-01, {IN}, expires: 2026-11-20"], YES),
        ([f"at: 2026-12-01, {IN}"], "no_entry"),
        ([f"at: 2026-01-01, {IN}", f"at: 2026-12-01, {OUT}"], YES),
        ([f"at: 2026-01-01, {OUT}", f"at: 2026-02-01, {IN}, expires: 2026-03-01"], "refused"),
        # What is unclear is a no: no action, no date, no purpose, words that are none.
        (["at: 2026-02-01, purpose: marketing", f"at: 2026-01-01, {IN}"], "refused"),
        ([f"at: 2026-01-01, {IN}", "at: 2026-02-01, purpose: marketing, action: widthdrawn"],
         "refused"),
        ([f"at: 2026-01-01, {IN}", "purpose: marketing, action: withdrawn"], "refused"),
        ([f"at: 2026-01-01, {IN}", "at: 2026-02-01, action: withdrawn"], "refused"),
        (["at: 2026-01-01, action: opt_in"], "no_entry"),
        (["at: 2026-01-01, purpose: marketing, channel: emial, action: opt_in"], "no_entry"),
        ([f"at: 2026-01-01, {IN}, expires: 30.2.2026"], "no_basis"),
        # Bases of their own.
        ([f"at: 2026-01-01, {IN}, lawful_basis: legitimate_interest"], YES),
        ([f"at: 2026-01-01, {IN}, lawful_basis: contract"], "no_basis"),
        ([f"at: 2026-01-01, {IN}, lawful_basis: existing_customer"], "no_basis"),
    ],
)  # fmt: skip
def test_which_entry_decides(entries: list[str], expected: str) -> None:
    assert verdict(consents(*entries)) == expected


def test_the_entry_that_decides_is_given() -> None:
    customer = consents(f"at: 2026-01-01, {IN}", f"at: 2026-02-01, {OUT}")
    assert decide(customer, MAIL, SHOP).entry is customer.items("consents")[1]
    assert decide(consents(), MAIL, SHOP).entry is None


def test_existing_customers_get_messages_on_what_they_know() -> None:
    """Who has bought, by electronic mail, until they object."""
    bought = "purchases:\n  - {date: 2026-05-05, amount: 10}\n"
    entry = "at: 2026-05-05, purpose: marketing, action: opt_in, lawful_basis: existing_customer"
    customer = consents(entry, head=HEAD + bought)
    assert [verdict(customer, f"marketing/{by}") for by in ("email", "sms", "phone")] == [
        YES, YES, "no_basis",
    ]  # fmt: skip
    objected = consents(entry, f"at: 2026-06-01, {OUT}", head=HEAD + bought)
    assert verdict(objected) == "refused"
    assert verdict(consents(entry, head=HEAD + bought.replace("2026-05", "2026-12"))) == "no_basis"


def test_an_opt_in_is_confirmed_where_the_business_wants_it() -> None:
    double = SHOP._replace(double_opt_in=True)
    entry = f"at: 2026-01-01T10:00Z, {IN}"
    again = f"at: 2026-01-01T10:00Z, {IN.replace('opt_in', 'confirmed_opt_in')}"
    other = f"{entry}, lawful_basis: legitimate_interest"
    for entries, expected in (([entry], "unconfirmed"), ([again, entry], YES), ([other], YES)):
        customer = consents(*entries, business=Business(*double))
        assert verdict(customer, business=Business(*double)) == expected


@pytest.mark.parametrize(
    ("head", "use", "expected"),
    [
        ("name: A\nemails: [{value: a@x.example, do_not_use: yes}]\n", "marketing/email",
         "no_address"),
        ("name: A\nemails: [{value: a@x.example, do_not_use: yes}, b@x.example]\n",
         "marketing/email", YES),
        ("name: A\n", "marketing/email", "no_address"),
        ("name: A\nemail: a(at)x.example\n", "marketing/email", "no_address"),
        ("name: A\nemails: [a(at)x.example, b@x.example]\n", "marketing/email", YES),
        ("name: A\nphone: ask at the door\n", "marketing/sms", "no_address"),
        ("name: A\nphone: 040 123 456 (work)\n", "marketing/phone", YES),
        ("name: A\n", "marketing/visit", YES),
        ("name: A\ncity: Koper\n", "marketing/letter", "no_address"),
        ("name: A\nstreet: Trg 1\ncity: Koper\n", "marketing/letter", YES),
        ("name: A\nphones: [{value: 040 1, do_not_use: true}]\n", "marketing/sms", "no_address"),
        (HEAD + "do_not_contact: yes\n", "marketing/phone", "do_not_contact"),
        (HEAD + "do_not_contact: no\n", "marketing/phone", YES),
        (HEAD + "custom: {do_not_email: ja}\n", "marketing/email", "do_not_contact"),
        (HEAD + "custom: {do_not_email: ja}\n", "marketing/phone", YES),
        (HEAD + "anniversaries: [{kind: death, date: 2026-01}]\n", "marketing/email", "deceased"),
        (HEAD + "anniversaries: [{kind: death, date: 2026-01}]\n", "data_storage", YES),
    ],
)  # fmt: skip
def test_what_else_keeps_somebody_from_being_contacted(
    head: str, use: str, expected: str
) -> None:
    entry = "at: 2026-01-01, purpose: marketing, action: opt_in"
    assert verdict(consents(entry, head=head), use) == expected


def mailed(*lines: str, emails: str = "[a@x.example, b@x.example]") -> list[str | None]:
    """The days from which mail to the addresses came back."""
    listed = "".join(f"  - {{{line}, kind: email}}\n" for line in lines)
    customer = read(f"name: A\nemails: {emails}\ninteractions:\n{listed}")
    days = (one.derived.get("bounced") for one in customer.items("emails"))
    return [day and day.isoformat() for day in days]


def test_an_address_from_which_mail_came_back_is_not_used() -> None:
    back = "at: 2026-05-05, direction: outbound, outcome: bounced"
    assert mailed(back) == ["2026-05-05", None]
    assert mailed(f"{back}, summary: B@X.example is unknown") == [None, "2026-05-05"]
    assert mailed(f"{back}, summary: old@x.example is unknown") == [None, None]
    assert mailed(back, "at: 2026-05-06, direction: inbound") == [None, None]
    assert mailed(back, "at: 2026-05-06, direction: outbound") == ["2026-05-05", None]
    assert mailed(back, "at: 2026-05-04, outcome: replied") == ["2026-05-05", None]
    assert mailed(f"{back}, summary: eva.b@x.example is unknown") == [None, None]
    assert mailed(f"{back}, summary: b@x.example.org is unknown") == [None, None]
    assert mailed(f"{back}, summary: 550 <b@x.example>. Unknown") == [None, "2026-05-05"]
    again = "at: 2026-05-06, outcome: replied, summary: eva.b@x.example or a@x.example"
    both = (f"{back}, summary: a@x.example", f"{back}, summary: b@x.example", again)
    assert mailed(*both) == [None, "2026-05-05"]
    marked = "[{value: a@x.example, do_not_use: yes}, b@x.example]"
    assert mailed(back, emails=marked) == [None, "2026-05-05"]
    assert mailed(back.replace("2026", "2027")) == [None, None]


def test_service_rests_on_the_contract_until_somebody_objects() -> None:
    assert [verdict(consents(), use) for use in ("service/email", "data_storage", "profiling")] == [
        YES, YES, "no_entry",
    ]  # fmt: skip
    objected = consents("at: 2026-01-01, purpose: service, channel: sms, action: opt_out")
    assert [verdict(objected, f"service/{by}") for by in ("email", "sms")] == [YES, "refused"]
    expired = consents("at: 2025-01-01, purpose: service, action: opt_in, expires: 2026-01-01")
    assert verdict(expired, "service/email") == YES


def test_who_opts_out_of_a_campaign_refuses_marketing() -> None:
    response = "campaign_responses:\n  - {campaign: spring, status: opted_out, at: 2026-03-01"
    head = f"{HEAD}{response}, channel: email}}\n"
    assert verdict(consents(f"at: 2026-01-01, {IN}", head=head)) == "refused"
    assert verdict(consents(f"at: 2026-04-01, {IN}", head=head)) == YES
    assert verdict(consents(head=head)) == "refused"
    assert verdict(consents(head=head), "marketing/phone") == "no_entry"
    assert verdict(consents(head=head), "service/email") == YES
    back = f"{HEAD}{response.replace('opted_out', 'bounced')}}}\n"
    assert verdict(consents(f"at: 2026-01-01, {IN}", head=back)) == "no_address"


@pytest.mark.parametrize("text", ["marketing", "markting/email", "marketing/pigeon", "", "/email"])
def test_what_is_no_use(text: str) -> None:
    with pytest.raises(UsageError):
        read_use(text)


def test_uses_are_named_in_queries() -> None:
    for use in USES:
        assert read_use(str(use)) == use == use_named(str(use).replace("/", "."))
    assert use_named("marketing") is None


days = st.sampled_from(["2026-01-01", "2026-02-01T10:00+01:00", "2026-11-20", "2026-12-01"])
entries = st.lists(
    st.builds(
        lambda at, purpose, channel, action, basis: ", ".join(
            f"{key}: {value}"
            for key, value in zip(
                ("at", "purpose", "channel", "action", "lawful_basis"),
                (at, purpose, channel, action, basis),
                strict=True,
            )
            if value
        ),
        days | st.none(),
        st.sampled_from(["marketing", "service", "profiling", None]),
        st.sampled_from(["email", "letter", None]),
        st.sampled_from(["opt_in", "confirmed_opt_in", "opt_out", "withdrawn", None]),
        st.sampled_from(["consent", "contract", "existing_customer", None]),
    ).filter(bool),
    max_size=5,
)


@given(entries)
def test_the_index_keeps_what_the_rule_says(listed: list[str]) -> None:
    customer = consents(*listed)
    kept = verdicts(customer, SHOP)
    said = [letters()[kept[place(use) - 1]] for use in USES]
    assert said == [decide(customer, use, SHOP).verdict for use in USES]
    assert customer.derived["verdicts"] == kept
    assert set(said) <= set(VERDICTS)


@given(entries, st.sampled_from(USES))
def test_a_withdrawal_of_today_is_always_heard(listed: list[str], use: object) -> None:
    """Whatever stands before it, nothing permits what was withdrawn without a date."""
    refusal = f"purpose: {use.purpose}, action: withdrawn"  # type: ignore[attr-defined]
    assert verdict(consents(*listed, refusal), str(use)) != YES
