"""The generic verbs of items, made from the kind: add, list, show, and its moves.

A noun's module takes those it wants; one that does nothing else is `verbs = item_verbs("case")`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from keyword import iskeyword
from typing import TYPE_CHECKING, Annotated, Any

from crm_cli.cli.listing import list_verb
from crm_cli.cli.options import AsOf, Cols, DryRun, Force, Json, Output, Yes
from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Argument, Option, Parameter, Verb, Verbs, parameter
from crm_cli.cli.writing import carry_out
from crm_cli.model.errors import Ambiguous, UsageError
from crm_cli.model.fieldtypes import Choice
from crm_cli.model.kind import Field, GroupOf, Kind, ListOf, Move, singular
from crm_cli.model.kinds import BY_NAME
from crm_cli.model.text import a_or_an

if TYPE_CHECKING:
    from crm_cli.features.moves import Among, Found
    from crm_cli.features.plan import Plan
    from crm_cli.workspace import Workspace

_WRITING = (parameter("dry_run", DryRun, {"dry_run": False}), parameter("yes", Yes, {"yes": False}))


def item_verbs(name: str) -> Verbs:
    """All the verbs that follow from a kind's declaration."""
    verbs = Verbs()
    add_verb(verbs, name)
    list_verb(verbs, name)
    show_verb(verbs, name)
    move_verbs(verbs, name)
    return verbs


def add_verb(verbs: Verbs, name: str) -> None:
    """Give a module its `add`: WHO, the title's words, an option for each field to ask for."""
    kind = BY_NAME[name]
    keys, options = _options(kind, kind.asked)
    help = "The customer, then what it is; further fields as KEY=VALUE."
    metavar = f"WHO {kind.title.upper()}… [KEY=VALUE…]"

    def add(
        session: Session,
        words: list[str],
        force: bool = False,
        dry_run: bool = False,
        **given: Any,
    ) -> None:
        from crm_cli.cli.pickers import who
        from crm_cli.cli.stdin import title_of
        from crm_cli.features.new_items import add as plan
        from crm_cli.model.assignments import split_fields

        named, values = split_fields(words, kind, session.words)
        customer = who(session, named[0] if named else "")
        chosen = {keys[option]: text for option, text in given.items()}
        title = title_of(session, named[1:])
        carry_out(
            session,
            plan(session.workspace, kind, customer, title, chosen, values, force=force),
            dry_run=dry_run,
        )

    words = parameter("words", Annotated[list[str], Argument(metavar=metavar, help=help)], {})
    verbs.take(
        Verb(
            add,
            doc=f"Add {a_or_an(_spaced(name))} of a customer.\n\ncrm {name} add {kind.example}",
            parameters=(words, *options, *_forced(kind), _WRITING[0]),
        )
    )


def show_verb(verbs: Verbs, name: str) -> None:
    """Give a module its `show`: one item, by its id or by a customer who has one."""
    kind = BY_NAME[name]
    which = f"an open {_spaced(name)}" if kind.live is not None else f"one {_spaced(name)}"
    which = which.replace("an open", "one open")
    text = f"{a_or_an(_spaced(name)).capitalize()}; or a customer who has {which}."

    def show(
        session: Session,
        item: str,
        cols: Cols = None,
        as_of: AsOf = None,
        output: Output = None,
        json: Json = False,
    ) -> None:
        from crm_cli.cli.single_record import answer_one
        from crm_cli.features.showing import item as shown

        session.look_back(as_of)
        found = picked(session, kind, item, strict=False)
        one = shown(session.workspace, found.customer, found.id)
        answer_one(session, one, cols=cols, output=output, json=json)

    show.__annotations__["item"] = Annotated[str, Argument(metavar="ID|WHO", help=text)]
    verbs.take(
        Verb(
            show,
            doc=f"Show all fields of {a_or_an(_spaced(name))}."
            f"\n\ncrm {name} show {kind.letter}-9f3",
        )
    )


def move_verbs(verbs: Verbs, name: str, *, only: str = "") -> None:
    """Give a module the moves that the kind declares; `only` for items whose `kind` is that,
    where they have a noun of that name."""
    kind = BY_NAME[name]
    for move in kind.moves:
        if move.own:
            continue
        verbs.take(_move_verb(kind, move, only))


