"""Users whom a file calls by their name or e-mail, as other programs do: by what they are here."""

from __future__ import annotations

from crm_cli.features.references import user_called
from crm_cli.formats.drafts import Draft, Drafts
from crm_cli.formats.targets import find
from crm_cli.model.fieldtypes import User
from crm_cli.workspace import Workspace


def by_user(workspace: Workspace, drafts: Drafts) -> Drafts:
    """The drafts with the users of crm.yaml in place of their names, where these are one's."""
    users = workspace.business.users
    keys = [one.key for one in drafts.map.columns if _is_of_users(drafts, one.key)]
    if not users or not keys:
        return drafts
    known: dict[str, str] = {}

    def of(draft: Draft) -> Draft:
        values = dict(draft.values)
        for key in keys:
            text = values.get(key)
            if not isinstance(text, str) or text in users:
                continue
            if text not in known:
                known[text] = user_called(workspace, text) or text
            values[key] = known[text]
        return draft._replace(values=values)

    return drafts._replace(rows=drafts.rows.changed(of))


def _is_of_users(drafts: Drafts, key: str) -> bool:
    target = find(drafts.kind, key)
    if target is None or target.list or target.group:
        return False
    return isinstance(target.field.type, User) and target.field.key == key
