"""docs/reference/commands.md: every command, from the registry and its own declaration."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from markdown import MADE, code, sentence, table

from crm_cli.cli.app import Noun, load
from crm_cli.cli.commands import EVERYWHERE, Command, kind_nouns, visible_commands

_INTRODUCTION = f"""\
# Commands

{MADE}

Verbs are for customers, nouns for what belongs to them; the verb that makes something
is always `add`. A noun alone lists: `crm task` is `crm task list`, and `crm` is
`crm due`.

```text
{EVERYWHERE.strip()}
```
"""


def commands_page() -> str:
    """The page."""
    parts = [_INTRODUCTION]
    for group, commands in (*visible_commands(), ("Further items", kind_nouns())):
        if not commands:
            continue
        links = " · ".join(f"[{entry.name}](#crm-{entry.name})" for entry in commands)
        parts.append(f"## {group}\n\n{links}\n")
        for entry in commands:
            parts += _command(entry)
    return "\n".join(parts)


def _command(entry: Command) -> Iterator[str]:
    loaded: Any = load(entry)
    yield f"### crm {entry.name}\n"
    if not isinstance(loaded, Noun):
        yield _verb(f"crm {entry.name}", loaded)
        return
    yield f"{sentence(entry.help)}\n"
    for name in loaded.list_commands(None):
        verb: Any = loaded.get_command(None, name)
        yield f"#### crm {entry.name} {name}\n"
        yield _verb(f"crm {entry.name} {name}", verb)


def _verb(line: str, verb: Any) -> str:
    usage = [line]
    arguments = []
    options = []
    for parameter in verb.params:
        if getattr(parameter, "hidden", False) or "--help" in parameter.opts:
            continue
        if parameter.param_type_name == "argument":
            usage.append(str(parameter.metavar or parameter.name.upper()))
            arguments.append((code(usage[-1]), _meaning(parameter)))
        else:
            options.append((code(_spelled(parameter)), _meaning(parameter)))
    if options:
        usage.insert(1, "[OPTION…]")
    told, *paragraphs = re.split(r"\n\s*\n", (verb.help or "").strip())
    parts = [f"{told}\n", f"```text\n{' '.join(usage)}\n```\n"]
    parts += [_paragraph(text) for text in paragraphs]
    parts += [rows for rows in (table(("argument", ""), arguments),) if rows]
    parts += [rows for rows in (table(("option", ""), options),) if rows]
    return "\n".join(parts)


def _paragraph(text: str) -> str:
    """Examples as they are typed; anything else as text."""
    lines = [line.strip() for line in text.splitlines()]
    if not lines[0].startswith("crm "):
        return "\n".join(lines) + "\n"
    typed = "".join(f"$ {line}\n" if line.startswith("crm ") else f"{line}\n" for line in lines)
    return f"```console\n{typed}```\n"


def _spelled(option: Any) -> str:
    """`-n, --limit N`, `--due DATE`, `--in, --out`."""
    names = sorted([*option.opts, *option.secondary_opts], key=len)
    spelled = ", ".join(names)
    if option.is_flag or option.count:
        return spelled
    choices = getattr(option.type, "choices", None)
    if choices and not option.metavar:
        return f"{spelled} {'|'.join(str(choice) for choice in choices)}"
    return f"{spelled} {option.metavar or 'TEXT'}"


def _meaning(parameter: Any) -> str:
    return str(getattr(parameter, "help", "") or "")
