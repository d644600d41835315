"""The settings in `crm.yaml`, declared like any other kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from crm_cli.model.business import WANTED, Business
from crm_cli.model.completeness import alternatives
from crm_cli.model.dunning import DUNNING_LEVEL, check_levels, level_rows
from crm_cli.model.errors import Severity, Unreadable
from crm_cli.model.fieldtypes import (
    Boolean,
    Choice,
    Country,
    Currency,
    Date,
    Every,
    Free,
    Integer,
    Percent,
    Text,
    Texts,
    Word,
    Zone,
)
from crm_cli.model.hours import faults, read_hours, said_hours
from crm_cli.model.kind import Field, Finding, GroupOf, Kind, ListOf, MapOf
from crm_cli.model.low_scores import check_low_scores, low_scores
from crm_cli.model.money import ROUNDINGS, decimal_text
from crm_cli.model.node import Mapping, Scalar
from crm_cli.model.numbering import PATTERNS, around
from crm_cli.model.own import check_declared, declared
from crm_cli.model.pipeline import USUAL
from crm_cli.model.rate_table import rate_rows
from crm_cli.model.service import (
    SERVICE,
    check_holidays,
    check_service,
    holiday_names,
    service_rows,
)
from crm_cli.model.setting_groups import (
    AGENTS,
    BANK,
    BUSINESS,
    CONSENT,
    DOCUMENTS,
    GIT,
    LEDGER,
    MAIL,
    MIRROR,
    NUMBERS,
    PAGES,
    RETENTION,
)
from crm_cli.model.staff import USER, absences_of, check_absences, quotas_of
from crm_cli.model.stages import PIPELINE, STAGE, check_pipelines, pipeline_rows

if TYPE_CHECKING:
    from crm_cli.model.item import Item


def _check(settings: Item, business: Business) -> Iterator[Finding]:
    """Own fields' types, number patterns, and the names in `completeness`."""
    yield from check_declared(settings.values.get("custom"))
    numbers = settings.values.get("numbers")
    patterns = [(numbers, key, text) for key, text in numbers.values.items()] if numbers else []
    if "invoice_number" in settings.values:
        patterns.append((settings, "invoice_number", settings.values["invoice_number"]))
    for item, key, pattern in patterns:
        try:
            around(pattern, date.min)
        except Unreadable as error:
            yield Finding(key, "bad-pattern", error.message, error.hint, item=item)
    yield from check_pipelines(settings)
    yield from check_levels(settings)
    yield from _check_segments(settings)
    yield from check_service(settings)
    yield from check_holidays(settings)
    for fault in faults(settings.values.get("working_hours")):
        hint = "write mon-thu: 08:00-16:00, or several: [08:00-12:00, 13:00-16:00]"
        yield Finding("working_hours", "bad-hours", fault, hint)
    yield from check_absences(settings)
    yield from check_low_scores(settings)
    yield from _check_vocabulary(settings)
    yield from _check_completeness(settings)
    yield from _check_leaving(settings)


def _check_segments(settings: Item) -> Iterator[Finding]:
    """Rules of RFM segments that cannot be read."""
    rules = settings.values.get("segments")
    if rules:
        from crm_cli.model.rfm import faults

        for message in faults(tuple(rules)):
            hint = "write champions 4-5 4-5 4-5: recency, frequency, monetary from 1 to 5"
            yield Finding("segments", "bad-segments", message, hint)


def _check_vocabulary(settings: Item) -> Iterator[Finding]:
    """Words for lists that cannot be extended, or that there are not."""
    from crm_cli.model.kinds import KINDS
    from crm_cli.model.text import did_you_mean

    words = settings.values.get("vocabulary")
    if words is None:
        return
    fields = [field.type for kind in KINDS for field in kind.fields]
    known = sorted({type.vocabulary for type in fields if isinstance(type, Choice)} - {""})
    hint = f"lists that take words: {', '.join(known)}"
    if not isinstance(words, dict):
        yield Finding("vocabulary", "bad-vocabulary", f"'{words}' names no list", hint)
        return
    for name, listed in words.items():
        texts = listed if isinstance(listed, list) else [listed]
        if str(name) not in known:
            message = f"there is no list {name} to add words to"
            yield Finding(
                "vocabulary", "bad-vocabulary", message, did_you_mean(str(name), known) or hint
            )
        elif any(isinstance(text, (list, dict)) for text in texts):
            message = f"{name} should be a list of words"
            yield Finding("vocabulary", "bad-vocabulary", message, "write them as [one, two]")


