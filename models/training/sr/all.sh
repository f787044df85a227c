#!/usr/bin/env bash
# Trains both networks, clean and codec sets, from nothing to model.onnx. Stop it at any time; the same command goes on.
#   all.sh DATA WORK [18F_REPO]     DATA holds manifest.tsv, WORK takes packs and runs, 18F_REPO a git copy of 18F/18f.gsa.gov
# STEPS scales the length of every stage (default 1 = the committed weights' lengths).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
data=$1 work=$2 repo=${3:-}
times() { awk "BEGIN { print int($1 * ${STEPS:-1}) }"; }
python=${PYTHON:-/usr/bin/python3}
mkdir -p "$work/runs"

extra=()
if [ -n "$repo" ]; then
  [ -f "$work/extra/SOURCES.tsv" ] || "$python" "$here/gather.py" --repo "$repo" --out "$work/extra"
  extra=(--extra "$work/extra")
fi
[ -f "$work/pack/sources.tsv" ] || "$python" "$here/pack.py" --data "$data" "${extra[@]}" --out "$work/pack"
[ -f "$work/codec/sources.tsv" ] || "$python" "$here/codec.py" --data "$data" "${extra[@]}" --out "$work/codec"

stage() { # name, network, steps, cooldown, further options
  local name=$1 network=$2 steps=$3 cooldown=$4
  shift 4
  [ -f "$work/runs/$name/final.pt" ] && return
  "$python" "$here/train.py" --network "$network" --pack "$work/pack" --run "$work/runs/$name" \
    --steps "$(times "$steps")" --cooldown "$(times "$cooldown")" "$@"
  [ -f "$work/runs/$name/final.pt" ] || exit 0
}

for network in quality fast; do
  stage "$network" "$network" 60000 15000
  stage "$network-8bit" "$network" 3000 2800 --init "$work/runs/$network/final.pt" --quantised --rate 2e-4 --warmup 100
  stage "$network-codec" "$network" 20000 10000 --init "$work/runs/$network/final.pt" --rate 5e-4 \
    --codec-pack "$work/codec"
  stage "$network-codec-8bit" "$network" 3000 2800 --init "$work/runs/$network-codec/final.pt" --quantised --rate 2e-4 --warmup 100 \
    --codec-pack "$work/codec"
  for set in "" -codec; do
    "$python" "$here/export.py" --checkpoint "$work/runs/$network$set-8bit/final.pt" --id "sr-x2-$network$set" \
      --out "$work/models/sr-x2-$network$set/model.onnx" --vectors
  done
done
