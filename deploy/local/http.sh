# Sourced: how run.sh and demo.sh reach the server. LISTEN is as in [server] listen: HOST:PORT or unix:/path.
# bearer: the token of whoever calls.

fetch() # PATH [curl option…]
{
    local -a way=("http://$LISTEN$1")
    [[ $LISTEN != unix:* ]] || way=(--unix-socket "${LISTEN#unix:}" "http://localhost$1")
    curl --silent --max-time 10 "${way[@]}" "${@:2}"
}

# Prints the answer's body; a refusal is told in one line, and false.
call() # METHOD PATH [JSON [curl option…]]
{
    local answer status
    answer=$(fetch "$2" --request "$1" --write-out '\n%{http_code}' --header "Authorization: Bearer $bearer" \
        --header 'Accept-Language: en' --header "Idempotency-Key: $(cat /proc/sys/kernel/random/uuid)" \
        ${3:+--header 'Content-Type: application/json' --data "$3"} "${@:4}") || return 1
    status=${answer##*$'\n'}
    if [[ $status -ge 400 ]]; then
        echo "$1 $2 was refused: $(jq -r '"\(.code): \(.detail)"' <<<"${answer%$'\n'*}")" >&2
        return 1
    fi
    echo "${answer%$'\n'*}"
}
