"""Events: what became of which record, one by one, from the commits of its files.

Edits by hand, imports and what came from other clones are told like the program's own changes.
What is not committed yet is told once it is.
"""

from crm_cli.features.events.event import Event
from crm_cli.features.events.following import follow
from crm_cli.features.events.reading import Events, events
from crm_cli.features.events.whom import whom

__all__ = ["Event", "Events", "events", "follow", "whom"]
