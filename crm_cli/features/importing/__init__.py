"""Records from files of other programs: read, matched with what is there, planned, written."""

from crm_cli.features.importing.detecting import entries_format, kind_of_folder
from crm_cli.features.importing.maps import kind_said, load_map, save_map
from crm_cli.features.importing.planning import Import, plan_import, read_file
from crm_cli.features.importing.presets import (
    Preset,
    applied,
    fitting,
    preset_named,
    presets,
    refuse_other_kind,
)
from crm_cli.features.importing.rejects import refuse_taken, rejects_path, write_rejects
from crm_cli.features.importing.sources import Source

__all__ = [
    "Import",
    "Preset",
    "Source",
    "applied",
    "entries_format",
    "fitting",
    "kind_of_folder",
    "kind_said",
    "load_map",
    "plan_import",
    "preset_named",
    "presets",
    "read_file",
    "refuse_other_kind",
    "refuse_taken",
    "rejects_path",
    "save_map",
    "write_rejects",
]
