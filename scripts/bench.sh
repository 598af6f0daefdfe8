#!/usr/bin/env bash
# ./x bench [NAME…] [--json]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
./x build axonite bench_tds_rows
./x packages apt-bench
python=$(python3 scripts/setup.py clients)
export AXONITE_BINARY=$PWD/build/release/axonite PYTHONDONTWRITEBYTECODE=1
exec "$AXONITE_BINARY" exec -- "$python" bench/run.py "$@"
