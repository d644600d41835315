"""Arguments before Typer sees them: options may stand anywhere, wrong dashes are explained."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from crm_cli.model.errors import UsageError
from crm_cli.model.named_tuple import NamedTuple


class Globals(NamedTuple):
    """The options that stand anywhere on the line."""

    directory: Path | None = None
    today: str | None = None
    user: str | None = None
    color: str = "auto"
    lock_timeout: float | None = None
    no_pager: bool = False
    force_closed: str = ""
    on: str = ""


_TAKING = {
    "-C": "directory",
    "--today": "today",
    "--as": "user",
    "--color": "color",
    "--lock-timeout": "lock_timeout",
    "--force-closed": "force_closed",
    "--on": "on",
}
_WHAT = {
    "-C": "a folder",
    "--today": "a date",
    "--as": "a user",
    "--color": "auto, always or never",
    "--lock-timeout": "seconds",
    "--force-closed": "a reason",
    "--on": "the address of a mirror",
}
_NO_PAGER = "--no-pager"
_NEGATED = r"(?s)-([A-Za-z][\w-]*(?:\.\w+)*(?:@[\w.-]+)?(?:/[\w.-]+)*:.*)"


def take_globals(words: Sequence[str]) -> tuple[Globals, list[str]]:
    """The options that stand anywhere before a `--`, and the words without them.

    The last of one kind counts. Raises UsageError at an option without its value
    or with a wrong one, at words that are not text, and at `-NAME:VALUE`.
    """
    found: dict[str, str] = {}
    rest: list[str] = []
    queue = iter(words)
    for word in queue:
        if word == "--":
            rest += [word, *queue]
            break
        name, equals, value = word.partition("=")
        if word == _NO_PAGER:
            found["no_pager"] = word
        elif name in _TAKING and (equals or name == word) and not (equals and name == "-C"):
            if not equals:
                value = next(queue, "")
            if not value:
                raise UsageError(f"{name} needs {_WHAT[name]}")
            found[_TAKING[name]] = value
        elif word.startswith("-C") and len(word) > 2:
            found["directory"] = word[2:]
        else:
            rest.append(word)
    for word in [*found.values(), *rest]:
        _readable(word)
    _no_minus(rest)
    return _globals(found), rest


def _globals(found: dict[str, str]) -> Globals:
    color = found.get("color", "auto")
    if color not in ("auto", "always", "never"):
        raise UsageError(f'--color is auto, always or never, not "{color}"')
    timeout: float | None = None
    if "lock_timeout" in found:
        text = found["lock_timeout"]
        if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", text):
            raise UsageError(f'--lock-timeout is a number of seconds, not "{text}"')
        timeout = float(text)
    return Globals(
        directory=Path(found["directory"]) if "directory" in found else None,
        today=found.get("today"),
        user=found.get("user"),
        color=color,
        lock_timeout=timeout,
        no_pager="no_pager" in found,
        force_closed=found.get("force_closed", "").strip(),
        on=found.get("on", ""),
    )


def _readable(word: str) -> None:
    """Refuse bytes that are not text in the locale's encoding, and NUL."""
    try:
        word.encode("utf-8")
    except UnicodeEncodeError:
        shown = word.encode("utf-8", "backslashreplace").decode()
        raise UsageError(
            f"an argument is not readable text: {shown}",
            "the terminal's encoding is expected, most likely UTF-8",
        ) from None


def _no_minus(words: Sequence[str]) -> None:
    """Refuse `-city:Koper`, which an option's value may begin with but no term does."""
    before = ""
    for word in words:
        if word == "--":
            return
        if is_negated(word) and not before.startswith("-"):
            raise minus_refused(word)
        before = word


def is_negated(word: str) -> bool:
    """Whether it is a term with a minus before it: `-city:Koper`."""
    return word.startswith("-") and ":" in word and bool(re.fullmatch(_NEGATED, word))


def minus_refused(word: str) -> UsageError:
    """The refusal of a term with a minus."""
    return UsageError(
        f'"{word}" is read as an option; to exclude what it matches write not:{word[1:]}',
        "a text that begins with - goes after --",
    )
