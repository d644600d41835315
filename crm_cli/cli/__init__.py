"""The command line: parse, call one feature, hand its value to a renderer."""
