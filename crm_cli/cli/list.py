"""`crm list`."""

from __future__ import annotations

from crm_cli.cli.listing import list_verb
from crm_cli.cli.verbs import Verbs

verbs = Verbs()

list_verb(
    verbs,
    "customer",
    """List the customers that match query terms; default: all.

    crm list +vip spend@12m:1000.. last-contact.before:-60d --sort spend-
    crm list city:Koper,Piran --cols name,phone,spend -o csv
    """,
)
