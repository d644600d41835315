"""Files: YAML text to nodes and back, splices, locks, journals."""