def _move_verb(kind: Kind, move: Move, only: str = "") -> Verb:
    keys, options = _options(kind, move.takes)

    def run(
        session: Session,
        items: list[str],
        force: bool = False,
        dry_run: bool = False,
        yes: bool = False,
        **given: Any,
    ) -> None:
        from crm_cli.cli.asking import asked_for
        from crm_cli.features.moves import movable
        from crm_cli.features.moves import move as plan

        possible = movable(move)
        among = (lambda item: item.get("kind") == only and possible(item)) if only else possible
        state = move.of[0] if len(move.of) == 1 else "open" if _is_live(kind, move) else only
        chosen = {keys[option]: text for option, text in given.items() if text is not None}
        word = ""
        if move.word:
            items, fields = _fields_behind(kind, move, items, keys)
            chosen |= _once(chosen, fields)
            if len(items) < 2:
                raise UsageError("where to?", f"{example}; {move.word} is the last word")
            *items, word = items
        change(
            session,
            kind,
            items,
            lambda workspace, found: plan(
                workspace,
                kind,
                move,
                found,
                asked_for(session, move, found, word, chosen),
                word=word,
                force=force,
            ),
            among=among,
            state=state,
            dry_run=dry_run,
            yes=yes,
        )

    verb = move.name.replace("_", "-")
    example = f"crm {only or kind.name} {verb} {kind.letter}-9f3"
    if move.word:
        example += f" {move.word.partition('|')[2].partition('|')[0] or move.word}"
    for key in move.needs:
        example += f" --{kind.by_key[key].option or key} {kind.by_key[key].type.example}"
    items = parameter("items", _which(kind, move), {})
    return Verb(
        run,
        name=move.name,
        doc=f"{move.doc}\n\n{example}",
        parameters=(items, *options, *_forced(kind), *_WRITING),
    )


def _fields_behind(
    kind: Kind, move: Move, words: list[str], keys: Mapping[str, str]
) -> tuple[list[str], dict[str, str]]:
    """(the words before, values by field) of the KEY=VALUE at the end of a move's words.

    Raises UsageError for a field that the move has no option for.
    """
    from crm_cli.model.assignments import split_values

    left, found = list(words), {}
    while left and (pairs := split_values(left[-1:])[1]):
        ((key, text),) = pairs
        known = kind.at(key)
        if known is None or known[0] not in keys.values():
            verb = f"crm {kind.name} {move.name.replace('_', '-')}"
            raise UsageError(f"{verb} does not set {key}", _set_by(kind, key, text, left, keys))
        found[known[0]] = text
        left.pop()
    return left, found


def _set_by(
    kind: Kind, key: str, text: str, words: list[str], keys: Mapping[str, str]
) -> str:
    """What sets a field that a move does not: `crm set`; of no field, what the move does set."""
    from shlex import quote

    from crm_cli.model.ids import is_item_id
    from crm_cli.model.text import did_you_mean

    if kind.at(key) is None:
        own = sorted(keys.values())
        return f"{did_you_mean(key, own)} it sets {', '.join(own) or 'nothing else'}".strip()
    id = words[0] if is_item_id(words[0]) else "ID"
    return f"crm set {id} {quote(f'{key}={text}')} does"


def _once(chosen: Mapping[str, str], fields: Mapping[str, str]) -> Mapping[str, str]:
    """The fields, none of which an option gives as well; raises UsageError."""
    for key in fields:
        if key in chosen:
            cure = f"leave out {key}={fields[key]}, or the option"
            raise UsageError(f"{key} is given twice", cure)
    return fields


def _is_live(kind: Kind, move: Move) -> bool:
    """Whether a move is about the items that something is still to be done about."""
    return kind.live is not None and move.among in (None, kind.live)


def _which(kind: Kind, move: Move) -> Any:
    """The argument that names the items of a move."""
    several = _spaced(kind.key)
    state = "open " if _is_live(kind, move) else ""
    if len(move.of) == 1:
        state = f"{_spaced(move.of[0])} "
    help = (
        f"{several.capitalize()} by id; a customer with one {state}{_spaced(kind.name)}; "
        f"terms select {state}{several}; - reads ids."
    )
    metavar = "ID…|WHO…|TERM…"
    if move.word:
        metavar = f"{metavar} {move.word} [KEY=VALUE…]"
        help = f"{help} The last word says where to; fields may follow."
    return Annotated[list[str], Argument(metavar=metavar, help=help)]


