#!/usr/bin/env bash
# ./x quickstart: everything that is needed, then the main job.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
./x build axonite
python=$(python3 scripts/setup.py clients)
AXONITE_WORKER_PYTHON=$(python3 scripts/setup.py workers)
export AXONITE_WORKER_PYTHON
PYTHONDONTWRITEBYTECODE=1 exec build/release/axonite exec -- "$python" quickstart/run.py "$@"
