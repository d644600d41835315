"""A customer relations manager whose database is a folder of YAML files."""

__version__ = "0.1.0"
