#!/bin/sh
# A two-minute tour in a folder of its own: demo.sh FOLDER. Running it again starts afresh.
set -eu
folder=${1:-build/demo}
case $folder in
    /* | */..* | ..* | . | "") echo "demo.sh: give a folder below this one" >&2; exit 2 ;;
esac
# Only a folder that an earlier run made is replaced.
if [ -e "$folder" ] && [ ! -e "$folder/crm.yaml" ]; then
    echo "demo.sh: $folder exists and is not a demo; remove it or name another" >&2
    exit 2
fi
rm -rf "$folder"
mkdir -p "$(dirname "$folder")"
export CRM_CACHE_DIR="$folder.cache" CRM_USER=petra NO_COLOR=1 PAGER=cat
unset CRM_DIR CRM_TODAY || true

run() {
    printf '\n$ crm'
    for word in "$@"; do
        case $word in
            *[!A-Za-z0-9@%+=:,./_-]*) printf " '%s'" "$word" ;;
            *) printf ' %s' "$word" ;;
        esac
    done
    printf '\n'
    if [ -e "$folder/crm.yaml" ]; then
        crm -C "$folder" --today 2026-11-20 "$@"
    else
        crm --today 2026-11-20 "$@"
    fi
}

run init "$folder" --name "Kava d.o.o." --country SI
run add "Ana Novak" --email ana@novak.example --phone "040 123 456" --tag vip
run add "Bistro Lipa d.o.o." --email bistro@lipa.example --tag wholesale
run log ana Asked for 20 kg of beans --kind call --in --follow-up fri
run task add ana Send the quote --due fri --assignee petra
run due --within 7d
run list +vip
run show ana
echo
echo "The records are in $folder/customers; open them in any editor."
