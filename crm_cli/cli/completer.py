"""Completion of one argument or option, by its metavar, name and noun.

A noun's terms, columns and keys are those of its own kind; `crm export tasks` and
`crm set t-9f3` are about the kind that their first words name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import Enum

from crm_cli.cli.commands import Command
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Parameter, Verb
from crm_cli.model.kind import normal
from crm_cli.model.kinds import BY_LETTER, BY_NAME, KINDS

FIXED = {
    "WHEN": ("auto", "always", "never"),
    "DATE": ("today", "tomorrow", "yesterday", "mon", "tue", "wed", "thu", "fri", "eow", "eom"),
    "SHELL": ("bash", "zsh", "fish"),
}
_ASKED = (
    ("USER", "user"),
    ("TAG", "value:tag"),
    ("SEGMENT", "segment"),
    ("SKU", "product"),
    ("A,B", "column"),
    ("FIELD", "field"),
    ("TOPIC", "topic"),
)
_BY_OPTION = {
    "--group-by": "field", "--pivot": "field", "--agg": "aggregate",
}  # fmt: skip
_OF_OPTION = {
    "--period": (
        "today", "this-week", "this-month", "this-quarter", "this-year", "last-week", "last-month",
        "last-quarter", "last-year", "next-week", "next-month", "next-7d", "last-30d",
    ),
    "--within": ("1d", "3d", "7d", "14d", "30d"),
    "--since": ("today", "yesterday", "mon", "last-week", "last-month", "-7d", "-30d"),
}  # fmt: skip
_WINDOWS = (
    "12m", "90d", "30d", "7d", "this-month", "this-quarter", "this-year", "last-month",
    "last-quarter", "last-year",
)  # fmt: skip
"""The times that a figure is asked for within: `spend@12m`."""
_FILES = ("FILE", "DIR", "PATH")
_APART = str.maketrans("[]|…", "    ")
"""What stands between the words of a metavar, as blanks."""
_LISTS = ("WHO", "ID", "NUMBER", "TERM")
"""What an argument may name of which there are too many to offer before anything is typed."""
_PRESENCE = ("has:", "no:", "is:")
_OVER_NUMBERS = ("sum", "avg", "median", "share", "min", "max")
_PARTS = ("week", "month", "quarter", "year", "weekday")
_CUSTOMER = KINDS[0].name
_NUMBERED = tuple(kind.name for kind in KINDS if kind.title == "number")
"""The kinds whose items people know by a number."""
_OWN_WORDS = ("TEXT", "FILE", "DIR", "EXPR")
"""What stands for something that nobody has typed before."""


class Completer:
    """Values from the data directory, for one command; `about` names the kinds it is about."""

    def __init__(self, session: Session, entry: Command | None = None) -> None:
        self._session = session
        self._entry = entry
        self.about: tuple[str, ...] = _about(entry.name if entry is not None else "")
        self.files = False
        """Whether the word may be a file's name."""
        self._verb = ""
        self._given: tuple[str, ...] = ()

    def parameters(self, verb: Verb, words: Sequence[str], current: str) -> list[str]:
        """An option, an option's value or an argument of the command."""
        self._verb = verb.name
        options = {
            name: parameter
            for parameter in verb.parameters
            if isinstance(parameter.declared, Option)
            for name in parameter.declared.names
        }
        arguments = [one for one in verb.parameters if isinstance(one.declared, Argument)]
        given: list[str] = []
        before: Parameter | None = None
        for place, word in enumerate(words):
            if before is not None:
                before = None
            elif word == "--":
                self._given = (*given, *words[place + 1 :])
                return self._argument(arguments, self._given, current)
            elif word in options:
                before = None if options[word].flag else options[word]
            elif not word.startswith("-") or word == "-":
                given.append(word)
        self._look_at(arguments, given)
        self._given = tuple(given)
        if before is not None:
            return self._parameter(before, current)
        name, equals, value = current.partition("=")
        if equals and name in options:
            return [f"{name}={found}" for found in self._parameter(options[name], value)]
        if current.startswith("-"):
            named = [f"{name}\t{one.declared.help}" for name, one in options.items()]
            return starting([*named, "--help\tShow its options."], current)
        return self._argument(arguments, given, current)

    def values(self, metavar: str, current: str, option: str = "") -> list[str]:
        """What an argument or option of that metavar, and of that name, takes."""
        bare = metavar.strip("[]…. ").removesuffix("…")
        parts = set(bare.translate(_APART).split())
        self.files = bool(parts & {*_FILES}) or bare.endswith(".yaml")
        if bare in FIXED:
            return starting(FIXED[bare], current)
        if option in _OF_OPTION:
            return starting(_OF_OPTION[option], current)
        if "|" in bare and bare.islower():
            return starting(bare.split("|"), current)
        if option in _BY_OPTION:
            return self._listed(_BY_OPTION[option], current)
        if bare == "KIND" or option == "--kind":
            return self._listed("kinds", current)
        if option == "--template":
            return starting(self._templates(), current)
        if self._entry is not None and self._entry.name == "config" and bare.startswith("KEY"):
            return self._setting(current, assigned="=" in bare)
        found: list[str] = []
        if not option and self._given:
            found += self._after(metavar, current)
        if "NUMBER" in parts and option != "--phone":
            paying = self._entry is not None and self._entry.name == "payment"
            found += self._ask("owed" if paying else "numbered", current, _NUMBERED)
        if "ID" in parts:
            lettered = _lettered(current) if self.about == (_CUSTOMER,) else ()
            items = self._ask(f"item:{self._verb}", current, lettered)
            if current or not found:
                found += items
            if found and not current:
                # Before anything is typed what can be meant is enough: customers are many.
                return list(dict.fromkeys(found))
        if bare.startswith("PRODUCT"):
            found += self._ask("product", current)
        assigned = "KEY=VALUE" in parts and re.search("[=:]|^[+@]", current)
        valued = "KEY=VALUE" in parts and bool(self._given) and not current
        if "WHO" in parts and not assigned and not valued:
            found += self._ask(_CUSTOMER, current)
            if parts & {"ID", "NUMBER"} or metavar == "[WHO] [TERM…]":
                found += self._ask("desk", current)
        if "KEY=VALUE" in parts:
            # After WHO a word is a value, or another WHO; what is computed cannot be set.
            found += self._assignment(current) or ([] if self._given else self._terms(current))
        elif "TERM" in parts or (bare.startswith("WHO") and "…" in metavar and "|" not in bare):
            found += self._terms(current)
        if "DATE" in parts:
            found += starting(FIXED["DATE"], current)
        if found:
            return list(dict.fromkeys(found))
        for start, what in _ASKED:
            if bare.startswith(start):
                return self._listed(what, current) if "," in bare else self._ask(what, current)
        if not option or bare in _OWN_WORDS:
            return []
        return self._ask(f"value:{normal(option.lstrip('-'))}", current)

    def _after(self, metavar: str, current: str) -> list[str]:
        """What the last word of several may be: `ID… STAGE|next|back`, `ID… DATE`."""
        words = metavar.removesuffix(" [KEY=VALUE…]").strip("[]… ")
        last = words.rpartition(" ")[2]
        if last == words or "=" in last:
            return []
        found: list[str] = []
        for word in last.split("|"):
            if word.islower():
                found += starting((word,), current)
            elif word in FIXED:
                found += starting(FIXED[word], current)
            elif word == "USER":
                found += self._ask("user", current)
            elif word not in _LISTS:
                found += self._ask(f"value:{word.lower()}", current)
        return found

    def _setting(self, current: str, *, assigned: bool) -> list[str]:
        """A setting of crm.yaml, and `KEY=VALUE` for one."""
        key, equals, value = current.partition("=")
        if equals:
            return [f"{key}={found}" for found in self._ask(f"setting:{key}", value)]
        found = [one.split("\t") for one in self._ask("setting", current)]
        sign = "=" if assigned else ""
        return ["\t".join([f"{name}{sign}", *about]) for name, *about in found]

    def _look_at(self, arguments: Sequence[Parameter], given: Sequence[str]) -> None:
        """Take the kind from the words: `export tasks …`, `set t-9f3 …`."""
        for parameter, word in zip(arguments, given, strict=False):
            kind = BY_NAME.get(normal(word))
            if parameter.declared.metavar == "KIND" and kind is not None:
                self.about = (kind.name,)
                return
        for word in given if self.about == (_CUSTOMER,) else ():
            self.about = _lettered(word) or self.about

    def _argument(
        self, arguments: Sequence[Parameter], given: Sequence[str], current: str
    ) -> list[str]:
        for place, parameter in enumerate(arguments):
            if len(given) <= place or parameter.many:
                return self._parameter(parameter, current)
        return []

    def _parameter(self, parameter: Parameter, current: str) -> list[str]:
        if isinstance(parameter.declared, Option) and parameter.declared.choices:
            return starting(parameter.declared.choices, current)
        if isinstance(parameter.declared, Option) and parameter.declared.offers:
            before, comma, last = current.rpartition(",")
            offered = starting(parameter.declared.offers, last)
            return [f"{before}{comma}{word}" for word in offered]
        if issubclass(parameter.type, Enum):
            return starting([str(member.value) for member in parameter.type], current)
        declared = parameter.declared
        option = declared.names[0] if isinstance(declared, Option) else ""
        return self.values(declared.metavar, current, option)

    def _terms(self, current: str) -> list[str]:
        """A query term: `+TAG`, `@SEGMENT`, `FIELD:VALUE`, `has:FIELD`, each after `not:` too."""
        if current.startswith("not:"):
            return [f"not:{found}" for found in self._terms(current.removeprefix("not:"))]
        if current.startswith("+"):
            return [f"+{found}" for found in self._ask("value:tag", current[1:], (_CUSTOMER,))]
        if current.startswith("@"):
            return [f"@{found}" for found in self._ask("segment", current[1:])]
        if "@" in current and ":" not in current.partition("@")[0] and "/" not in current:
            return [f"{found}:" for found in _windows(current)]
        head, colon, value = current.partition(":")
        items, slash, rest = current.rpartition("/")
        if slash and "/" in head:
            return [f"{items}/{found}" for found in self._conditions(items, rest)]
        if not colon and not current:
            # What a list shows, and its states; whatever is typed finds all the others.
            names = [f"{found}:" for found in self._ask("shown", "")]
            said = [f"is:{found}" for found in self._ask("said-state", "")]
            return [*names, *said, *_PRESENCE[:2], "not:"]
        if not colon:
            names = [f"{found}:" for found in self._ask("term", current)]
            names += [f"{found}/" for found in self._ask("collection", current)]
            return [*names, *starting((*_PRESENCE, "not:"), current)]
        if f"{head}:" not in _PRESENCE:
            return [f"{head}:{found}" for found in self._listed(f"value:{head}", value)]
        if head == "is":
            return [f"is:{found}" for found in self._listed("state", value)]
        found = dict.fromkeys([*self._listed("field", value), *self._listed("collection", value)])
        return [f"{head}:{name}" for name in found]

    def _conditions(self, items: str, rest: str) -> list[str]:
        """What a condition on one item of a list may be: `task/status:open/due:`."""
        from crm_cli.query.fields import collection

        name = items.partition("/")[0].partition(".")[0]
        found = [collection(name, BY_NAME[one]) for one in self.about]
        before, self.about = self.about, tuple(one.kind.name for one in found if one is not None)
        try:
            return self._terms(rest)
        finally:
            self.about = before

    def _assignment(self, current: str) -> list[str]:
        """`KEY=VALUE`, as `crm set` takes it."""
        key, equals, value = current.partition("=")
        if equals:
            field = key.rstrip("+-")
            return [f"{key}={found}" for found in self._ask(f"value:{field}", value)]
        if ":" in current or current.startswith(("+", "@")):
            return []
        return [f"{name}=" if name[-1] != "." else name for name in self._ask("key", current)]

    def _listed(self, what: str, current: str) -> list[str]:
        """The last of several values with commas between them."""
        before, comma, last = current.rpartition(",")
        if what == "column" and "@" in last:
            return [f"{before}{comma}{found}" for found in _windows(last)]
        if what in ("column", "field") and not last:
            what = "shown"
        return [f"{before}{comma}{found}" for found in self._asked(what, last)]

    def _asked(self, what: str, last: str) -> list[str]:
        """A name of a column, a group or an aggregate; a kind of what is due or has happened."""
        if what == "aggregate":
            function, colon, _ = last.partition(":")
            if not colon or function not in _OVER_NUMBERS:
                return starting(("count", *(f"{name}:" for name in _OVER_NUMBERS)), last)
            named = self._ask("number", last.removeprefix(f"{function}:"))
            return [f"{function}:{name}" for name in named]
        if what == "field" and "." in last:
            head = last.rpartition(".")[0]
            return starting([*self._ask(what, last), *(f"{head}.{part}" for part in _PARTS)], last)
        if what == "kinds":
            return starting(self._kinds(), last)
        return self._ask(what, last)

    def _kinds(self) -> Iterable[str]:
        """The words that `--kind`, or the argument KIND, takes."""
        command = self._entry.name if self._entry is not None else ""
        if command in ("import", "export"):
            from crm_cli.formats.targets import EXPORTS, IMPORTS

            return EXPORTS if command == "export" else IMPORTS
        if command == "timeline":
            from crm_cli.features.timeline import words

            return words(self._session.workspace)
        if command in ("due", "notify"):
            from crm_cli.features.due import words as due_words

            return due_words(self._session.workspace)
        return self._ask("kind" if command == "query" else "value:kind", "")

    def _templates(self) -> Iterable[str]:
        """The names of templates, each with its kind; after `crm mail` those of e-mails."""
        from crm_cli.features.documents.templates import listed

        mail = self._entry is not None and self._entry.name == "mail"
        found = listed(self._session.workspace, "email" if mail else "")
        return dict.fromkeys(f"{one.name}\t{one.kind}" for one in found)

    def _ask(self, what: str, prefix: str, about: Sequence[str] = ()) -> list[str]:
        from crm_cli.cli.topics import TOPICS
        from crm_cli.features.completions import completions

        if what == "topic":
            return starting(TOPICS, prefix)
        found = completions(self._session.workspace, what, prefix, about or self.about)
        # A customer may be found by a name that the id does not begin with.
        return list(found) if what == _CUSTOMER else starting(found, prefix)


def _lettered(word: str) -> tuple[str, ...]:
    """The kind that an id is of, by its letter: `p-2m8ct4h` is a purchase."""
    return (BY_LETTER[word[0]].name,) if word[1:2] == "-" and word[0] in BY_LETTER else ()


def _windows(current: str) -> list[str]:
    """`spend@12m` for `spend@1`: the times that a figure may be asked for within."""
    head, _, begun = current.partition("@")
    return [f"{head}@{window}" for window in starting(_WINDOWS, begun)]


def _about(command: str) -> tuple[str, ...]:
    """The kinds that a command is about: its noun's own, those of the rows that it shows."""
    if command == "report":
        return ("purchase", _CUSTOMER)
    if command in BY_NAME and command != _CUSTOMER:
        return (BY_NAME[command].name,)
    if command == "log":
        return ("interaction",)
    if command in ("due", "agenda", "notify"):
        return (*(kind.name for kind in KINDS if kind.due is not None), _CUSTOMER)
    if command == "timeline":
        return (*(kind.name for kind in KINDS if kind.timeline), _CUSTOMER)
    return (_CUSTOMER,)


def starting(found: Iterable[str], prefix: str) -> list[str]:
    """Those that begin with a text."""
    return [text for text in found if text.startswith(prefix)]
