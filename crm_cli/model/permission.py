"""Consent: the one rule on whether somebody may be written to, called, or counted.

What people's data is used for is a purpose and a channel, `marketing/email`. The latest entry of
a customer's consents for it that is in force decides (GDPR, Art. 6, 7 and 21; existing customers:
Directive 2002/58/EC, Art. 13(2)). `features/consent.py` asks this rule for commands, the index
keeps its answers for queries (`may:marketing/email`).
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from functools import cache
from typing import TYPE_CHECKING

from crm_cli.model.dates import local_date
from crm_cli.model.errors import Unreadable, UsageError
from crm_cli.model.fieldtypes import Boolean, Texts
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.node import Scalar
from crm_cli.model.people import death_of
from crm_cli.model.reachable import email_fault
from crm_cli.model.text import did_you_mean
from crm_cli.model.written import value_node

if TYPE_CHECKING:
    from datetime import date

    from crm_cli.model.business import Business
    from crm_cli.model.item import Item

PURPOSES = ("marketing", "service", "profiling", "data_storage")
CHANNELS = ("email", "phone", "sms", "chat", "letter", "visit", "social")

ACTIONS = ("opt_in", "confirmed_opt_in", "opt_out", "withdrawn")
"""What somebody did. An opt-in is confirmed by the double opt-in."""

BASES = (
    "consent",
    "contract",
    "legal_obligation",
    "vital_interest",
    "public_interest",
    "legitimate_interest",
    "existing_customer",
)
"""What the use rests on: GDPR, Art. 6(1), and the rule for existing customers."""

_OPT_INS = ACTIONS[:2]
_RESTING = ("service", "data_storage")
"""The purposes that rest on the contract with a customer, unless they object."""
_MESSAGES = ("marketing", "service")
"""The purposes for which somebody is contacted."""
_ADVERTISING = (None, "consent", "legitimate_interest", "existing_customer")
"""The bases that marketing can rest on."""
ELECTRONIC = ("email", "sms", "chat")
"""The channels of the rule for existing customers."""
_OWN = {"do_not_contact": CHANNELS, "do_not_email": ("email",)}
"""Keys of people's own by which nobody contacts them, with the channels."""
_WITH_ADDRESS = {"email": "emails", "phone": "phones", "sms": "phones", "letter": "addresses"}

YES = "yes"
REFUSED_ELSEWHERE = "refused_elsewhere"
SUPPRESSED = "suppressed"
VERDICTS = {
    YES: "may be contacted",
    "no_entry": "no entry of consent",
    "refused": "withdrawn or refused",
    "unconfirmed": "opt-in not confirmed (double opt-in)",
    "expired": "consent expired",
    "no_basis": "the basis of the entry does not allow it",
    "no_address": "no address or number that may be used",
    "do_not_contact": "marked do_not_contact or do_not_email",
    "deceased": "deceased",
    REFUSED_ELSEWHERE: "another record with the address or number refused",
    SUPPRESSED: "on a suppression list",
}
"""The answers to whether somebody may be contacted, with the words for reasons."""

OBJECTIONS = ("refused", "do_not_contact", "deceased", REFUSED_ELSEWHERE, SUPPRESSED)
"""The answers against which no other ground helps marketing (GDPR, Art. 21(3))."""
SHARED = {"email": "email", "phone": "phone", "sms": "phone"}
"""The channels on which several records may have one address or number: what one of them says
against marketing is said by whoever reads or answers there."""

_LETTERS = dict(zip(VERDICTS, "yoruenabdhs", strict=True))


class Use(NamedTuple):
    """What people's data is to be used for; `channel` is empty where none is meant."""

    purpose: str
    channel: str

    def __str__(self) -> str:
        return f"{self.purpose}/{self.channel}" if self.channel else self.purpose

    @property
    def is_message(self) -> bool:
        """Whether somebody is contacted."""
        return self.purpose in _MESSAGES

    @property
    def is_usual(self) -> bool:
        """Whether it has a channel just where somebody is contacted."""
        return self.is_message is bool(self.channel)


USES = (
    *(Use(purpose, channel) for purpose in PURPOSES for channel in CHANNELS),
    *(Use(purpose, "") for purpose in PURPOSES if purpose not in _MESSAGES),
)
"""All uses that can be asked about."""


class Uses(Texts):
    """The uses that are allowed, in a value that is computed."""

    name = "list of uses"
    example = "marketing/email"
    other = "service/letter"

    def one(self, text: str) -> str:
        """A use as the value has it; raises Unreadable."""
        try:
            return str(read_use(text))
        except UsageError as error:
            raise Unreadable(error.message, error.hint) from None


