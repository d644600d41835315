"""The completion scripts, which ask `crm __complete SHELL …` and pass its lines on.

What each passes to the program, and the lines that it reads, are described by the module
of its shell in `cli/quoting`. No script evaluates data; it only ever stands in variables.
"""

from __future__ import annotations

from enum import StrEnum


class Shell(StrEnum):
    """The shells that are completed in."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


# bash inserts what it gets as it is, so the program quotes it; the first line of the answer
# has options for compopt, which bash 3.2 (of macOS) lacks, as it lacks mapfile.
_BASH = r"""
_crm_complete() {
    local IFS=$' \t\n' line options='+o default +o bashdefault'
    COMPREPLY=()
    {
        IFS= read -r line && options=$line
        while IFS= read -r line; do
            COMPREPLY+=("$line")
        done
    } < <("$1" __complete bash "${COMP_LINE:0:COMP_POINT}" "${COMP_LINE:COMP_POINT}" "$2" \
        "${COMP_TYPE-}" "${histchars-}" "${COLUMNS-}" 2>/dev/null)
    if [[ -n $options ]]; then
        compopt $options 2>/dev/null
    fi
}
complete -o bashdefault -o default -F _crm_complete crm crm-cli
"""

# compadd quotes what it inserts, and (Q) takes quotes away without expanding anything.
_ZSH = r"""
_crm() {
    local line value files
    local typed=$compstate[quote]$PREFIX${compstate[quote]#\$}
    local -a whole wholeshown open openshown
    while IFS= read -r line; do
        value=${line%%$'\t'*}
        if [[ -z $value ]]; then
            files=$line
            continue
        fi
        if [[ $line == *$'\t'* ]]; then
            line="$value  -- ${line#*$'\t'}"
            line=${line[1,COLUMNS-1]}
        fi
        if [[ $value == *[:=/@,] ]]; then
            open+=("$value") openshown+=("$line")
        else
            whole+=("$value") wholeshown+=("$line")
        fi
    done < <("${(Q)words[1]}" __complete zsh "$compstate[quote]" \
        "${(@Q)words[2,CURRENT-1]}" "${(Q)typed}" 2>/dev/null)
    if (( ${#whole} + ${#open} == 0 )); then
        [[ -n $files ]] && _files
        return
    fi
    (( ${#whole} )) && compadd -l -d wholeshown -a whole
    (( ${#open} )) && compadd -l -S '' -d openshown -a open
    return 0
}
if (( ! $+functions[compdef] )); then
    autoload -Uz compinit && compinit
fi
compdef _crm crm crm-cli
"""

# fish quotes what it inserts. Names of files are completed where the program says so.
_FISH = r"""
function __crm_candidates
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -g __crm_found (command $words[1] __complete fish $words[2..-1] "$current" 2>/dev/null)
    set -q __crm_found[1]
    and test "$__crm_found[1]" != \t'files'
end
for program in crm crm-cli
    complete -c $program -f
    complete -c $program -n __crm_candidates -a '$__crm_found'
    complete -c $program -F -n 'not __crm_candidates; and set -q __crm_found[1]'
end
"""

SCRIPTS = {
    Shell.BASH: _BASH.lstrip("\n"),
    Shell.ZSH: _ZSH.lstrip("\n"),
    Shell.FISH: _FISH.lstrip("\n"),
}

_LOADED = """\
# fish looks for the completions of a command by its name.
source (status dirname)/crm.fish
"""
_FUNCTION = _ZSH.lstrip("\n").partition("if (( ! $+functions")[0]

INSTALLED = {
    "share/bash-completion/completions/crm": SCRIPTS[Shell.BASH],
    "share/bash-completion/completions/crm-cli": SCRIPTS[Shell.BASH],
    "share/zsh/site-functions/_crm": f'#compdef crm crm-cli\n\n{_FUNCTION}_crm "$@"\n',
    "share/fish/vendor_completions.d/crm.fish": SCRIPTS[Shell.FISH],
    "share/fish/vendor_completions.d/crm-cli.fish": _LOADED,
}
"""The scripts as they are installed, by their path: there each shell finds them itself."""


def of_shell(shell: Shell) -> dict[str, str]:
    """The installed scripts of a shell by their file names."""
    return {
        path.rpartition("/")[2]: text
        for path, text in INSTALLED.items()
        if path.startswith(f"share/{shell}")
    }
