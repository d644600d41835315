"""Records from files of other programs: read, matched with what is there, planned, written."""

from crm_cli.features.importing.detecting import is_calendar
from crm_cli.features.importing.maps import load_map, save_map
from crm_cli.features.importing.planning import Import, plan_import, read_file
from crm_cli.features.importing.rejects import default_path, write_rejects

__all__ = [
    "Import",
    "default_path",
    "is_calendar",
    "load_map",
    "plan_import",
    "read_file",
    "save_map",
    "write_rejects",
]
