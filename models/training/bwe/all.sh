#!/usr/bin/env bash
# all.sh DATA WORK [OPTIONS of the first train.py]: packs, trains on levels, then through the synthesis, exports. Resumable.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
data=$(realpath "$1")
mkdir -p "$2"
work=$(realpath "$2")
shift 2
python=${PYTHON:-python3}
start=()
[ -f "$here/checkpoints/small.pt" ] && start=(--init "$here/checkpoints/small.pt")

"$python" "$here/pack.py" --data "$data" --out "$work/pack" --rtc "$here/../../../rtc" --rounds "${ROUNDS:-3}" --thin "${THIN:-1}" ${GPL:+--gpl} \
    ${ALSO:+--also $ALSO} ${VALID_ALSO:+--valid-also $VALID_ALSO}
"$python" "$here/train.py" --pack "$work/pack" --run "$work/runs/levels" --minutes "${MINUTES:-60}" "${start[@]}" "$@"
"$python" "$here/train.py" --pack "$work/pack" --run "$work/runs/small" --minutes "${SIGNAL_MINUTES:-20}" --signals --rate 3e-4 \
    --init "$work/runs/levels/final.pt"
"$python" "$here/export.py" --checkpoint "$work/runs/small/final.pt" --id bwe-1 --out "$work/bwe/model.onnx" --vectors
