"""Promise 7 at the shells: no value of a record runs when it is completed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from crm_cli.cli.commands import COMMANDS
from crm_cli.cli.complete import candidates
from crm_cli.cli.quick_parser import verbs_of
from crm_cli.cli.quoting import insertable
from crm_cli.cli.shells import Shell
from crm_cli.cli.verbs import Argument, Option
from crm_cli.model.kinds import BY_NAME as KINDS
from tests.conftest import FILES
from tests.shares import Share
from tests.trust.canary import POISON, record, yaml
from tests.trust.ground import Ground
from tests.trust.terminals import HELD, Terminal, refused

Offer = tuple[list[str], str]
"""Words of a line, and a word that is offered after them."""


def poisoned(value: object, digit: str, key: str = "") -> object:
    """A canary's record with a canary of this digit in place of each poison."""
    if isinstance(value, dict):
        return {
            f"customQ{digit}{HELD[digit]}" if name == POISON else name: poisoned(one, digit, name)
            for name, one in value.items()
        }
    if isinstance(value, list):
        return [poisoned(one, digit, key) for one in value]
    return f"{key}Q{digit}{HELD[digit]}" if value == POISON else value


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    made = Ground(tmp_path_factory.mktemp("ground") / "ground")
    canaries = {digit: f"Q{digit}{text}" for digit, text in HELD.items()}
    users = {f"user{text}": {"name": "U"} for text in canaries.values()}
    made.put({
        "crm.yaml": FILES["crm.yaml"].partition("users:")[0] + yaml({"users": users}),
        "products.yaml": yaml({f"sku{one}": {"name": "P"} for one in canaries.values()}),
        "segments.yaml": yaml({f"segment{one}": {"query": "+vip"} for one in canaries.values()}),
        **{f"customers/held{one}.yaml": yaml(poisoned(record(), one)) for one in HELD},
        **{f"customers/who{one.replace('/', '')}.yaml": "name: X\n" for one in canaries.values()},
    })  # fmt: skip
    return made


@pytest.fixture(scope="module")
def offers(ground: Ground) -> list[Offer]:
    """Return every word with a canary that any argument or option of any command offers."""
    found: dict[str, Offer] = {}
    with ground.surroundings():
        for line, text in asked():
            for offer in candidates(line, text):
                word = offer.partition("\t")[0]
                if "PWNED" in word:
                    found.setdefault(word, (line, word))
    return list(found.values())


def asked() -> Iterator[tuple[list[str], str]]:
    """Lines up to a word, and how it begins: one for each thing that commands take."""
    lines: dict[str, list[str]] = {"USER": ["--as"]}
    for command in COMMANDS:
        for verb in verbs_of(command).values():
            start = [command.name, verb.name] if command.noun else [command.name]
            arguments = [one for one in verb.parameters if isinstance(one.declared, Argument)]
            for place, one in enumerate(arguments):
                lines.setdefault(one.declared.metavar, [*start, *("x" for _ in range(place))])
            for one in verb.parameters:
                if isinstance(one.declared, Option) and not one.flag:
                    lines.setdefault(one.declared.metavar, [*start, one.declared.names[0]])
    letters = [kind.letter for kind in set(KINDS.values()) if kind.letter]
    for line in lines.values():
        yield from ((line, text) for text in ("", "+", "@", "not:@", *letters))
    for line in (["list"], ["set"]):
        for found in candidates(line, ""):
            if (name := found.partition("\t")[0]).endswith((":", "=")):
                yield line, name


def test_nothing_invisible_is_offered(ground: Ground, share: Share) -> None:
    """Nor what stands before it, as if that were all."""
    with ground.surroundings():
        words = {
            one.word
            for line, text in share.of(list(asked()), 3)
            for one in insertable(candidates(line, text), text, "utf-8")
        }
    assert any(re.search("Q[12]", word) for word in words)
    assert not [word for word in words if re.search("Q[34567]", word)]


@pytest.mark.turns(3)
def test_no_value_of_a_record_runs(terminal: Terminal, ground: Ground, offers: list[Offer]) -> None:
    terminal.answering = lambda asked: ground.run("__complete", *asked).out
    kinds = {re.split(r"Q\d", word)[0] for _, word in offers}
    assert kinds > {"+value", "@segment", "sku", "user", "city:city", "city=city", "not:@segment"}
    shapes: set[str] = set()
    for number, (words, word) in enumerate(offers):
        # As far as the digit it is this word's alone, and the same in each quote.
        begun = re.split(r"(?<=\d)", word)[0]
        shape = re.sub(r"[a-z_]+(?=Q\d)|^[a-z_]+(?=[:=])", "", begun)
        quotes = terminal.quotes
        if shape in shapes:
            quotes = (quotes[number % len(quotes)],)
        shapes.add(shape)
        for quote in quotes:
            line = " ".join(("crm", *words, f"{quote}{begun}\t"))
            got = terminal.enter(line)
            assert not terminal.trapped, line
            if refused(terminal.shell, quote, word):
                assert got in (None, [*words, begun]), line
            else:
                assert got == [*words, word], line


TITLED = (("deal", "move"), ("task", "done"), ("case", "show"), ("show",))
"""Lines after which ids are offered, with titles and names beside them."""


@pytest.fixture(scope="module")
def titled(ground: Ground) -> dict[tuple[str, ...], dict[str, str]]:
    """Return the words beside which titles with a canary are shown, by the line before them."""
    found: dict[tuple[str, ...], dict[str, str]] = {}
    with ground.surroundings():
        for line in TITLED:
            offered = (one.partition("\t") for one in candidates(list(line), ""))
            found[line] = {
                word: title
                for word, _, title in offered
                if "PWNED" in title and "PWNED" not in word
            }
    return found


@pytest.mark.turns(3)
def test_no_title_beside_a_word_runs(
    terminal: Terminal, ground: Ground, titled: dict[tuple[str, ...], dict[str, str]]
) -> None:
    """Deals, tasks, cases and purchases are offered by their ids, with their titles beside them."""
    assert all(len(beside) == len(HELD) for beside in titled.values())
    terminal.answering = lambda asked: ground.run("__complete", *asked).out
    shown = 0
    for words, beside in titled.items():
        one = min(beside)
        several = one[:2] if len({word[:2] for word in beside}) == 1 else one[:1]
        for quote in terminal.quotes:
            terminal.screen = ""
            terminal.enter(f"{' '.join(('crm', *words, quote + several))}\t\t")
            assert not terminal.trapped, words
            assert not re.search("\x1b\\[2J|[\u202e\x85]", terminal.screen), words
            shown += "PWNED" in terminal.screen
            line = " ".join(("crm", *words, f"{quote}{one}\t"))
            assert terminal.enter(line) == [*words, one], line
            assert not terminal.trapped, line
    assert shown or terminal.shell == Shell.BASH


@pytest.mark.parametrize("shell", Shell)
def test_with_the_program_itself(
    shell: Shell, ground: Ground, started: Callable[..., Terminal]
) -> None:
    terminal = started(shell, environ=ground.environ)
    tag = f"+valueQ2{HELD['2']}"
    for quote in terminal.quotes:
        assert terminal.enter(f"crm list {quote}+valueQ2\t") == ["list", tag]
        assert not terminal.trapped
