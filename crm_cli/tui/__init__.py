"""The terminal interface: places with lists and charts, over what the features answer.

It has no rules of its own. What it shows, features answer; what it changes, it changes by a
`crm` line, which is previewed, confirmed, carried out and logged.
"""
