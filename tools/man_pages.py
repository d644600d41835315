"""Manual pages in roff: crm(1), one for each family of commands, one for each topic.

They are made of the same help texts as `crm COMMAND --help`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from inspect import cleandoc
from typing import Any

from crm_cli.cli.commands import EVERYWHERE, FAMILIES, Command, kind_nouns, visible_commands
from crm_cli.cli.quick_parser import verbs_of
from crm_cli.cli.topics import TOPICS
from crm_cli.cli.verbs import Argument, Option, Verb
from crm_cli.render.blocks import blocks

_ALONE = (" ", "crm ", "cd ", "0 ")
"""How lines of a help text begin that are examples."""


def man_pages() -> dict[str, str]:
    """The pages by their path."""
    pages = {"share/man/man1/crm.1": _overview()}
    families = {names[0]: names for names in FAMILIES}
    members = {name: names[0] for names in FAMILIES for name in names[1:]}
    entries = [entry for _, held in visible_commands() for entry in held] + kind_nouns()
    by_name = {entry.name: entry for entry in entries}
    for entry in entries:
        path = f"share/man/man1/crm-{entry.name}.1"
        if entry.name in members:
            pages[path] = f".so man1/crm-{members[entry.name]}.1\n"
        else:
            names = families.get(entry.name, (entry.name,))
            pages[path] = _family([by_name[name] for name in names if name in by_name])
    for topic, page in TOPICS.items():
        pages[f"share/man/man7/crm-{topic}.7"] = _topic(topic, page.summary, page.text)
    return pages


def _overview() -> str:
    parts = [
        _title("CRM", 1),
        ".SH NAME",
        r"crm, crm\-cli \- your customers in plain text files",
        ".SH SYNOPSIS",
        r".B crm",
        r"[\fICOMMAND\fR \&...]",
        ".SH DESCRIPTION",
        _text("A customer relations manager whose database is a folder of text files: one"
              " YAML file per customer, kept in git, edited by hand as freely as by the program."
              " crm alone shows what is due."),
    ]  # fmt: skip
    for group, held in visible_commands():
        parts.append(f".SS {_escaped(group)}")
        for entry in held:
            parts += [".TP", rf".BR crm\-{_escaped(entry.name)} (1)", _text(entry.help)]
    parts += [".SH OPTIONS", *_example(EVERYWHERE.strip().splitlines())]
    parts += [".SH TOPICS"]
    for topic, page in TOPICS.items():
        parts += [".TP", rf".BR crm\-{_escaped(topic)} (7)", _text(page.summary)]
    parts += [
        ".SH FILES", ".TP", ".I crm.yaml", _text("the settings of a folder, which make it one"),
        ".TP", ".I ~/.config/crm/config.yaml",
        _text("your own: aliases, businesses by name, the theme; see crm help configuration"),
        ".SH ENVIRONMENT",
    ]  # fmt: skip
    for name, what in _ENVIRONMENT:
        parts += [".TP", f".B {name}", _text(what)]
    parts += [".SH EXIT STATUS", _text("crm help output lists them; 0 is success.")]
    return "\n".join(parts) + "\n"


_ENVIRONMENT = (
    ("CRM_DIR", "the folder, where none is named by -C"),
    ("CRM_USER", "who you are, where --as does not say it"),
    ("CRM_TODAY", "the clock of every command"),
    ("CRM_CACHE_DIR", "where the index is kept"),
    ("CRM_PAGER, PAGER", "the pager for what does not fit; empty or cat is none"),
    ("NO_COLOR", "any value: no colours"),
    ("COLORFGBG", "foreground;background of the terminal, as rxvt and Konsole set it"),
    ("FORCE_HYPERLINK", "0 or 1: whether the terminal opens links"),
    ("VISUAL, EDITOR", "your editor"),
)


def _family(entries: Sequence[Command]) -> str:
    names = ", ".join(rf"crm\-{_escaped(entry.name)}" for entry in entries)
    parts = [
        _title(f"CRM-{entries[0].name.upper()}", 1),
        ".SH NAME",
        rf"{names} \- {_escaped('; '.join(entry.help for entry in entries))}",
        ".SH SYNOPSIS",
    ]
    lines: list[tuple[str, Verb]] = []
    for entry in entries:
        for verb in verbs_of(entry).values():
            if entry.noun:
                lines.append((f"crm {entry.name} {verb.name}", verb))
            elif verb.name == entry.name:
                lines.append((f"crm {entry.name}", verb))
    for line, verb in lines:
        parts += [rf".B {_escaped(line)}", _usage(verb), ".br"]
    parts.append(".SH DESCRIPTION")
    for line, verb in lines:
        parts += [f".SS {_escaped(line)}", *_verb(verb)]
    parts += [
        ".SH SEE ALSO",
        ".BR crm (1)\nfor options that stand anywhere on the line,",
        r".BR crm\-query (7),",
        r".BR crm\-output (7)",
    ]
    return "\n".join(parts) + "\n"


def _usage(verb: Verb) -> str:
    named = [_metavar(one) for one in verb.parameters if isinstance(one.declared, Argument)]
    optional = any(isinstance(one.declared, Option) for one in verb.parameters)
    words = [*named, *(["[OPTIONS]"] if optional else [])]
    return _escaped(" ".join(words)) if words else r"\&"


def _verb(verb: Verb) -> Iterator[str]:
    paragraph: list[str] = []
    examples: list[str] = []
    for line in [*cleandoc(verb.doc).splitlines(), ""]:
        alone = line.strip() and line.startswith(_ALONE)
        if paragraph and (alone or not line.strip()):
            yield ".PP\n" + _text(" ".join(paragraph))
            paragraph = []
        if examples and not alone:
            yield from _example(examples)
            examples = []
        if alone:
            examples.append(line.strip())
        elif line.strip():
            paragraph.append(line.strip())
    for one in verb.parameters:
        declared = one.declared
        if isinstance(declared, Argument):
            yield f".TP\n.I {_escaped(_metavar(one))}\n{_text(declared.help)}"
        else:
            names = ", ".join(declared.names)
            takes = "" if one.flag else f" {declared.metavar or one.name.upper()}"
            yield f".TP\n.B {_escaped(names + takes)}\n{_text(declared.help)}"


def _metavar(one: Any) -> str:
    return str(one.declared.metavar or one.name.upper())


def _topic(topic: str, summary: str, text: str) -> str:
    parts = [
        _title(f"CRM-{topic.upper()}", 7),
        ".SH NAME",
        rf"crm\-{_escaped(topic)} \- {_escaped(summary)}",
        ".SH DESCRIPTION",
    ]
    for block in blocks(text):
        if block.text:
            parts.append(".PP\n" + _text(block.text))
        else:
            width = max(len(words) for words, _ in block.rows)
            parts += _example(
                [f"{words:<{width}}  {about}".rstrip() for words, about in block.rows]
            )
    parts += [".SH SEE ALSO", ".BR crm (1)"]
    return "\n".join(parts) + "\n"


def _title(name: str, section: int) -> str:
    made = r'.\" Made by tools/reference.py from the help texts; not to be edited.'
    return f'{made}\n.TH {_escaped(name)} {section} "" crm "crm manual"\n.nh\n.ad l'


def _example(lines: Sequence[str]) -> list[str]:
    shown = [_text(line.rstrip()) or r"\&" for line in lines]
    return [".PP", ".RS 4", ".nf", *shown, ".fi", ".RE"]


def _text(text: str) -> str:
    """A text of one line, which is no request."""
    shown = _escaped(text)
    return rf"\&{shown}" if shown.startswith((".", "'")) else shown


def _escaped(text: str) -> str:
    shown = text.replace("\\", r"\e").replace("-", r"\-").replace("~", r"\(ti")
    return re.sub(r"\^", r"\\(ha", shown).replace("`", r"\(ga")
