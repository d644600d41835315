"""What an agent may reach, and by which word of `--allow`.

What is not listed here cannot be reached: a new command, or a new option, is not there for
agents before somebody decides that it should be. None of these sends anything, removes or
forgets records, synchronizes, runs other programs, or changes settings, consents or the books.
"""

from __future__ import annotations

from crm_cli.model.errors import UsageError

LOG = ("log",)
"""What the tool `log` runs."""

TASK = (
    "task add", "task start", "task done", "task skip", "task snooze", "task cancel",
    "task delegate", "task accept", "task decline",
)  # fmt: skip
"""What the tool `task` runs."""

PLAN = (
    *LOG,
    *TASK,
    "add", "set", "tag add", "tag remove", "link", "unlink", "address move",
    "due snooze", "due dismiss", "interaction held", "interaction not-held",
    "lead qualify", "lead drop", "lead convert", "lose", "win-back",
    "deal add", "deal move", "deal win", "deal lose", "deal hold", "deal reopen",
    "quote add", "quote accept", "quote decline", "order add",
    "case add", "case take", "case wait", "case resolve", "case close", "case reopen",
    "feedback add",
)  # fmt: skip
"""What the tool `plan` previews, and `apply` carries out."""

OPTIONS = frozenset({
    "--amount", "--assignee", "--at", "--case", "--close", "--competitor", "--csat", "--ces",
    "--currency", "--date", "--deal", "--depends-on", "--description", "--desk", "--discount",
    "--due", "--duration", "--email", "--every", "--follow-up", "--from", "--held", "--in",
    "--kind", "--label", "--line", "--next-step", "--nps", "--opened", "--organization",
    "--origin", "--out", "--outcome", "--owner", "--percent", "--phone", "--pipeline",
    "--planned", "--price", "--priority", "--probability", "--product", "--purchase", "--reason",
    "--recycle", "--remind", "--repeat-from", "--resolution", "--resolution-amount",
    "--resolution-currency", "--review", "--role", "--satisfied", "--since", "--source",
    "--stage", "--start", "--subject", "--summary", "--survey", "--tag", "--text", "--title",
    "--until", "--url", "--valid", "--wave", "--with", "--draft", "--campaign",
})  # fmt: skip
"""The options of these commands that may be given. Not among them: `--force`, which overrides a
rule, options that read or write files, and those that number or bill."""

ALLOWED = {"log": ("log",), "task": ("task",), "plan": ("plan", "apply"), "undo": ("undo",)}
"""The words of `--allow`, each with the tools that it adds."""


def allowed(text: str) -> frozenset[str]:
    """The tools that a text as `log,task` allows beside those that only read; raises UsageError."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    for word in words:
        if word not in ALLOWED:
            from crm_cli.model.text import did_you_mean

            raise UsageError(
                f"--allow: there is nothing called '{word}'",
                did_you_mean(word, ALLOWED) or f"words: {', '.join(ALLOWED)}",
            )
    return frozenset(tool for word in words for tool in ALLOWED[word])


def why_absent(tool: str) -> str:
    """The way to a tool that is not there, empty where there is none."""
    word = next((word for word, held in ALLOWED.items() if tool in held), "")
    return f"crm mcp --allow {word} adds it" if word else ""
