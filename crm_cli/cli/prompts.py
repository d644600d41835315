"""Questions to the user of a run, on the terminal."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from crm_cli.cli.streams import Streams
from crm_cli.model.errors import Declined, UsageError
from crm_cli.render.screen import is_terminal


class Prompts(Streams):
    """The ways to ask. Unless a run is `attended`, there is nobody at the terminal to be asked,
    as where it draws the interface."""

    def __init__(
        self,
        color: str,
        environ: Mapping[str, str],
        *,
        no_pager: bool = False,
        attended: bool = True,
    ) -> None:
        super().__init__(color, environ, no_pager=no_pager)
        self.attended = attended

    def confirm(self, question: str, *, yes: bool = False) -> None:
        """Go on only if the user agrees, or gave `--yes`.

        Asked on the terminal even where stdin is a pipe. Raises UsageError without
        a terminal, Declined at no, at an empty answer and at the end of input.
        """
        if yes:
            return
        from crm_cli.cli.terminal import ask_terminal
        from crm_cli.render import shapes

        self.flush()
        asked = shapes.question(question, "[y/N]", self.margin)
        answer = ask_terminal(asked) if self.attended else None
        if answer is None:
            raise UsageError(f"{question} There is no terminal to ask on", "pass --yes to proceed")
        if answer.strip().casefold() not in ("y", "yes"):
            raise Declined("nothing was changed")

    def ask(self, question: str, default: str = "") -> str:
        """A line from the user, the default where it is empty.

        Raises UsageError without a terminal, Declined at the end of input.
        """
        from crm_cli.cli.terminal import ask_terminal
        from crm_cli.render import shapes

        answers = f"[{default}]" if default else ""
        asked = shapes.question(question, answers, self.margin)
        answer = ask_terminal(asked) if self.attended else None
        if answer is None:
            raise UsageError("there is no terminal to ask on")
        return answer.strip() or default

    @property
    def interactive(self) -> bool:
        """Whether a choice may be offered: stderr is a terminal, and there is one to ask on.

        stdin may be a pipe, as in `echo "Called back" | crm log ana`.
        """
        from crm_cli.cli.terminal import can_ask

        if not self.attended:
            return False
        return is_terminal(sys.stderr) and (is_terminal(sys.stdin) or can_ask())

    def pick(self, question: str, candidates: Sequence[tuple[str, str]]) -> str | None:
        """The id that the user chose among (id, what), None where nobody can be asked.

        With a program for it (`CRM_PICKER`, else fzf where it is installed), else by number.
        """
        if not self.interactive:
            return None
        if is_terminal(sys.stdin):
            from crm_cli.cli.choosing import chosen_by_program

            self.flush()
            found = chosen_by_program(question, candidates, self.environ)
            if found is not None:
                return found
        from crm_cli.cli.terminal import ask_terminal
        from crm_cli.render import shapes

        self.say(shapes.candidates(candidates, self.margin))
        asked = shapes.question(question, f"[1-{len(candidates)}]", self.margin)
        while True:
            answer = (ask_terminal(asked) or "").strip()
            if not answer:
                raise Declined("nothing was chosen")
            if answer.isascii() and answer.isdigit() and 1 <= int(answer) <= len(candidates):
                return candidates[int(answer) - 1][0]
            if answer in {identity for identity, _ in candidates}:
                return answer