class Decision(NamedTuple):
    """A word of VERDICTS, and the entry of the customer's consents that decides, if any does."""

    verdict: str
    entry: Item | None = None


def read_use(text: str) -> Use:
    """`marketing/email` as a purpose and a channel; raises UsageError.

    Purposes for which nobody is contacted (profiling, data_storage) may stand alone.
    """
    purpose, slash, channel = text.strip().lower().replace("-", "_").partition("/")
    if not slash and purpose in PURPOSES and purpose not in _MESSAGES:
        return Use(purpose, "")
    for word, known in ((purpose, PURPOSES), (channel, CHANNELS)):
        if word not in known:
            near = did_you_mean(word, known)
            raise UsageError(
                f"'{text}' is no purpose and channel" if slash else f"'{text}' has no channel",
                f"{near} write marketing/email; known: {', '.join(known)}".strip(),
            )
    return Use(purpose, channel)


class Standing(NamedTuple):
    """What a customer's record says beside their consents: what keeps them from being contacted."""

    deceased: bool
    marked: tuple[str, ...]
    """The channels on which nobody contacts them."""
    unreachable: tuple[str, ...]
    """The channels for which there is no address or number that may be used."""


def use_named(name: str) -> Use | None:
    """The use that a field is named by, as in `may.marketing.email`; None where there is none."""
    return next((one for one in USES if str(one).replace("/", ".") == name), None)


def is_opt_in(action: str | None) -> bool:
    """Whether an action permits; each other one refuses."""
    return action in _OPT_INS


def can_rest_on(use: Use, basis: str | None) -> bool:
    """Whether a basis of the law carries a use: marketing rests on no contract or duty."""
    return use.purpose != "marketing" or basis in _ADVERTISING


def decide(customer: Item, use: Use, business: Business) -> Decision:
    """Whether a customer's data may be used so, today.

    Whether they are on a suppression list, or another record with an address of theirs refused,
    no record says: SQL adds it (`query/permission.py`).
    """
    found = _by_entries(customer, use, business)
    return found._replace(verdict=_allowed(found.verdict, use, standing(customer, business)))


def verdicts(customer: Item, business: Business) -> str:
    """The answers for all USES, a letter each, as the index keeps them."""
    now = standing(customer, business)
    if not _entries(customer):
        return _without_entries(now)
    found = ((use, _by_entries(customer, use, business).verdict) for use in USES)
    return "".join(_LETTERS[_allowed(verdict, use, now)] for use, verdict in found)


@cache
def _without_entries(now: Standing) -> str:
    return "".join(_LETTERS[_allowed(_unasked(use), use, now)] for use in USES)


def _unasked(use: Use) -> str:
    """The answer where there is no entry."""
    return YES if use.purpose in _RESTING else "no_entry"


def _allowed(verdict: str, use: Use, now: Standing) -> str:
    """The answer that entries give, unless something else keeps somebody from being contacted."""
    if not use.is_message:
        return verdict
    if now.deceased:
        return "deceased"
    if use.channel in now.marked:
        return "do_not_contact"
    return "no_address" if verdict == YES and use.channel in now.unreachable else verdict


def standing(customer: Item, business: Business) -> Standing:
    """What a customer's record says beside their consents."""
    return Standing(
        death_of(customer) is not None,
        _marked(customer, business),
        tuple(channel for channel, key in _WITH_ADDRESS.items() if not _reached(customer, key)),
    )


def place(use: Use) -> int:
    """Where the letter of a use stands in `verdicts`, from 1."""
    return USES.index(use) + 1


def letters() -> dict[str, str]:
    """The words of VERDICTS by their letters."""
    return {letter: word for word, letter in _LETTERS.items()}


def is_usable(address: Item) -> bool:
    """Whether an e-mail address or a number may be used: it can be one, is not marked, and
    reached somebody."""
    value = address.values.get("value")
    if not value or address.values.get("do_not_use"):
        return False
    return address.derived.get("bounced") is None and can_reach(address.kind.name, value)


def can_reach(kind: str, value: str) -> bool:
    """Whether a text can be an e-mail address (`email`), or a number: of that only digits are
    required, since people dial what they can read."""
    return email_fault(value) is None if kind == "email" else any(map(str.isdigit, value))


