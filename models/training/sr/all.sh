#!/usr/bin/env bash
# Trains both networks, clean and codec sets, from nothing to model.onnx. Stop it at any time; the same command goes on.
#   all.sh DATA WORK [18F_REPO [REPOS]]     DATA holds manifest.tsv, WORK takes packs and runs, 18F_REPO a git copy of 18F/18f.gsa.gov,
#   REPOS git copies of the repositories of more-photographs.tsv as OWNER/NAME
# STEPS scales the length of every stage (default 1 = the committed weights' lengths).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
data=$1 work=$2 repo=${3:-} repos=${4:-}
times() { awk "BEGIN { print int($1 * ${STEPS:-1}) }"; }
python=${PYTHON:-/usr/bin/python3}
mkdir -p "$work/runs"

extra=()
if [ -n "$repo" ]; then
  [ -f "$work/extra/SOURCES.tsv" ] || "$python" "$here/gather.py" --repo "$repo" --out "$work/extra"
  extra=(--extra "$work/extra")
fi
[ -f "$work/pack/sources.tsv" ] || "$python" "$here/pack.py" --data "$data" "${extra[@]}" --out "$work/pack"
if [ -n "$repos" ]; then
  [ -f "$work/more/SOURCES.tsv" ] || "$python" "$here/gather.py" --repos "$repos" --list more-photographs.tsv --out "$work/more"
  [ -f "$work/wide/sources.tsv" ] || "$python" "$here/pack.py" --extra "$work/more" --small --keep 0.45 --out "$work/wide"
fi
[ -f "$work/codec/sources.tsv" ] || "$python" "$here/codec.py" --data "$data" "${extra[@]}" --clips 240 --seed 2 --out "$work/codec"
[ -f "$work/pairs/sources.tsv" ] || "$python" "$here/codec.py" --data "$data" \
  --clips 48 --seed 6 --bits 0.03 0.3 --keep 1 --pairs --out "$work/pairs"
[ -f "$work/codec-x1/sources.tsv" ] || "$python" "$here/codec.py" --data "$data" "${extra[@]}" \
  --scale 1 --clips 180 --seed 3 --bits 0.01 0.2 --keep 0.7 --out "$work/codec-x1"

stage() { # name, network, steps, cooldown, further options
  local name=$1 network=$2 steps=$3 cooldown=$4
  shift 4
  [ -f "$work/runs/$name/final.pt" ] && return
  "$python" "$here/train.py" --network "$network" --run "$work/runs/$name" \
    --steps "$(times "$steps")" --cooldown "$(times "$cooldown")" "$@"
  [ -f "$work/runs/$name/final.pt" ] || exit 0
}

bits=(--quantised --learned-ranges --rate 2e-4 --warmup 100)
clean() { # network, steps, cooldown, rate, 8-bit stage's options
  stage "$1" "$1" "$2" "$3" --rate "$4" --pack "$work/pack"
  stage "$1-8bit" "$1" 1500 1400 --pack "$work/pack" --init "$work/runs/$1/final.pt" "${bits[@]}" "${@:5}"
}

# From the clean weights; then soft pictures count as much as busy ones; then 8 bits. The committed weights' first stage saw an earlier
# draw of codec.py: --clips 210 --seed 1 --bits 0.02 0.3 --keep 0.5, noise in a third of the clips instead of a fifth.
# fast's 8-bit stage also sees pairs of consecutive pictures, as its flicker is near what is allowed. Its committed weights had three of them: 1,500
# steps with the flicker itself in the loss, at --psnr 0.0005, 1,000 as below, both in an older form of 7-bit activations, and 1,500 as below.
coded() { # network, first rate, second stage's steps, cooldown, rate, 8-bit stage's options
  local codec=(--pack "$work/pack" --codec-pack "$work/codec")
  stage "$1-codec" "$1" 20000 10000 --init "$work/runs/$1/final.pt" --rate "$2" "${codec[@]}"
  stage "$1-coded" "$1" "$3" "$4" --init "$work/runs/$1-codec/final.pt" --rate "$5" --psnr 0.0005 "${codec[@]}"
  stage "$1-coded-8bit" "$1" 1500 1400 --init "$work/runs/$1-coded/final.pt" "${bits[@]}" --psnr 0.0005 "${codec[@]}" "${@:6}"
}

restored() { # network: pictures that keep their size, from the coded weights of twice the size
  local codec=(--scale 1 --codec-pack "$work/codec-x1" --psnr 0.0005)
  stage "$1-x1" "$1" 10000 8000 --init "$work/runs/$1-coded/final.pt" --rate 1e-3 "${codec[@]}"
  stage "$1-x1-8bit" "$1" 1500 1400 --init "$work/runs/$1-x1/final.pt" "${bits[@]}" "${codec[@]}"
}

