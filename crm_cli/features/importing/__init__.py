"""Records from files of other programs: read, matched with what is there, planned, written."""

from crm_cli.features.importing.detecting import entries_format
from crm_cli.features.importing.maps import load_map, save_map
from crm_cli.features.importing.planning import Import, plan_import, read_file
from crm_cli.features.importing.presets import applied, fitting, headings_of, presets
from crm_cli.features.importing.rejects import default_path, refuse_taken, write_rejects

__all__ = [
    "Import",
    "applied",
    "default_path",
    "entries_format",
    "fitting",
    "headings_of",
    "load_map",
    "plan_import",
    "presets",
    "read_file",
    "refuse_taken",
    "save_map",
    "write_rejects",
]