def _check_completeness(settings: Item) -> Iterator[Finding]:
    """Names in `completeness` that no customer has; own keys are named `custom.KEY`."""
    from crm_cli.model.customer import CUSTOMER
    from crm_cli.model.text import did_you_mean

    lifts = [name for field in CUSTOMER.fields for name in field.lifts]
    known = [*CUSTOMER.by_name, *lifts]
    for wanted in settings.values.get("completeness") or ():
        for name in alternatives(wanted):
            if name.partition(".")[0] not in known:
                yield Finding(
                    "completeness",
                    "unknown-field",
                    f"customers have no '{name}'",
                    did_you_mean(name, known) or "keys of your own are named custom.KEY",
                    Severity.WARNING,
                )


def _check_leaving(settings: Item) -> Iterator[Finding]:
    """Names in `mcp.fields` that no kind has."""
    from crm_cli.model.leaving import named

    group = settings.values.get("mcp")
    for word in (group.values.get("fields") or ()) if group is not None else ():
        if not named(word.removeprefix("-")):
            hint = "default, KIND.FIELD, KIND.* or a customer's FIELD; - in front takes it out"
            yield Finding("fields", "unknown-field", f"'{word}' names no field", hint, item=group)


SETTINGS = Kind(
    name="settings",
    table=False,
    key="settings",
    doc="the settings of a data directory",
    fields=(
        Field("business", GroupOf(BUSINESS), "the business"),
        Field("currency", Currency(), "the base currency", default="EUR"),
        Field("country", Country(), "country of phone numbers without a country code"),
        Field("time_zone", Zone(), "the business's time zone", default="UTC"),
        Field("language", Word(), "BCP 47 language tag"),
        Field("uid", Word(), "what follows the @ in UIDs of calendars; kept when renamed"),
        Field("users", MapOf(USER, "user"), "users of the directory"),
        Field("terms_days", Integer(0, 3650, adds=False), "days until an invoice is due"),
        Field("numbers", GroupOf(NUMBERS), "formats of the numbers of purchases, by kind"),
        Field("invoice_number", Text(), "the same as numbers.invoice"),
        Field("tax_included", Boolean(), "prices are with tax, as in shops", default=False),
        Field(
            "tax_rate",
            Percent(),
            "the usual tax rate, of lines entered without one for customers in our country;"
            " used where business.tax_id is set",
        ),
        Field(
            "rounding",
            Choice(ROUNDINGS),
            "where tax is rounded: per rate of the document, or line by line",
            default="document",
        ),
        Field("working_hours", Free(), 'by weekday: mon: ["08:00-16:00"]'),
        Field("holidays", Texts(), "days on which nobody works, and countries: [SI, 2026-12-24]"),
        Field("service", ListOf(SERVICE), "how soon cases are answered and resolved"),
        Field("low_scores", Free(), "scores of feedback that become a task: {nps: 6, csat: 2}"),
        Field("stages", ListOf(STAGE), "the stages of deals, where there is one pipeline"),
        Field("pipelines", MapOf(PIPELINE, "pipeline"), "several pipelines, each with its stages"),
        Field(
            "forecast_by",
            Choice(("stage", "learned")),
            "the probability of deals that have none of their own",
            default="stage",
        ),
        Field("segments", Texts(), "RFM segments: rfm, rfm-r, or rules: champions 4-5 4-5 4-5"),
        Field("lead_touch", Every(), "how long a lead may be left alone before it is due"),
        Field("retention", GroupOf(RETENTION), "when who had no contact is due to be forgotten"),
        Field("closed_until", Date(), "the last day of closed books: nothing of it is changed"),
        Field("ledger", GroupOf(LEDGER), "the accounts that crm export ledger books on"),
        Field("bank", GroupOf(BANK), "how the lines of bank statements are matched"),
        Field("dunning", ListOf(DUNNING_LEVEL), "the levels of payment reminders"),
        Field("vocabulary", Free(), "values to add to the open lists"),
        Field("custom", Free(), "types of your own fields: visits: integer"),
        Field("completeness", Texts(), "fields of a complete record: [email or phone, city]"),
        Field("consent", GroupOf(CONSENT), "how consents are given"),
        Field("channels", Free(), "where we are reached: {email: office@kava.example}"),
        Field("units", Free(), "codes of units in e-invoices (UN/ECE Rec. 20): {kg: KGM}"),
        Field("documents", GroupOf(DOCUMENTS), "what is kept of documents that are sent"),
        Field(
            "max",
            Integer(1, adds=False),
            "for how many records a run of rules does something, and how many purchases one of"
            " recur makes",
            default=50,
        ),
        Field("reports", GroupOf(PAGES), "what pages of reports show"),
        Field("git", GroupOf(GIT), "git settings"),
        Field("mail", GroupOf(MAIL), "mail that comes and goes"),
        Field("mirror", GroupOf(MIRROR), "the mirror that crm mirror push fills"),
        Field("mcp", GroupOf(AGENTS), "what agents see through crm mcp"),
    ),
    check=_check,
    notes=False,
)


