"""What the commands that make documents share: their options, and how they answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from crm_cli.cli.session import Session
from crm_cli.cli.verbs import Option
from crm_cli.formats.documents import FORMATS
from crm_cli.model.errors import UsageError
from crm_cli.model.named_tuple import NamedTuple

if TYPE_CHECKING:
    from crm_cli.features.documents.rendering import Asked, Rendered
    from crm_cli.model.paper import Paper

Format = Annotated[
    str | None,
    Option(
        "--format",
        metavar="|".join(FORMATS),
        choices=FORMATS,
        help="Default: from the file's extension, else text.",
    ),
]
To = Annotated[
    str | None, Option("--to", metavar="FILE|DIR/", help="Write to a file; several: to a folder.")
]
TemplateName = Annotated[
    str | None, Option("--template", metavar="NAME", help="A template: crm template list.")
]
Language = Annotated[
    str | None, Option("--language", metavar="TAG", help="Not in the customer's language: de, fa.")
]
Draft = Annotated[
    bool, Option("--draft", help="Mark it as a draft; what the law wants may be missing.")
]
Qr = Annotated[bool, Option("--qr", help="Draw the codes for payments in the text, too.")]
ForceTo = Annotated[bool, Option("--force", help="Replace the file of --to.")]


class Making(NamedTuple):
    """How documents are made."""

    format: Format = None
    to: To = None
    template: TemplateName = None
    language: Language = None
    draft: Draft = False
    qr: Qr = False
    force: ForceTo = False


MAKING = Making()


def make(
    session: Session, papers: Iterable[Paper], making: Making, *, template: str | Sequence[str] = ""
) -> None:
    """Make documents of papers, and answer with them or write them into files; `template` is that
    of all, or of each, unless they ask for another."""
    from crm_cli.features.documents.rendering import Asked, format_of, render

    asked = Asked(
        format_of(making.format, making.to),
        making.template or "",
        making.language or "",
        making.draft,
        making.qr,
        session.screen.width if making.to in (None, "-") else None,
    )
    papers = list(papers)
    of_each = [template] * len(papers) if isinstance(template, str) else template
    found = [
        (paper, asked._replace(template=asked.template or one))
        for paper, one in zip(papers, of_each, strict=True)
    ]
    if making.to and making.to != "-" and (making.to.endswith("/") or Path(making.to).is_dir()):
        _into_folder(session, found, making)
        return
    if len(found) > 1 and asked.format != "text":
        raise UsageError(
            f"{len(found):,} documents do not go into one file", "--to DIR/ writes one file each"
        )
    rendered = [render(session.workspace, *one) for one in found]
    if making.to not in (None, "-"):
        _into_file(session, rendered, making)
    elif asked.format not in ("text", "html"):
        session.give_data(rendered[0].data)
    else:
        session.give("\f\n".join(one.text for one in rendered))


def _into_file(session: Session, rendered: list[Rendered], making: Making) -> None:
    from crm_cli.features.documents.rendering import save
    from crm_cli.model.text import visible

    whole = b"\f\n".join(one.data for one in rendered)
    save(Path(str(making.to)), whole, force=making.force)
    session.say(f"written to {visible(str(making.to))}")


def _into_folder(session: Session, papers: list[tuple[Paper, Asked]], making: Making) -> None:
    """Write a file for each, named for its kind and number."""
    from crm_cli.features.documents.rendering import (
        check,
        file_name,
        make_folder,
        render,
        save,
    )
    from crm_cli.features.plan import counted
    from crm_cli.model.file_names import FileNames
    from crm_cli.model.text import visible

    folder = Path(str(making.to))
    for asked in dict.fromkeys(asked for _, asked in papers):
        check(session.workspace, [paper for paper, own in papers if own == asked], asked)
    make_folder(folder)
    names = FileNames()
    with session.progress("Making documents", len(papers)) as progress:
        for number, (paper, asked) in enumerate(papers, 1):
            rendered = render(session.workspace, paper, asked)
            name = file_name(names, paper, rendered.suffix)
            save(folder / name, rendered.data, force=making.force)
            progress.reach(number)
    session.say(f"{counted(len(papers), 'file')} written to {visible(str(folder))}")
