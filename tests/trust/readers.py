"""Every command that shows what stands in records, with a command line that makes it do so."""

from __future__ import annotations

import json

from tests.trust.canary import POISON
from tests.trust.ground import Ground

READING = {
    "agenda": ("agenda",),
    "due": ("due", "--within", "60d"),
    "task list": ("task", "list"),
    "task show": ("task", "show", "{task}"),
    "show": ("show", "{who}"),
    "list": ("list", "--cols", "name,owner,tags,email,phone,city,notes,source_detail,tax_id"),
    "search": ("search", "pwn"),
    "tag list": ("tag", "list"),
    "timeline": ("timeline", "{who}"),
    "interaction list": ("interaction", "list"),
    "segment list": ("segment", "list", "--cols", "name,description"),
    "segment show": ("segment", "show", "friends"),
    "segment count": ("segment", "count"),
    "segment export": ("segment", "export", "friends"),
    "purchase list": ("purchase", "list"),
    "purchase show": ("purchase", "show", "{purchase}"),
    "purchase summary": ("purchase", "summary", "--by", "product"),
    "payment list": ("payment", "list"),
    "balance": ("balance", "{who}"),
    "product list": ("product", "list"),
    "config list": ("config", "list"),
    "config get": ("config", "get", "business"),
    "query explain": ("query", "explain", f"tag:{POISON}"),
    "query fields": ("query", "fields", "customers"),
    "sql": ("sql", "SELECT * FROM customers"),
    "index status": ("index", "status"),
    "index path": ("index", "path"),
    "doctor": ("doctor",),
    "check": ("check",),
    "notify": ("notify", "--dry-run"),
    "export": ("export", "customers", "--to", "-"),
}
"""Commands that answer from the records; of those that write too, the line that does not."""

FROM_HISTORY = {
    "history": ("history", "{who}"),
    "blame": ("blame", "{who}"),
    "changes": ("changes", "--since", "2020-01-01"),
}
"""They answer from git's history."""


def filled(ground: Ground, words: tuple[str, ...], who: str) -> tuple[str, ...]:
    """The words with a customer's id, and with those of their first task and purchase."""
    found = {"{who}": who}
    for kind in ("task", "purchase"):
        if f"{{{kind}}}" in words:
            rows = json.loads(ground.run(kind, "list", "--json").out)
            found[f"{{{kind}}}"] = next(row["id"] for row in rows if row["customer"] == who)
    return tuple(found.get(word, word) for word in words)
