#!/bin/bash
# clang-format decides the layout of C (.clang-format); `make fmt` brings it about.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."
faults=$(find src include tests/unit -name '*.[ch]' -print0 | xargs -0 clang-format-14 --dry-run 2>&1 | sed -n 's/^\([^:]*\):.*code should be clang-formatted.*/\1/p' | sort | uniq -c)
[[ -z $faults ]] || { echo "$faults" | awk '{ print $2 ": " $1 " places are laid out otherwise: make fmt" }'; exit 1; }
