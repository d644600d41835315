"""Records from files of other programs: read, matched with what is there, planned, written."""

from crm_cli.features.importing.planning import Import, plan_import, read_file

__all__ = ["Import", "plan_import", "read_file"]
