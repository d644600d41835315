#!/bin/sh
# What the program does, on the example business: what is due, the best customers, one card.
set -eu
example=$(dirname "$0")/../data-example
cache=$(mktemp -d)
trap 'rm -rf "$cache"' EXIT
export CRM_CACHE_DIR="$cache" CRM_USER=petra NO_COLOR=1 PAGER=cat
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
    crm -C "$example" --today 2026-11-20 "$@"
}

echo "A coffee roastery's customers, on Friday, 20 November 2026 (data-example/customers):"
run due
run list 'spend@12m:1..' --sort spend@12m- -n 5 --cols name,city,country,spend@12m,last_purchase
run show ana-novak
