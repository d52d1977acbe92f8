#!/bin/bash
# A PostgreSQL cluster of our own in a folder: cluster.sh make|start|stop FOLDER [postgres option…]
# FOLDER/data, FOLDER/socket (the only way in, open to its owner alone, no TCP) and FOLDER/log. Root's runs as user postgres.
set -euo pipefail

BIN=/usr/lib/postgresql/15/bin
SETTINGS=$(dirname "$(realpath "$0")")/../postgres/postgresql.conf
SOCKET_PATH_MAX=107 # sun_path of unix(7), its NUL counted out

fail() { echo "database: $*" >&2; exit 1; }

[[ $# -ge 2 ]] || fail "use: cluster.sh make|start|stop FOLDER [postgres option…]"
verb=$1 folder=$2
shift 2
as_owner=()
[[ $EUID -ne 0 ]] || as_owner=(runuser -u postgres --)

# Run from the folder, since the owner may not enter the place we were called from.
owner() { (cd "$folder" && "${as_owner[@]}" "$@"); }

ready() { owner "$BIN/pg_isready" -q -h "$folder/socket" -t 1; }

make_cluster()
{
    local log=$folder/initdb.log
    mkdir -p "$folder"
    folder=$(realpath "$folder")
    [[ -x $BIN/initdb ]] || fail "PostgreSQL 15 is not installed: make deps"
    local path="$folder/socket/.s.PGSQL.5432"
    [[ ${#path} -le $SOCKET_PATH_MAX ]] || fail "$folder is too long a path for a socket"
    [[ $EUID -ne 0 ]] || chown postgres: "$folder"
    chmod 700 "$folder"
    [[ ! -s $folder/data/PG_VERSION || ! -e $folder/data/gongji-made ]] || return 0
    rm -rf "$folder/data" # one that was interrupted half-way
    owner "$BIN/initdb" -D "$folder/data" -U postgres -E UTF8 --locale=C.UTF-8 --lc-collate=C -A trust --data-checksums --no-instructions \
        >"$log" 2>&1 || fail "initdb: $(grep -m1 -i error "$log" || tail -n 1 "$log")"
    owner bash -c 'echo "local all all trust" >data/pg_hba.conf
                   echo "include_if_exists '\''gongji.conf'\''" >>data/postgresql.conf
                   mkdir -p -m 700 socket && touch data/gongji-made && rm -f initdb.log'
}

# The settings of production, without what only production has: certificates, archive, its memory.
write_settings()
{
    local own
    own=$(cat "$SETTINGS" - <<CONF

# Here
listen_addresses = ''
unix_socket_directories = '$folder/socket'
port = 5432
ssl = off
archive_mode = off
shared_buffers = 128MB
effective_cache_size = 1GB
min_wal_size = 80MB
max_wal_size = 1GB
log_checkpoints = off
CONF
    )
    echo "$own" | owner bash -c 'cat >data/gongji.conf'
}

# After kill -9 the number in postmaster.pid may belong to a stranger by now; PostgreSQL works in its data folder.
drop_stale_pid()
{
    local pid=
    read -r pid 2>/dev/null <"$folder/data/postmaster.pid" || true
    if [[ -n $pid && -d /proc/$pid && $(readlink "/proc/$pid/cwd") != "$folder/data" ]]; then
        rm -f "$folder/data/postmaster.pid" "$folder"/socket/.s.PGSQL.5432*
    fi
}

start_cluster()
{
    make_cluster
    ready && return
    write_settings
    local try
    for try in {1..20}; do # children of a killed server take a moment to notice and let go of its memory
        drop_stale_pid
        if owner "$BIN/pg_ctl" -s -w -t 60 -D "$folder/data" -l "$folder/log" -o "$*" start >/dev/null 2>&1; then
            return
        fi
        tail -n 5 "$folder/log" 2>/dev/null | grep -qE 'shared memory block|already exists' || break
        sleep 0.5
    done
    fail "PostgreSQL did not start: $(grep -E 'FATAL|PANIC|HINT' "$folder/log" 2>/dev/null | tail -n 1) (log: $folder/log)"
}

stop_cluster()
{
    [[ -s $folder/data/postmaster.pid ]] || return 0
    drop_stale_pid
    [[ ! -s $folder/data/postmaster.pid ]] || owner "$BIN/pg_ctl" -s -w -t 60 -D "$folder/data" -m fast stop
}

[[ ! -d $folder ]] || folder=$(realpath "$folder")
case $verb in
make) make_cluster ;;
start) start_cluster "$@" ;;
stop) stop_cluster ;;
*) fail "no such command: $verb" ;;
esac
