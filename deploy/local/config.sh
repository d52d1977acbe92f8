#!/bin/bash
# Writes the development configuration var/gongji.ini and its keys: config.sh [SOCKET_FOLDER]
# With a folder, the database is our private one behind that socket; without, its address comes from GONGJI_DATABASE_URL.
# A file that was edited by hand is left alone, but for the socket of the private database when that has moved.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."

INI=var/gongji.ini
STAMP=var/keys/gongji.ini.sha256 # of the file as written here
CHANNELS="wechat_mini web_hall wansht_app wechat_tax alipay_tax nhsa_app wechat_oa website alipay_city wechat_city third_party counter kiosk"
CITIZEN="family account premium resolve"
STAFF="registry review policy refund audit freeze inquiry"

new_secret() { [[ -s $1 ]] || (umask 077 && head -c 48 /dev/urandom | base64 -w 0 >"$1"); }
new_ring() { [[ -s $1 ]] || (umask 077 && echo "dev1 $(head -c 32 /dev/urandom | base64 -w 0)" >"$1"); }

issuer()
{
    local name=$1
    shift
    new_secret "var/keys/$name.secret"
    printf '\n[issuer %s]\niss = https://%s.gongji.example\nalgorithm = HS256\n' "$name" "$name"
    printf 'keys = k1=keys/%s.secret\nsigning_key = k1=keys/%s.secret\nmax_lifetime = 86400\n' "$name" "$name"
    printf '%s\n' "$@"
}

database()
{
    local host="host='${1//\'/\\\'}' dbname=gongji"
    [[ -n $1 ]] || return 0
    printf '\n[database]\nurl = %s user=gongji_app\nowner_url = %s user=postgres\n' "$host" "$host"
}

document()
{
    echo "# Development only, written by make run. To keep changes of your own just make them: an edited file is left alone."
    echo "# config/gongji.ini explains every option."
    database "$1"
    printf '\n[security]\nseal_keys = keys/seal\nindex_keys = keys/index\n'
    printf '\n[webhook]\norigins = http://127.0.0.1 http://localhost https://*\n'
    printf '\n[clock]\ndevelopment = true\n'
    printf '\n[token]\nleeway_seconds = 1\n' # signer and server share a clock: --ttl means what it says
    issuer dev "kind = citizen staff institution credential channel" "channel = web_hall" "scopes = $CITIZEN cash events medical" "  $STAFF" \
        "areas = *" "allow_act = true" "cash_channels = wechatpay alipay counter"
    issuer dev-institution "kind = institution" "channel = institution" "scopes = medical"
    issuer dev-credential "kind = credential" "scopes = credential"
    local channel act
    for channel in $CHANNELS; do
        act="allow_act = false"
        [[ $channel != web_hall && $channel != counter && $channel != kiosk ]] || act="allow_act = true"
        issuer "dev-$channel" "kind = citizen channel" "channel = $channel" "scopes = $CITIZEN events" "$act"
    done
}

# In a file edited by hand, only an address that is the private database's own.
move_socket()
{
    local host="host='${1//\'/\\\'}' dbname=gongji"
    sed -i -E "s#^(url|owner_url) = host='[^']*/socket' dbname=gongji user=(gongji_app|postgres)\$#\1 = ${host//&/\\&} user=\2#" "$INI"
}

mkdir -p -m 700 var/keys
new_ring var/keys/seal
new_ring var/keys/index
if [[ ! -e $INI ]] || { [[ -e $STAMP ]] && sha256sum --status -c "$STAMP"; }; then
    text=$(document "${1:-}")
    (umask 077 && echo "$text" >"$INI.new" && mv "$INI.new" "$INI")
    sha256sum "$INI" >"$STAMP"
elif [[ -n ${1:-} ]]; then
    move_socket "$1"
fi
