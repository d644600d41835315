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
