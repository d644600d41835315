"""Make customers of whom it is known who is one, and say how many of them `crm duplicates` finds.

    python bench/duplicates.py FOLDER 20000

One in ten is there twice: mistyped, in another script, with the names the other way round, by a
nickname, with parts missing. As many only look like somebody: namesakes in another town, people
of one household or company, branches. Nothing of the program is imported.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

Record = dict[str, str]
Pair = frozenset[str]


def _listed(words: str) -> list[str]:
    return words.split()


_FIRST = _listed(
    "Ana Marko Petra Luka Maja Jan Nina Matej Sara Ivana Stefan Giulia Eleni Georgi Nino "
    "James Zahra Claire Pavel Ingrid Tiago Ewa Mehmet Noor Kenji Robert Elizabeth William "
    "Margaret Thomas Katarina Aleksander Jozef Franz Friedrich Johann Mihael Peter Barbara "
    "Helena Andrej Tomaž Žiga Jürgen Björn Renée Zoë Mila Vesna Rok Urša Blaž Tina Damjan "
    "Polona Simon Ema "
)
_STEMS = _listed(
    "Nov Horv Kov Zup Pot Mlak Vidm Gol Tur Bož Ferr Müll Größl Papad Dimitr Berid Whitb Kar "
    "Dub Svob Lindq Almeid Yılm Hadd Tan Jens Mor Ross Kell Schwarz Brunn Hofm Krämer Steinb "
    "Weiß Ljub Čern Šušt Žgaj Petrov Marin Bertol Santor Delacr Laur Ols Gustav Halvors "
    "Kiriak Nagy "
)
_ENDS = _listed(
    "ak at ač er in ov ič ar en el iš man son ini eau escu ides sky ko ey "
)
_TRADES = _listed(
    "Bistro Hotel Studio Atelier Bakery Garage Clinic Bookshop Gostilna Salon "
)
_FORMS = ("d.o.o.", "GmbH", "Ltd", "S.r.l.", "s.p.")
_NICKNAMES = {
    "Robert": "Bob", "Elizabeth": "Liz", "William": "Bill", "Margaret": "Peggy",
    "Thomas": "Tom", "Katarina": "Katja", "Aleksander": "Sašo", "Johann": "Hans",
}  # fmt: skip
_TOWNS = _listed(
    "Ljubljana Maribor Koper Graz Trieste Zagreb London Hamburg Celje Kranj Villach Udine "
    "Split Wien Novo_mesto Ptuj Bled Izola Piran Jesenice "
)
_ROADS = _listed(
    "Main Station Market Mill Harbour Church School Park River Castle Garden Hill "
)
_KINDS = _listed(
    "Street Road Lane Square Avenue "
)
_CYRILLIC = str.maketrans(
    "abvgdežzijklmnoprstufhcčšABVGDEŽZIJKLMNOPRSTUFHCČŠ",
    "абвгдежзийклмнопрстуфхцчшАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШ",
)
_PLAIN = str.maketrans("čćšžäöüéëıČĆŠŽÄÖÜÉË", "ccszaoueeiCCSZAOUEE")


def make(count: int, *, seed: int = 1) -> tuple[dict[str, Record], set[Pair]]:
    """So many records by their ids, and the pairs that are one customer."""
    chance = random.Random(seed)
    found: dict[str, Record] = {}
    pairs: set[Pair] = set()
    while len(found) < count:
        one = _customer(chance, len(found))
        id = f"c{len(found):06}"
        found[id] = one
        roll = chance.random()
        if roll < 0.11 and len(found) < count:
            again = f"c{len(found):06}"
            found[again] = _again(chance, one)
            pairs.add(frozenset((id, again)))
        elif roll < 0.22 and len(found) < count:
            found[f"c{len(found):06}"] = _like(chance, one, len(found))
    return found, pairs


def write(folder: Path, found: dict[str, Record]) -> None:
    """The records as a data directory."""
    (folder / "customers").mkdir(parents=True)
    (folder / "crm.yaml").write_text("business:\n  name: B\ncurrency: EUR\ncountry: SI\n")
    for id, one in found.items():
        lines = [f"{key}: {json.dumps(text, ensure_ascii=False)}" for key, text in one.items()]
        (folder / "customers" / f"{id}.yaml").write_text("\n".join(lines) + "\n", "utf-8")


def _customer(chance: random.Random, number: int) -> Record:
    family = chance.choice(_STEMS) + chance.choice(_ENDS)
    first = chance.choice(_FIRST)
    firm = chance.random() < 0.3
    slug = family.translate(_PLAIN).lower().replace("ß", "ss")
    name = f"{chance.choice(_TRADES)} {family} {chance.choice(_FORMS)}" if firm else ""
    one = {
        "name": name or f"{first} {family}",
        "kind": "organization" if firm else "person",
        "street": f"{chance.choice(_ROADS)} {chance.choice(_KINDS)} {chance.randint(1, 120)}",
        "city": chance.choice(_TOWNS).replace("_", " "),
    }
    if firm and chance.random() < 0.6:
        one["tax_id"] = f"SI{10_000_000 + number}"
    host = f"{slug}{number}.example" if firm else "gmail.com"
    if chance.random() < 0.8:
        box = "info" if firm else f"{first.translate(_PLAIN).lower()}.{slug}{number}"
        one["email"] = f"{box}@{host}"
    if chance.random() < 0.7:
        one["phone"] = f"+386 40 {number // 1000:03} {number % 1000:03}"
    return one


def _again(chance: random.Random, one: Record) -> Record:
    """The same customer as somebody else would have entered them."""
    made = dict(one)
    for change in chance.sample(_CHANGES, chance.choice((1, 1, 2, 2, 3))):
        change(chance, made)
    for key in ("email", "phone", "tax_id"):
        if key in made and chance.random() < 0.45:
            del made[key]
    return made


def _mistype(chance: random.Random, one: Record) -> None:
    words = one["name"].split()
    at = chance.choice([place for place, word in enumerate(words) if len(word) > 4] or [0])
    word = words[at]
    place = chance.randint(1, max(1, len(word) - 2))
    words[at] = chance.choice(
        (
            word[:place] + word[place + 1 :],
            word[:place] + word[place] + word[place:],
            word[:place] + word[place + 1 : place + 2] + word[place] + word[place + 2 :],
            word[:place] + chance.choice("aeinrst") + word[place + 1 :],
        )
    )
    one["name"] = " ".join(words)


def _reverse(chance: random.Random, one: Record) -> None:
    if one.get("kind") == "person":
        *first, last = one["name"].split()
        one["name"] = f"{last}{chance.choice((',', ''))} {' '.join(first)}"


def _transliterate(chance: random.Random, one: Record) -> None:
    plain = one["name"].translate(_PLAIN)
    one["name"] = chance.choice((plain, one["name"].translate(_CYRILLIC), plain.upper()))


def _shorten(chance: random.Random, one: Record) -> None:
    words = one["name"].split()
    if one.get("kind") == "organization":
        one["name"] = " ".join(words[:-1])
    else:
        one["name"] = " ".join(_NICKNAMES.get(word, word) for word in words)


def _lose(chance: random.Random, one: Record) -> None:
    one.pop(chance.choice(("street", "city", "email", "phone", "kind")), None)


def _abbreviate(chance: random.Random, one: Record) -> None:
    if "street" in one:
        one["street"] = one["street"].replace("Street", "Str.").replace("Avenue", "Av.").upper()


def _rewrite_phone(chance: random.Random, one: Record) -> None:
    if "phone" in one:
        one["phone"] = one["phone"].replace("+386 40", chance.choice(("040", "00386-40", "(040)")))


_CHANGES = (
    _mistype, _mistype, _reverse, _transliterate, _shorten, _lose, _abbreviate, _rewrite_phone,
)  # fmt: skip


def _like(chance: random.Random, one: Record, number: int) -> Record:
    """Somebody else, who looks like them."""
    other = _customer(chance, number)
    what = chance.random()
    if what < 0.35:  # a namesake
        other["name"], other["kind"] = one["name"], one["kind"]
    elif what < 0.7:  # a household, or two companies of one house
        other["street"], other["city"] = one["street"], one["city"]
        if one.get("kind") == other["kind"] == "person":
            other["name"] = f"{other['name'].split()[0]} {one['name'].split()[-1]}"
    elif "email" in one and one.get("kind") == "organization":  # somebody who works there
        other["kind"] = "person"
        other["name"] = f"{chance.choice(_FIRST)} {chance.choice(_STEMS)}{chance.choice(_ENDS)}"
        other["email"] = f"{other['name'].split()[0].translate(_PLAIN).lower()}@" + (
            one["email"].partition("@")[2]
        )
    return other


def measured(folder: Path, pairs: set[Pair], least: int) -> tuple[int, int, int, float]:
    """How many pairs are shown, how many of them are right, how many there are; seconds."""
    begun = time.perf_counter()
    ran = subprocess.run(
        [sys.executable, "-m", "crm_cli", "-C", str(folder), "duplicates", "--min", str(least),
         "--json"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    seconds = time.perf_counter() - begun
    shown = {frozenset((one["id"], one["other"])) for one in json.loads(ran.stdout)}
    return len(shown), len(shown & pairs), len(pairs), seconds


def _lines(folder: Path, count: int) -> Iterator[str]:
    found, pairs = make(count)
    if not folder.exists():
        write(folder, found)
    for least in (40, 50, 60, 70, 80):
        shown, right, real, seconds = measured(folder, pairs, least)
        yield (
            f"--min {least}: {shown} pairs, precision {right / max(shown, 1):.3f}, "
            f"recall {right / real:.3f}, {seconds:.1f} s"
        )


if __name__ == "__main__":
    for line in _lines(Path(sys.argv[1]), int(sys.argv[2])):
        sys.stdout.write(line + "\n")
