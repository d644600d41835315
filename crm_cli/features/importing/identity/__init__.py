"""Which record a row means. This is the one place that decides it, for every kind.

A row means a record that is here by the first of these that holds:

1. our own id: where a map says so (`id: id`), or the file is an export of ours;
2. source system and external id. A system that is not said is the file's name. As files of two
   systems may be called the same, the names have to agree then, or an address has to be shared,
   and so where a record has its id without a system;
3. of items, what the kind declares as its key: the number and kind of a purchase;
4. of customers, an e-mail address or a phone number together with a name that agrees
   (`names_agree`). A row without a name agrees with whoever alone has the address. Two who
   share a phone, with an e-mail address or another phone each, need the same words as names;
5. of rows that have none of these, a record that says all that the row says.
   Of names the same words do, in any order.

Else the row is new. It is rejected as doubtful, with both sides shown, where several records are
as likely, and where an e-mail address that one customer has comes with another name. Two with
different ids in one system are never the same. Nothing that is doubtful is written.
"""

from crm_cli.features.importing.identity.customers import Customers, addresses
from crm_cli.features.importing.identity.entries import Entries
from crm_cli.features.importing.identity.items import Items, keys_of, missing
from crm_cli.features.importing.identity.rule import (
    BY_CONTENT,
    BY_ID,
    FORMER,
    NAMES,
    Address,
    Doubt,
    Match,
    agree,
    apart,
    called,
    external_key,
)

__all__ = [
    "BY_CONTENT",
    "BY_ID",
    "FORMER",
    "NAMES",
    "Address",
    "Customers",
    "Doubt",
    "Entries",
    "Items",
    "Match",
    "addresses",
    "agree",
    "apart",
    "called",
    "external_key",
    "keys_of",
    "missing",
]