def is_deliverable(address: Item) -> bool:
    """Whether a letter to a postal address can arrive: it is in use, and complete."""
    values = address.values
    town = values.get("city") or values.get("postcode")
    return address.answers and bool(values.get("street") and town)


def _by_entries(customer: Item, use: Use, business: Business) -> Decision:
    entries = [one for one in _entries(customer) if _applies(one, use)]
    begun = [one for one in entries if not _is_ahead(one, business)]
    in_force = [one for one in begun if not _is_expired(one, business)]
    if in_force:
        judged = [(one, _judged(one, use, customer, business)) for one in in_force]
        entry, verdict = max(judged, key=lambda one: _order(one[0], one[1], business))
        return Decision(verdict, entry)
    if begun and use.purpose not in _RESTING:
        return Decision("expired", max(begun, key=lambda one: _order(one, YES, business)))
    return Decision(_unasked(use))


def _entries(customer: Item) -> list[Item]:
    """The entries of consent, and what refuses as they do: who opted out of a campaign."""
    responses = customer.items("campaign_responses")
    return customer.items("consents") + [
        one for one in responses if one.values.get("status") == "opted_out"
    ]


def _applies(entry: Item, use: Use) -> bool:
    """Whether an entry is about a use. A refusal holds for all that it does not say otherwise;
    an opt-in only for a purpose that it names, and for all channels where it names none."""
    purpose, channel = entry.values.get("purpose"), entry.values.get("channel")
    if channel not in (None, use.channel):
        return False
    if "campaign" in entry.kind.by_key:
        return use.purpose == "marketing"
    if entry.values.get("action") not in _OPT_INS:
        return purpose in (None, use.purpose)
    return purpose == use.purpose and (channel is not None or not _is_unread(entry, "channel"))


def _is_unread(entry: Item, key: str) -> bool:
    """Whether a value stands in the file that could not be read."""
    return key not in entry.values and value_node(entry, key) is not None


def _judged(entry: Item, use: Use, customer: Item, business: Business) -> str:
    """What an entry that applies says: a word of VERDICTS."""
    action, basis = entry.values.get("action"), entry.values.get("lawful_basis")
    if action not in _OPT_INS:
        return "refused"
    if _is_unread(entry, "lawful_basis") or _is_unread(entry, "expires"):
        return "no_basis"
    if not can_rest_on(use, basis):
        return "no_basis"
    if basis == "existing_customer":
        bought = customer.derived.get("first_purchase") is not None
        own = use.purpose != "marketing" or use.channel in ELECTRONIC
        return YES if bought and own else "no_basis"
    if basis in (None, "consent") and action == "opt_in" and business.double_opt_in:
        return "unconfirmed"
    return YES


def _order(entry: Item, verdict: str, business: Business) -> tuple[datetime, int]:
    """Where an entry stands in time. A refusal comes after what says yes at the same instant; one
    of a day stands at its end, and one without a date after all others."""
    refuses = verdict == "refused"
    weight = 2 if refuses else int(verdict == YES)
    at: date | None = entry.values.get("at")
    if at is None:
        end = datetime.max if refuses else datetime.min
        return end.replace(tzinfo=UTC), weight
    if not isinstance(at, datetime):
        at = datetime.combine(at, time.max if refuses else time.min)
    return (at if at.tzinfo else at.replace(tzinfo=business.time_zone)), weight


def _is_ahead(entry: Item, business: Business) -> bool:
    at = entry.values.get("at")
    return at is not None and bool(
        business.today and local_date(at, business.time_zone) > business.today
    )


def _is_expired(entry: Item, business: Business) -> bool:
    until = entry.values.get("expires")
    return until is not None and bool(business.today and until < business.today)


def _marked(customer: Item, business: Business) -> tuple[str, ...]:
    """The channels on which keys of people's own say that nobody contacts them."""
    own = customer.values.get("custom")
    if not customer.extra and not own:
        return ()
    for key, channels in _OWN.items():
        node = customer.extra.get(key)
        held = own.get(key) if isinstance(own, dict) else None
        said = node.text if isinstance(node, Scalar) else held
        if said is not None and _is_yes(str(said), business):
            return channels
    return ()


def _is_yes(text: str, business: Business) -> bool:
    try:
        return Boolean().read(text, business)
    except Unreadable:
        return True  # who wrote something there did not mean no


def _reached(customer: Item, key: str) -> bool:
    """Whether a list has an address or a number that may be used."""
    items: list[Item] = customer.values.get(key) or []
    if key == "addresses":
        return any(map(is_deliverable, items))
    return any(map(is_usable, items))
