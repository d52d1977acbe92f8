#!/bin/bash
# make run, after the build: database, schema, policies, a demonstration family, and the server in the foreground until Ctrl-C.
# The database is a private one under var/, unless GONGJI_DATABASE_URL or [database] url of var/gongji.ini names another.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."

source deploy/local/http.sh
export GONGJI_BIN=${GONGJI_BIN:-build/gongji} GONGJI_CONFIG=var/gongji.ini LISTEN
SPACE_MB=500
PID_FILE=var/server.pid LOG=var/server.log
server='' private='' follower=''

say() { echo "$*"; }
fail() { echo "run: $*" >&2; exit 1; }

ini_value() # SECTION KEY, as written in the configuration
{
    [[ ! -e $GONGJI_CONFIG ]] || awk -v section="[$1]" -v key="$2" -F ' *= *' \
        '/^\[/ { inside = $0 == section } inside && $1 == key { sub(/^[^=]*= */, ""); print; exit }' "$GONGJI_CONFIG"
}

# --- what an earlier run may have left, when it was killed -------------------------------------------------------------

stop_server() # PID
{
    local tries
    kill -TERM "$1" 2>/dev/null || return 0
    for ((tries = 0; tries < 250; tries++)); do
        kill -0 "$1" 2>/dev/null || return 0
        sleep 0.1
    done
    kill -KILL "$1" 2>/dev/null || true
}

stop_left_over_server()
{
    local pid=
    read -r pid 2>/dev/null <"$PID_FILE" || return 0
    [[ $(readlink "/proc/$pid/exe") == "$(realpath "$GONGJI_BIN")"* ]] || return 0
    say "stopping the server an earlier run left behind"
    stop_server "$pid"
}

finish()
{
    local status=$?
    trap '' INT TERM HUP
    [[ -z $follower ]] || kill "$follower" 2>/dev/null || true
    [[ -z $server ]] || { stop_server "$server"; rm -f "$PID_FILE"; }
    [[ -z $private ]] || deploy/local/cluster.sh stop var/pg
    exit "$status"
}

# --- database ----------------------------------------------------------------------------------------------------------

check_space()
{
    local folder free_kb
    for folder in var /var/tmp; do
        free_kb=$(df -Pk "$folder" | awk 'NR == 2 { print $4 }')
        [[ $free_kb -ge $((SPACE_MB * 1024)) ]] || fail "the disk of $folder is full: less than $SPACE_MB MB are free"
    done
}

own_server()
{
    local url
    url=${GONGJI_DATABASE_URL:-$(ini_value database url)}
    [[ -n $url && $url != "host='"*"/socket' dbname=gongji user=gongji_app" ]]
}

# Under var/ where PostgreSQL's user may go and the socket's path is short enough, else in a private folder of /var/tmp.
place_cluster()
{
    local socket="$PWD/var/pg/socket/.s.PGSQL.5432"
    [[ ! -e var/pg ]] || return 0
    rm -f var/pg # a link to a folder that is no more
    if [[ ${#socket} -gt 107 ]] || { [[ $EUID -eq 0 ]] && ! runuser -u postgres -- test -x "$PWD/var"; }; then
        ln -s "$(mktemp -d /var/tmp/gongji-pg.XXXXXXXX)" var/pg
    fi
}

start_private_database()
{
    local socket
    place_cluster
    private=yes
    deploy/local/cluster.sh start var/pg 9>&-
    socket=$(realpath var/pg)/socket
    [[ $(psql -XAtq -h "$socket" -U postgres -c "SELECT 1 FROM pg_database WHERE datname = 'gongji'") == 1 ]] ||
        psql -Xq -h "$socket" -U postgres -c "CREATE DATABASE gongji"
    deploy/local/config.sh "$socket"
}

prepare_database()
{
    if own_server; then
        say "database: the one configured"
        deploy/local/config.sh
    else
        start_private_database
        say "database: private PostgreSQL in $(realpath var/pg)"
    fi
}

quietly() # COMMAND…: its output only when it fails
{
    local output
    output=$("$@" 2>&1) || { echo "$output" >&2; exit 1; }
}

load()
{
    quietly "$GONGJI_BIN" migrate
    quietly "$GONGJI_BIN" policy apply config/policies/*.json config/premium-standards/*.json config/products/*.json
    say "loaded:   schema, $(ls config/policies/*.json | wc -l) policies, $(ls config/premium-standards/*.json | wc -l) premium standards"
    local kind
    for kind in persons contributions enrollments; do
        "$GONGJI_BIN" import "$kind" "config/demo/$kind.csv" >/dev/null 2>>"$LOG" ||
            say "(some demonstration $kind were not taken: $LOG)" # a database of one's own may have other plans for them
    done
}

# --- server ------------------------------------------------------------------------------------------------------------

address()
{
    local listen=${GONGJI_SERVER_LISTEN:-$(ini_value server listen)}
    echo "${listen:-127.0.0.1:8080}"
}

check_port()
{
    if [[ $LISTEN != unix:* ]] && (exec 3<>"/dev/tcp/${LISTEN%:*}/${LISTEN##*:}") 2>/dev/null; then
        fail "$LISTEN is in use by another program; GONGJI_SERVER_LISTEN=127.0.0.1:PORT chooses another"
    fi
}

start_server()
{
    local tries
    # A session of its own: Ctrl-C reaches us, and we stop it in order. Should we be killed, it is told to end.
    setsid setpriv --pdeathsig TERM "$GONGJI_BIN" serve >>"$LOG" 2>&1 9>&- &
    server=$!
    echo "$server" >"$PID_FILE"
    for ((tries = 0; tries < 100; tries++)); do
        kill -0 "$server" 2>/dev/null || fail "$(grep -v '^{' "$LOG" | tail -n 1)"
        ! fetch /readyz --fail --output /dev/null || return 0
        sleep 0.1
    done
    fail "the server did not become ready: $LOG"
}

serve()
{
    local url=http://$LISTEN
    trap 'say; say "Stopping."; exit 0' INT
    say
    say "Serving ${url/#http:\/\/unix:/unix:} until Ctrl-C, explained at /docs. The log, also in $LOG:"
    tail -n 0 -f "$LOG" --pid="$server" 9>&- &
    follower=$!
    { wait "$server"; } 2>/dev/null || true
    fail "the server ended by itself: $LOG"
}

umask 022
mkdir -p var && [[ -w var ]] || fail "var/ cannot be written by $(id -un)"
exec 9>var/run.lock
flock -n 9 || fail "another make run of this checkout is running"
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
check_space
stop_left_over_server
LISTEN=$(address)
check_port
: >"$LOG"
prepare_database
load
start_server
deploy/local/demo.sh || say "The demonstration stopped there; without var/ the next make run begins with a fresh database."
serve
