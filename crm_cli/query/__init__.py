"""The query language: terms to a syntax tree, the tree to SQL."""