def business_of(settings: Item | None, rate_table: Mapping | None = None) -> Business:
    """The business that settings and rates describe; what is absent or wrong has its default."""
    if settings is None:
        return Business(rate_table=rate_rows(rate_table))
    name = settings.values.get("business")
    git = settings.values.get("git")
    consent = settings.values.get("consent")
    users: dict[str, Item] = settings.values.get("users") or {}
    return Business(
        name=str(name.values.get("name", "")) if name is not None else "",
        currency=settings.get("currency"),
        country=settings.get("country") or "",
        zone=settings.get("time_zone"),
        language=settings.get("language") or "",
        uid=settings.get("uid") or "",
        terms_days=settings.get("terms_days"),
        numbers=_numbers(settings),
        vocabulary=_vocabulary(settings.values.get("vocabulary")),
        users={user: str(item.values.get("email", "")) for user, item in users.items()},
        quotas=quotas_of(users),
        absences=absences_of(users),
        rate_table=rate_rows(rate_table),
        working_hours=read_hours(settings.values.get("working_hours")),
        service_hours=said_hours(settings.values.get("working_hours")),
        holidays=holiday_names(settings.values.get("holidays")),
        service_table=service_rows(settings),
        low_scores=low_scores(settings),
        own=declared(settings.values.get("custom")),
        completeness=_wanted(settings.values.get("completeness")),
        pipeline_table=pipeline_rows(settings) or USUAL,
        forecast_by=settings.get("forecast_by"),
        rfm_rules=tuple(settings.values.get("segments") or ()),
        double_opt_in=consent is not None and bool(consent.values.get("double_opt_in")),
        lead_touch=settings.get("lead_touch") or "",
        retention=dict(settings.values["retention"].values)
        if "retention" in settings.values
        else {},
        closed_until=str(settings.get("closed_until") or ""),
        closed_unread=_unread(settings, "closed_until"),
        ledger=dict(settings.values["ledger"].values) if "ledger" in settings.values else {},
        tolerance=_tolerance(settings),
        dunning=level_rows(settings),
        tax_included=bool(settings.get("tax_included")),
        usual_tax=_usual_tax(settings),
        rounding=settings.get("rounding"),
        bounce_limit=_bounce_limit(settings),
        autocommit=git is not None and bool(git.values.get("autocommit")),
    )


def _numbers(settings: Item) -> dict[str, str]:
    """The patterns by kind; `invoice_number` is an older name for that of invoices."""
    found = dict(PATTERNS)
    if "invoice_number" in settings.values:
        found["invoice"] = settings.values["invoice_number"]
    if "numbers" in settings.values:
        found |= settings.values["numbers"].values
    return found


def _unread(settings: Item, key: str) -> str:
    """Where a key stands whose value cannot be read, as `crm.yaml:3:15`; empty if it can."""
    node = settings.node.get(key) if isinstance(settings.node, Mapping) else None
    if node is None or key in settings.values or (isinstance(node, Scalar) and node.absent):
        return ""
    return f"crm.yaml:{node.line}:{node.column}"


def author_of(settings: Item, user: str) -> str:
    """A user as git names an author: `Petra Zajc <petra@lan.example>`.

    Empty for who is none of the settings' users: git knows more of them than we do. What
    git cannot hold in a name is left out.
    """
    users: dict[str, Item] = settings.values.get("users") or {}
    if user not in users:
        return ""
    values = users[user].values
    name, email = (
        " ".join(re.sub(r"[<>]", "", "".join(c if c.isprintable() else " " for c in text)).split())
        for text in (str(values.get("name") or user), str(values.get("email") or ""))
    )
    return f"{name} <{email}>" if name.strip(".,:;\"' ") else ""


def _tolerance(settings: Item) -> str:
    bank = settings.values.get("bank")
    most = bank.values.get("tolerance") if bank is not None else None
    return "" if most is None else decimal_text(most)


def _usual_tax(settings: Item) -> str:
    business, rate = settings.values.get("business"), settings.values.get("tax_rate")
    if rate is None or business is None or not business.values.get("tax_id"):
        return ""
    return decimal_text(rate)


def _bounce_limit(settings: Item) -> str:
    mail = settings.values.get("mail")
    least = mail.values.get("dead_at") if mail is not None else None
    return "" if least is None else decimal_text(least)


def _vocabulary(words: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(words, dict):
        return {}
    return {
        str(name): tuple(str(word) for word in (listed if isinstance(listed, list) else [listed]))
        for name, listed in words.items()
        if listed is not None
    }


def _wanted(texts: list[str] | None) -> tuple[str, ...]:
    return WANTED if texts is None else tuple(text for text in texts if alternatives(text))
