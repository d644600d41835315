"""The relations of cards to others of the same import, whose ids are known once all are matched."""

from __future__ import annotations

import re
from collections import defaultdict

from crm_cli.features.importing.merging import Values
from crm_cli.formats.kept_lines import lines_together
from crm_cli.formats.vcf.cards import LINE, Card, bare


def there(cards: list[Card]) -> frozenset[str]:
    """The UIDs and names by which lines of other cards may name those of an import; none where
    no card has a line that names somebody."""
    kept = (line for card in cards for line in card.values.get("vcard", ()))
    if not any(re.search("RELATED|SPOUSE", line.partition(":")[0].upper()) for line in kept):
        return frozenset()
    names = {text for card in cards for text in (bare(card.uid), str(card.values.get("name")))}
    return frozenset(names - {""})


class Relatives:
    """Finds the ids of those whom cards name as related."""

    def __init__(self) -> None:
        self._ids: dict[str, set[str]] = defaultdict(set)

    def note(self, id: str, values: Values) -> None:
        """Note whose record a card is."""
        for text in (bare(str(values.get("card_uid", ""))), str(values.get("name", ""))):
            if text:
                self._ids[text].add(id)

    def resolved(self, values: Values) -> Values:
        """The values with ids in place of UIDs and names; who is not found stays a kept line."""
        if not any(LINE in one for one in values.get("relations", ())):
            return values
        relations, lines = [], []
        for one in values["relations"]:
            ids = self._ids.get(bare(one["to"])) or self._ids.get(one["to"]) or set()
            if LINE not in one:
                relations.append(one)
            elif len(ids) == 1:
                relations.append({"to": next(iter(ids)), "kind": one["kind"]})
            else:
                lines.append(one[LINE])
        rest = {key: value for key, value in values.items() if key != "relations"}
        rest |= {"relations": relations} if relations else {}
        return rest | ({"vcard": lines_together(rest.get("vcard", ()), lines)} if lines else {})