release() { # run, id, version, further options
  "$python" "$here/export.py" --checkpoint "$work/runs/$1/final.pt" --id "$2-$3" --out "$work/models/$2/model.onnx" --vectors "${@:4}"
}

clean quality 88000 33000 1e-3 --both --crop 48 --border 6 --batch 8 --average 0.998
clean fast 25000 9000 2e-3
# Both with more photographs, from before their rates fell. README.md says how the committed weights of quality differ.
clearest=quality-8bit quickest=fast-8bit
if [ -n "$repos" ]; then
  more=(--pack "$work/pack" --dense-pack "$work/wide" --dense-share 0.7 --crop 48 --border 1 --batch 8 --warmup 100 --mse 20)
  stage quality-more quality 60000 39311 "${more[@]}" --init "$work/runs/quality/trunk.pt"
  stage fast-more fast 22000 21900 "${more[@]}" --init "$work/runs/fast/trunk.pt" --rate 1.5e-3
  stage fast-control fast 22000 21900 "${more[@]}" --dense-share 0 --init "$work/runs/fast/trunk.pt" --rate 1.5e-3
  for name in quality fast; do
    stage "$name-more-8bit" "$name" 2500 2400 "${bits[@]}" "${more[@]}" --init "$work/runs/$name-more/final.pt" --both --average 0.998
  done
  clearest=quality-more-8bit quickest=fast-more-8bit
fi
coded quality 1e-3 10000 8000 5e-4
coded fast 2e-3 8000 6000 1e-3 --pairs-pack "$work/pairs" \
  --steps "$(times 4000)" --cooldown "$(times 3900)" --rate 3e-4 --psnr 0.001
restored fast
# A tail for three times the size on the body of quality, which stays until the 8-bit stage.
[ -f "$work/pack-x3/train.cells.npy" ] || "$python" "$here/pack.py" --from "$work/pack" --scale 3 --out "$work/pack-x3"
stage quality-x3 quality 700 500 --scale 3 --pack "$work/pack-x3" --init "$work/runs/quality/final.pt" --tail --rate 3e-3 --warmup 50 --average 0.99
stage quality-x3-8bit quality 1500 1400 --scale 3 --pack "$work/pack-x3" --init "$work/runs/quality-x3/final.pt" "${bits[@]}" --average 0.998
# What a larger teacher would change; released it is not.
[ -f "$work/dense/train.cells.npy" ] || "$python" "$here/pack.py" --from "$work/pack" --dense 200 --keep 0.7 --out "$work/dense"
wide=(--pack "$work/pack" --init "$work/runs/quality/final.pt" --crop 48 --border 6 --batch 8 --average 0.998)
stage teacher-photographs teacher 6000 4500 "${wide[@]}" --warmup 200
stage teacher teacher 900 900 "${wide[@]}" --init "$work/runs/teacher-photographs/final.pt" --dense-pack "$work/dense" --rate 3e-4 --warmup 1
for pack in pack dense; do
  [ -f "$work/$pack/train.taught.u16" ] || "$python" "$here/teach.py" --teacher "$work/runs/teacher/final.pt" --pack "$work/$pack"
done
stage quality-taught quality 3000 2900 "${wide[@]}" --rate 4e-4 --warmup 100 --taught 0.5
stage quality-untaught quality 3000 2900 "${wide[@]}" --rate 4e-4 --warmup 100
stage quality-dense quality 4500 4300 "${wide[@]}" --rate 8e-4 --dense-pack "$work/dense" --taught 0.5
# What an adversary would change; released it is not.
"$python" "$here/ablation.py" --data "$data" --pack "$work/pack" --codec-pack "$work/codec" --work "$work/runs" \
  --checkpoint "$work/runs/quality-coded/final.pt" ${VMAF:+--vmaf "$VMAF"} --out "$work/gan.tsv"

origins=(--training-data "CC0-1.0, public-domain, CC-BY and CC-BY-SA photographs listed in MODEL_CARD.md")
release "$clearest" sr-x2-quality 4 "${origins[@]}"
release "$quickest" sr-x2-fast 3 "${origins[@]}"
release quality-coded-8bit sr-x2-quality-coded 2
release fast-coded-8bit sr-x2-fast-coded 3
release fast-x1-8bit sr-x1 2
release quality-x3-8bit sr-x3-quality 1
