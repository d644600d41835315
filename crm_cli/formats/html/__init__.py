"""Pages for a browser: one file with its style, which loads nothing and runs nothing."""
