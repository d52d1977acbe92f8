#!/bin/bash
# Runs parts of the tests and counts: tests/run.sh unit|sql|api|sanitized|lint|golden… The last line is "N passed, N failed".
# The database is a cluster of this run, in a temporary folder without TCP; reports go to build/test/.
set -uo pipefail
cd "$(dirname "$(realpath "$0")")/.."

export GONGJI_BIN GONGJI_TEST_PGHOST='' GONGJI_TEST_PGUSER=postgres PYTHONDONTWRITEBYTECODE=1
GONGJI_BIN=$(realpath "${GONGJI_BIN:-build/gongji}")
export GONGJI_CONFIG=/dev/null # not the development one in var/
unset GONGJI_DATABASE_URL GONGJI_DATABASE_OWNER_URL GONGJI_CLOCK_NOW GONGJI_SERVER_LISTEN
REPORTS=build/test
UNITS=$(dirname "$GONGJI_BIN")/tests/unit
PYTHON=/usr/bin/python3
passed=0 failed=0 cluster='' job=''

say() { echo "$*"; }

count() # PART PASSED FAILED
{
    passed=$((passed + $2)) failed=$((failed + $3))
    printf '%-10s %s passed, %s failed (%s s)\n' "$1" "$2" "$3" "$((SECONDS - started))"
}

# Runs in a process group of its own, ended after so many seconds, and takes along whatever it left running.
bounded() # SECONDS COMMAND…
{
    local status=0
    setsid timeout --foreground --signal=INT --kill-after=20 "$@" &
    job=$!
    wait "$job" || status=$?
    kill -KILL -- "-$job" 2>/dev/null
    job=''
    return "$status"
}

finish()
{
    local status=$? tries
    trap '' INT TERM HUP
    if [[ -n $job ]]; then
        kill -INT -- "-$job" 2>/dev/null
        for ((tries = 0; tries < 100; tries++)); do
            kill -0 -- "-$job" 2>/dev/null || break
            sleep 0.1
        done
        kill -KILL -- "-$job" 2>/dev/null
    fi
    if [[ -n $cluster ]]; then
        deploy/local/cluster.sh stop "$cluster"
        rm -rf "$cluster"
    fi
    exit "$status"
}

# --- the database of this run ------------------------------------------------------------------------------------------

SERVER_OPTIONS="-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300 -c log_statement=none"

start_cluster()
{
    [[ -z $cluster ]] || return 0
    cluster=$(mktemp -d /var/tmp/gongji-test.XXXXXXXX)
    deploy/local/cluster.sh start "$cluster" $SERVER_OPTIONS || return 1
    GONGJI_TEST_PGHOST=$cluster/socket
    export GONGJI_TEST_DATABASE=gongji_test # migrated, for whoever wants one; with pgTAP and the fixtures once sql ran
    psql_do -d postgres -c "CREATE DATABASE $GONGJI_TEST_DATABASE" &&
        GONGJI_DATABASE_URL="host=$GONGJI_TEST_PGHOST user=postgres dbname=$GONGJI_TEST_DATABASE" "$GONGJI_BIN" migrate >/dev/null
}

psql_do() { psql -Xq -v ON_ERROR_STOP=1 -h "$GONGJI_TEST_PGHOST" -U postgres "$@"; }

# --- parts -------------------------------------------------------------------------------------------------------------

run_unit()
{
    local program log ok=0 bad=0 good_here bad_here
    for program in "$UNITS"/test_* "$UNITS"/*/test_*; do
        [[ -x $program && ! -d $program ]] || continue
        log=$REPORTS/unit-$(basename "$program").log
        good_here=0 bad_here=0
        bounded 120 "$program" >"$log" 2>&1 || bad_here=1 # a crash counts, too
        good_here=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$log" | tail -n 1)
        [[ $bad_here -eq 0 ]] || bad_here=$(sed -n 's/^\[  FAILED  \] .*\b\([0-9][0-9]*\) test(s).*/\1/p' "$log" | tail -n 1)
        ok=$((ok + ${good_here:-0}))
        bad=$((bad + ${bad_here:-1}))
        [[ ${bad_here:-1} -eq 0 ]] || { say "--- $program"; grep -vE '^\[ (RUN|      OK) ' "$log" | tail -n 30; }
    done
    count unit "$ok" "$bad"
}

