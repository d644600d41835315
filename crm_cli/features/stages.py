"""The stages of deals: what there is, and a new id for one wherever it is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from crm_cli.features.plan import Plan, counted
from crm_cli.features.unread import all_naming
from crm_cli.model.deal import DEAL
from crm_cli.model.errors import NotFound, Refused, UsageError
from crm_cli.model.ids import is_customer_id
from crm_cli.model.item import Item
from crm_cli.model.kind import normal
from crm_cli.model.kinds import HOLDERS
from crm_cli.model.node import Node, Scalar
from crm_cli.model.pipeline import FIRST, Learned, Pipeline, Stage, unknown_stage
from crm_cli.model.places import REPORTS, SEGMENTS, SETTINGS
from crm_cli.model.quoting import style_for
from crm_cli.model.text import did_you_mean
from crm_cli.model.written import value_node
from crm_cli.query.lexer import quoted
from crm_cli.store.document import Document
from crm_cli.store.splice import Replace
from crm_cli.workspace import Change, Rewrite, Step, Workspace


class Listed(NamedTuple):
    """A stage of a pipeline, how many deals are in it, and what is learned of those that were."""

    pipeline: Pipeline
    stage: Stage
    deals: int
    learned: Learned | None


def stages(workspace: Workspace) -> list[Listed]:
    """All stages, in the order of crm.yaml, with the number of their deals."""
    counts: dict[tuple[str, str | None], int] = {}
    for pipeline, stage in workspace.select(DEAL, cols=("in_pipeline", "stage")).rows:
        counts[pipeline, stage] = counts.get((pipeline, stage), 0) + 1
    learned = workspace.learned()
    return [
        Listed(
            pipeline,
            stage,
            counts.get((pipeline.id, stage.id), 0),
            learned.get((pipeline.id, stage.id)),
        )
        for pipeline in workspace.business.pipelines.all
        for stage in pipeline.stages
    ]


def rename(workspace: Workspace, old: str, new: str, *, pipeline: str | None = None) -> Plan:
    """Plan another id for a stage, in crm.yaml and in every deal that is or was in it.

    Raises NotFound for a stage that there is not, UsageError for an id that cannot be.
    """
    found = _pipeline(workspace, old, pipeline)
    stage = found.stage(old)
    wanted = normal(new)
    if not is_customer_id(wanted):
        raise UsageError(f"'{new}' cannot be the id of a stage", "letters, digits and _: on_site")
    if any(one.id == wanted for one in found.stages):
        raise Refused(f"{found.id} has a stage {wanted} already", "choose another id")
    if not _is_written(workspace):
        raise Refused(
            "crm.yaml names no stages: these are the usual ones",
            "crm config set stages='lead, offer, won, lost' writes your own",
        )
    name = stage.id if stage is not None else old

    def settings(data: bytes | None) -> bytes:
        document = workspace.open(SETTINGS.path, data or b"")
        _replace(document, lambda: _in_settings(document, found.id, name), wanted)
        return document.data

    def refer(document: Document) -> None:
        _in_record(document, found.id, name, wanted)

    steps: list[Step] = [Rewrite(SETTINGS.path, settings)] if stage is not None else []
    having = _paths(workspace, found.id, name)
    paths = all_naming(
        workspace, name, having, refer, among=HOLDERS[DEAL], shown=f"the stage {name}"
    )
    steps += [Rewrite(path, _renamed(workspace, path, refer)) for path in sorted(paths)]
    if not steps:
        raise NotFound(*unknown_stage(old, found))
    return Plan(
        Change(f"rename stage {name} to {wanted}", tuple(steps)),
        f"renamed the stage {name} of {found.id} to {wanted}, in {counted(len(paths), 'customer')}",
        (name,),
        notes=list(_notes(workspace, name)),
    )


def _is_written(workspace: Workspace) -> bool:
    settings = workspace.file(SETTINGS.path).record
    return bool(settings.items("stages") or settings.values.get("pipelines"))


def _pipeline(workspace: Workspace, old: str, named: str | None) -> Pipeline:
    """The pipeline that is meant; without a name the one that has the stage."""
    pipelines = workspace.business.pipelines
    if named is not None:
        found = next((one for one in pipelines.all if one.is_called(named)), None)
        if found is None:
            hint = did_you_mean(named, pipelines.ids) or f"known: {', '.join(pipelines.ids)}"
            raise NotFound(f"there is no pipeline {named}", hint)
        return found
    having = [one for one in pipelines.all if one.stage(old) is not None]
    if len(having) > 1:
        names = ", ".join(one.id for one in having)
        raise UsageError(f"several pipelines have a stage {old}: {names}", "add --pipeline NAME")
    return having[0] if having else pipelines.all[0]


def _paths(workspace: Workspace, pipeline: str, stage: str) -> list[str]:
    """The files with deals that are, or were, in a stage."""
    where = (
        f"in_pipeline = {quoted(pipeline)} and"
        f" (stage = {quoted(stage)} or any(deal_moves, stage = {quoted(stage)}))"
    )
    found = workspace.select(DEAL, where=where, cols=("customer",), ordered=False)
    return sorted({workspace.path_of(str(row[0])) for row in found.rows})


def _renamed(
    workspace: Workspace, path: str, refer: Callable[[Document], None]
) -> Callable[[bytes | None], bytes]:
    def update(data: bytes | None) -> bytes:
        document = workspace.open(path, data or b"")
        refer(document)
        return document.data

    return update


def _in_record(document: Document, pipeline: str, old: str, new: str) -> None:
    """Rename a stage in the deals of a record that are in a pipeline."""
    deals = [
        deal.id
        for deal in document.record.items(DEAL.key)
        if deal.derived["in_pipeline"] == pipeline
    ]
    _replace(document, lambda: _in_deals(document, deals, old), new)


def _replace(document: Document, nodes: Callable[[], Iterator[Node]], new: str) -> None:
    """Write another text for each node that is found, until there is none."""
    while (node := next(nodes(), None)) is not None:
        document.apply(Replace(document.path_to(node), Scalar(new, style_for(new))))


def _in_deals(document: Document, deals: list[str], old: str) -> Iterator[Node]:
    for deal in document.record.items(DEAL.key):
        if deal.id in deals:
            yield from _named(deal, "stage", old)
            for entry in deal.items("stage_history"):
                yield from _named(entry, "stage", old)


def _in_settings(document: Document, pipeline: str, old: str) -> Iterator[Node]:
    holder = document.record
    if pipeline != FIRST or not holder.items("stages"):
        holder = (holder.values.get("pipelines") or {})[pipeline]
    for stage in holder.items("stages"):
        yield from _named(stage, "id", old)


def _named(item: Item, key: str, old: str) -> Iterator[Node]:
    """The node of a field that says `old`."""
    if item.values.get(key) == old:
        node = value_node(item, key) or item.node
        if node is not None:
            yield node


def _notes(workspace: Workspace, old: str) -> Iterator[str]:
    """Queries of people's own that name the stage: those they have to correct themselves."""
    for path, *_ in workspace.tree.entries():
        if path == SEGMENTS.path or path.startswith(REPORTS.path):
            text = workspace.tree.read(path).decode("utf-8", "replace")
            if old in text:
                yield f"{path} names {old}: correct it there, where the stage is meant"
