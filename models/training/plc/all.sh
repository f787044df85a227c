#!/usr/bin/env bash
# all.sh DATA WORK [small|large] [OPTIONS of train.py]: packs, trains on from the committed checkpoint if there is one, exports. Resumable.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
data=$(realpath "$1")
mkdir -p "$2"
work=$(realpath "$2")
network=${3:-small}
shift $(($# < 3 ? $# : 3))
python=${PYTHON:-python3}
run=$work/runs/$network

"$python" "$here/pack.py" --data "$data" --out "$work/pack" --rtc "$here/../../../rtc" --rounds "${ROUNDS:-3}"
start=()
[ -f "$here/checkpoints/$network.pt" ] && start=(--init "$here/checkpoints/$network.pt")
"$python" "$here/train.py" --network "$network" --pack "$work/pack" --run "$run" "${start[@]}" "$@"
"$python" "$here/export.py" --checkpoint "$run/final.pt" --id "plc-$network-1" --out "$work/plc-$network/model.onnx" --vectors
