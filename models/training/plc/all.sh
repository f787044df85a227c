#!/usr/bin/env bash
# all.sh DATA WORK [small|large] [OPTIONS of train.py]: packs, trains on from the committed checkpoints if there are any, exports. Resumable.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
data=$(realpath "$1")
mkdir -p "$2"
work=$(realpath "$2")
network=${3:-large}
shift $(($# < 3 ? $# : 3))
python=${PYTHON:-python3}
run=$work/runs/$network

# The committed checkpoint of a network, or where the first one will lie.
checkpoint() {
    [ -f "$here/checkpoints/$1.pt" ] && echo "$here/checkpoints/$1.pt" || echo "$work/$1.pt"
}

"$python" "$here/pack.py" --data "$data" --out "$work/pack" --rtc "$here/../../../rtc" --rounds "${ROUNDS:-3}"
envelope=$(checkpoint envelope)
if [ ! -f "$envelope" ]; then
    [ -f "$work/forecast.pt" ] || "$python" "$here/forecast.py" --pack "$work/pack" --out "$work/forecast.pt"
    "$python" "$here/train.py" --network envelope --envelope --pack "$work/pack" --run "$work/runs/envelope" --init "$work/forecast.pt" \
        --batch 8 --spectral 5 --intelligible 15 --excess 4 --warmup 50 --average 0.99 --steps "${ENVELOPE_STEPS:-1000}" --cooldown "${ENVELOPE_COOLDOWN:-500}"
    cp "$work/runs/envelope/final.pt" "$envelope"
fi
start=$(checkpoint "$network")
if [ ! -f "$start" ] && [ "$network" = large ]; then
    "$python" "$here/grow.py" "$(checkpoint small)" "$envelope" "$start"
fi
"$python" "$here/train.py" --network "$network" --pack "$work/pack" --run "$run" --bound "$envelope" $([ -f "$start" ] && echo --init "$start") "$@"
"$python" "$here/export.py" --checkpoint "$run/final.pt" --id "plc-$network" --out "$work/plc-$network/model.onnx" --vectors
