"""The tool `help`: the pages of `crm help`, what commands take, and the fields that may leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_cli.features.reports import REPORTS, load
from crm_cli.mcp import families, schema
from crm_cli.mcp.answers import Answer, Page
from crm_cli.mcp.catalogue import Spec
from crm_cli.mcp.reading import LISTED
from crm_cli.mcp.tool import Bench, Tool
from crm_cli.model.errors import UsageError
from crm_cli.model.kinds import BY_NAME
from crm_cli.model.text import did_you_mean

_FIELDS = "fields"


def _help(bench: Bench, given: Mapping[str, Any], page: Page) -> Answer:
    """A page of help: this program's own words."""
    topic = " ".join(str(given.get("topic", "")).split()).removeprefix("crm ")
    noun, _, rest = topic.partition(" ")
    specs = bench.catalogue.specs
    if not topic:
        return _text([
            f"topics: {', '.join(bench.catalogue.topics)}",
            f"fields KIND, the fields that may leave: {', '.join(LISTED)}",
            f"report NAME: {', '.join(REPORTS)}",
            f"commands for plan: {', '.join(families.PLAN)}",
        ])  # fmt: skip
    if topic in bench.catalogue.topics:
        return _text(bench.run(["help", topic]).answer.splitlines())
    if topic in specs:
        return _text(_usage(specs[topic]))
    if noun == _FIELDS:
        return _text(_fields(bench, rest or "customer"))
    if noun == "report" and rest in REPORTS:
        report = load(rest)
        by = f"by: {', '.join(key.name for key in report.by)}"
        return _text([report.answers, report.formula, *([by] if report.by else [])])
    known = [*bench.catalogue.topics, *specs, *(f"report {name}" for name in REPORTS)]
    near = did_you_mean(topic, known)
    raise UsageError("there is no such topic", near or "help without a topic lists them")


def _text(lines: list[str]) -> Answer:
    return Answer({"help": "\n".join(lines)})


def _usage(spec: Spec) -> list[str]:
    """What a command takes from agents."""
    lines = [f"{spec.name} {spec.usage}".rstrip(), spec.summary]
    for one in spec.taken:
        what = "" if one.flag else " (several)" if one.many else ""
        name = f"option {one.word}" if one.option else f"words: {one.name}"
        lines.append(f"  {name}{what}: {one.help}")
    return lines


def _fields(bench: Bench, name: str) -> list[str]:
    """The fields of a kind that may leave, each with what it is."""
    kind = BY_NAME.get(name.strip())
    if kind is None:
        raise UsageError("there is no such kind", f"kinds: {', '.join(LISTED)}")
    docs = {field.key: field.doc for field in kind.fields}
    docs |= {derived.key: derived.doc for derived in kind.derived}
    return [f"{key}: {docs[key]}" for key in bench.leaving.of(kind)]


HELP = Tool(
    "help",
    "Show help",
    "Show a page of help: the query language, dates, what a command for plan takes, what a report "
    "means, the fields of a kind that may leave. Without a topic it lists them.",
    schema.arguments({"topic": schema.text("query, dates, who, deal add, report sales, fields")}),
    _help,
)
