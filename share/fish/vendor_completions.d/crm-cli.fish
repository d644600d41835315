# fish looks for the completions of a command by its name.
source (status dirname)/crm.fish
