#!/bin/bash
# Installs from Debian what is missing: deps.sh run|test… (run: build and serve; test: what the tests need beside it).
# Nothing missing: nothing happens. Services that come with a package are neither started nor enabled.
set -euo pipefail

RUN=(gcc libc6-dev make git pkg-config libmicrohttpd-dev libjansson-dev libpq-dev libjwt-dev libssl-dev libinih-dev
     libsystemd-dev libcurl4-openssl-dev postgresql-15 postgresql-client-15 python3 python3-yaml jq curl)
TEST=(postgresql-15-pgtap libtap-parser-sourcehandler-pgtap-perl libcmocka-dev python3-pytest python3-hypothesis
      python3-psycopg2 python3-requests python3-jwt python3-cryptography python3-jsonschema nginx-light clang-format-14 wrk)
POLICY=/usr/sbin/policy-rc.d

say() { echo "deps: $*" >&2; }

missing()
{
    local wanted=() have
    [[ " $* " == *" run "* ]] && wanted+=("${RUN[@]}")
    [[ " $* " == *" test "* ]] && wanted+=("${TEST[@]}")
    have=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2>/dev/null | sed -n 's/^installed //p') || true
    grep -vxF -f <(echo "$have") <(printf '%s\n' "${wanted[@]}") || true
    if [[ " $* " == *" test "* ]]; then # a node from elsewhere is as good as Debian's
        command -v node >/dev/null || echo nodejs
        command -v npm >/dev/null || echo npm
    fi
}

# Debian would make a cluster on port 5432 with the first PostgreSQL, and start every service it installs.
quieten()
{
    local drop_in=/etc/postgresql-common/createcluster.d/gongji.conf
    if ! dpkg-query -W postgresql-common >/dev/null 2>&1 && [[ ! -e $drop_in ]]; then
        mkdir -p "${drop_in%/*}"
        echo 'create_main_cluster = false' >"$drop_in"
    fi
    if [[ ! -e $POLICY ]]; then
        printf '#!/bin/sh\nexit 101\n' >"$POLICY"
        chmod 755 "$POLICY"
        trap 'rm -f "$POLICY"' EXIT
        trap 'exit 130' INT TERM
    fi
}

install_as_root()
{
    local log
    log=$(mktemp)
    quieten
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq -o DPkg::Lock::Timeout=120 update >"$log" 2>&1 || say "apt-get update failed, trying with the lists there are"
    if ! apt-get -qq -y --no-install-recommends -o DPkg::Lock::Timeout=120 install "$@" >"$log" 2>&1; then
        grep '^E:' "$log" >&2 || tail -n 5 "$log" >&2
        say "apt-get could not install them (all it said: $log)"
        return 1
    fi
    rm -f "$log"
    if [[ " $* " == *" nginx-light "* && -d /run/systemd/system ]]; then
        systemctl --quiet disable nginx.service || true # only the tests start it, on a port of their own
    fi
}

if [[ ${1:-} == --install ]]; then
    install_as_root "${@:2}"
    exit
fi
if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    say "this is no Debian: nothing was installed; the packages needed are listed in deploy/local/deps.sh"
    exit 0
fi

mapfile -t packages < <(missing "$@")
[[ ${#packages[@]} -gt 0 ]] || exit 0
if [[ $EUID -eq 0 ]]; then
    as_root=()
elif command -v sudo >/dev/null; then
    as_root=(sudo)
else
    say "these packages are missing and there is no sudo; as root: apt-get install --no-install-recommends ${packages[*]}"
    exit 1
fi
say "installing ${#packages[@]} packages: ${packages[*]}"
"${as_root[@]}" bash "$0" --install "${packages[@]}" || true
mapfile -t packages < <(missing "$@")
if [[ ${#packages[@]} -gt 0 ]]; then
    say "still missing: ${packages[*]}"
    exit 1
fi