run_sql()
{
    local log=$REPORTS/sql.log ok bad status=0
    psql_do -d "$GONGJI_TEST_DATABASE" -c 'CREATE EXTENSION pgtap' -f tests/sql/helpers/fixture.sql || status=1
    bounded 900 pg_prove -v --nocolor -h "$GONGJI_TEST_PGHOST" -U postgres -d "$GONGJI_TEST_DATABASE" tests/sql/*.sql >"$log" 2>&1 || status=1
    ok=$(grep -c '^ok ' "$log")
    bad=$(grep -cE '^not ok |^  Parse errors:' "$log")
    [[ $status -eq 0 || $bad -gt 0 ]] || bad=1 # a file that broke off
    [[ $bad -eq 0 ]] || sed -n '/^not ok /,/^ok /{/^ok /!p}; /^Test Summary Report/,$p; /ERROR:/p' "$log" | head -n 200
    count sql "$ok" "$bad"
}

run_api() # [PART [FILE]]
{
    local part=${1:-api} status=0
    local report=$REPORTS/$part.xml
    rm -f "$report"
    HYPOTHESIS_STORAGE_DIRECTORY=$REPORTS/hypothesis bounded 1800 "$PYTHON" -m pytest -q -p no:cacheprovider --durations=10 \
        --junitxml="$report" "${2:-tests/api}" || status=$?
    count "$part" $("$PYTHON" tests/count_junit.py "$report" "$status")
}

run_soak() { run_api soak tests/api/test_state_machine.py; }

# The same against the program built with address and undefined-behaviour sanitizers; a report of theirs is a failure of its own.
# The rules were driven through 100 lives before: here twenty are enough to walk the code.
run_sanitized()
{
    local plain=$GONGJI_BIN found
    rm -f "$REPORTS"/sanitizer.*
    export ASAN_OPTIONS=log_path=$PWD/$REPORTS/sanitizer UBSAN_OPTIONS=print_stacktrace=1:log_path=$PWD/$REPORTS/sanitizer
    GONGJI_BIN=$PWD/build/address-undefined/gongji GONGJI_MACHINE_EXAMPLES=20 GONGJI_EXAMPLES=30 run_api sanitized
    GONGJI_BIN=$plain
    unset ASAN_OPTIONS UBSAN_OPTIONS
    found=$(find "$REPORTS" -name 'sanitizer.*' -size +0 | sort)
    [[ -z $found ]] || { head -n 30 $found; count sanitizer-reports 0 "$(wc -w <<<"$found")"; }
}

# Every tests/lint/check_* is one check: what it prints are faults, one a line.
run_lint()
{
    local check ok=0 bad=0
    for check in tests/lint/check_*; do
        if bounded 300 "$check" >"$REPORTS/lint.log" 2>&1; then
            ok=$((ok + 1))
        else
            bad=$((bad + 1))
            say "--- $check"
            head -n 60 "$REPORTS/lint.log"
        fi
    done
    count lint "$ok" "$bad"
}

run_golden() { tests/lint/check_golden.py --renew; }

mkdir -p "$REPORTS"
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
for part in "$@"; do
    started=$SECONDS
    if [[ $part != unit ]] && ! start_cluster; then
        say "the database of the tests could not be prepared"
        count "$part" 0 1
        continue
    fi
    "run_$part"
done
[[ $* == golden ]] || say "$passed passed, $failed failed" | tee "$REPORTS/total"
[[ $failed -eq 0 && ($passed -gt 0 || $* == golden) ]]
