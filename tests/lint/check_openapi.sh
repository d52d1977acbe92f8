#!/bin/bash
# Redocly and Spectral, as package-lock.json pins them, on config/openapi.yaml; their rules are in openapi/ here.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."
HERE=tests/lint NODE=build/node
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true NO_COLOR=1 SCARF_ANALYTICS=false

if [[ ! -e config/openapi.yaml ]]; then
    echo "config/openapi.yaml does not exist"
    exit 1
fi
if ! cmp -s "$HERE/package-lock.json" "$NODE/installed.json"; then
    mkdir -p "$NODE"
    cp "$HERE/package.json" "$HERE/package-lock.json" "$NODE/"
    (cd "$NODE" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) || { echo "npm could not install the linters"; exit 1; }
    cp "$HERE/package-lock.json" "$NODE/installed.json"
fi
status=0
"$NODE/node_modules/.bin/redocly" lint --config "$HERE/openapi/redocly.yaml" --format=stylish config/openapi.yaml 2>&1 || status=1
"$NODE/node_modules/.bin/spectral" lint --ruleset "$HERE/openapi/spectral.yaml" --fail-severity=warn config/openapi.yaml || status=1
exit "$status"
