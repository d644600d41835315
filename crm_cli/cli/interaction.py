"""`crm interaction`."""

from __future__ import annotations

from crm_cli.cli.items import move_verbs, show_verb
from crm_cli.cli.listing import list_verb
from crm_cli.cli.verbs import Verbs

verbs = Verbs()

list_verb(
    verbs,
    "interaction",
    """List calls, meetings, e-mails and notes that match query terms, newest first.

    crm interaction list customer:ana kind:call at:this-year
    crm interaction list text.has:renewal at:-30d.. -o csv
    """,
)
show_verb(verbs, "interaction")
move_verbs(verbs, "interaction")
