"""`crm mcp`: customers for agents, over the Model Context Protocol (stdio).

A further caller of features, with no rules of its own: it reads what the commands read, and
changes what they change, by the same plans.
"""
