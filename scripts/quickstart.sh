#!/usr/bin/env bash
# ./x quickstart: everything that is needed, then the main job.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
./x build axonite
python=$(python3 scripts/setup.py clients)
PYTHONDONTWRITEBYTECODE=1 exec build/release/axonite exec -- "$python" quickstart/run.py "$@"
