"""The completion scripts. They ask `crm __complete SHELL …` and hand over its lines.

Each line is a candidate, then a tab and what it is, where that is known. A
candidate that ends in one of `: = / @ ,` is not finished, so no space follows.
"""

from __future__ import annotations

from enum import StrEnum


class Shell(StrEnum):
    """The shells that are completed in."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


# bash hands over the line, since it breaks words at : = @ and would need them joined; the
# answer is only what stands after the last break. No mapfile: macOS has bash 3.2.
_BASH = r"""
_crm_complete() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        COMPREPLY+=("$line")
    done < <(CRM_WORDBREAKS="$COMP_WORDBREAKS" "$1" __complete bash \
        "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
    if [[ ${#COMPREPLY[@]} -gt 0 && ${COMPREPLY[0]} == *[:=/@,] ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
complete -o bashdefault -o default -F _crm_complete crm
"""

_ZSH = r"""
_crm() {
    local line value
    local -a whole wholeshown open openshown
    while IFS= read -r line; do
        value=${line%%$'\t'*}
        [[ -n $value ]] || continue
        if [[ $line == *$'\t'* ]]; then
            line="$value  -- ${line#*$'\t'}"
        fi
        if [[ $value == *[:=/@,] ]]; then
            open+=("$value") openshown+=("$line")
        else
            whole+=("$value") wholeshown+=("$line")
        fi
    done < <("${(Q)words[1]}" __complete zsh "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)
    if (( ${#whole} + ${#open} == 0 )); then
        _files
        return
    fi
    (( ${#whole} )) && compadd -l -d wholeshown -a whole
    (( ${#open} )) && compadd -l -S '' -d openshown -a open
    return 0
}
if (( ! $+functions[compdef] )); then
    autoload -Uz compinit && compinit
fi
compdef _crm crm
"""

_FISH = r"""
function __crm_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l found (command $words[1] __complete fish $words[2..-1] "$current" 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else
        __fish_complete_path "$current"
    end
end
complete -c crm -f -a '(__crm_complete)'
"""

SCRIPTS = {
    Shell.BASH: _BASH.lstrip("\n"),
    Shell.ZSH: _ZSH.lstrip("\n"),
    Shell.FISH: _FISH.lstrip("\n"),
}