def _forced(kind: Kind) -> tuple[Parameter, ...]:
    """`--force`, where a kind's items are looked at as they go from one state to another."""
    return (parameter("force", Force, {"force": False}),) if kind.tracked is not None else ()


def change(
    session: Session,
    kind: Kind,
    words: Sequence[str],
    plan: Callable[[Workspace, list[Found]], Plan],
    *,
    among: Among | None = None,
    state: str = "",
    dry_run: bool,
    yes: bool,
) -> None:
    """Carry out what is planned for the items that the words name; see `moves.pick`."""
    from crm_cli.features.moves import confirmed_by_title, described, split_terms

    strict = not session.interactive
    workspace = session.workspace
    named, terms = split_terms(workspace, kind, session.expand(words, kind))
    if not terms:
        found = [
            picked(session, kind, word, strict=strict, among=among, state=state) for word in named
        ]
        carry_out(session, plan(workspace, found), dry_run=dry_run, yes=yes)
        return
    those = among_named(session, kind, named, strict=strict)
    found = described(workspace, kind, terms, among=among, named=those)
    asked = confirmed_by_title(plan(workspace, found), found)
    carry_out(session, asked, dry_run=dry_run, yes=yes)


def among_named(
    session: Session, kind: Kind, named: Sequence[str], *, strict: bool
) -> set[tuple[str, str]] | None:
    """Which items and customers words name, among whom terms choose; None where there are none."""
    from crm_cli.cli.pickers import chosen
    from crm_cli.features.moves import meant

    def find(text: str) -> tuple[str, str]:
        return meant(session.workspace, kind, text, strict=strict)

    return {chosen(session, find, word) for word in named} or None


def picked(
    session: Session,
    kind: Kind,
    word: str,
    *,
    strict: bool,
    among: Among | None = None,
    state: str = "",
) -> Found:
    """The item that a word names; of several customers, then of several items, the chosen one."""
    from crm_cli.features.moves import pick

    while True:
        try:
            return pick(
                session.workspace, kind, word, strict=strict, among=among, state=state
            )
        except Ambiguous as error:
            chosen = session.pick(f"{word} matches several; which one?", error.candidates)
            if chosen is None:
                raise
            word = chosen


def _options(kind: Kind, keys: Sequence[str]) -> tuple[Mapping[str, str], list[Parameter]]:
    """An option for each field, of a group for each of its fields; and their keys by option."""
    found: dict[str, str] = {}
    options = []
    for key in keys:
        field = kind.by_key[key]
        if isinstance(field.type, GroupOf):
            parts = [(f"{key}.{part.key}", part) for part in field.type.kind.fields]
        else:
            parts = [(key, field)]
        for path, part in parts:
            name = (part.option or path).replace(".", "_")
            name = f"{name}_" if iskeyword(name) else name
            found[name] = path
            options.append(_option(name, path, part))
    return found, options


def _option(name: str, path: str, field: Field) -> Parameter:
    doc = field.doc[:1].upper() + field.doc[1:]
    if isinstance(field.type, ListOf):
        kind = field.type.kind
        called = singular(path)
        last = "PRICE" if "unit_price" in kind.by_key else "REASON"
        metavar = f"PRODUCT[:QUANTITY[:{last}]]" if kind.title == "product" else "TEXT"
        option = Option(f"--{called}", metavar=metavar, help=f"{doc}. Repeatable.")
        return parameter(name, Annotated[list[str] | None, option], {name: None})
    if isinstance(field.type, Choice) and "|" not in field.type.metavar:
        doc += f": {', '.join(field.type.words[:5])} …"
    else:
        doc += "."
    named = f"--{(field.option or path).replace('_', '-').replace('.', '-')}"
    names = dict.fromkeys((named, f"--{path.replace('_', '-').replace('.', '-')}"))
    option = Option(*names, metavar=field.type.metavar, help=doc)
    return parameter(name, Annotated[str | None, option], {name: None})


def _spaced(name: str) -> str:
    return name.replace("_", " ")
