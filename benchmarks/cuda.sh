#!/usr/bin/env bash
# On a machine with an NVIDIA card: installs TensorFlow for it, builds the addon, runs the conformance suite and the
# training step on the card, and times the training step. The figures are left in the file that the last line names.
#
# usage: benchmarks/cuda.sh [--cpu]      --cpu does the same without a card, to try the script
set -euo pipefail
cd "$(dirname "$0")/.."

kind=cuda package='tensorflow[and-cuda]==2.21.0'
if [ "${1-}" = --cpu ]; then
  kind=cpu package='tensorflow-cpu==2.21.0'
elif ! nvidia-smi --query-gpu=name,memory.total,driver_version --format=csv,noheader; then
  echo 'cuda.sh: nvidia-smi names no card; install its driver, or try the script with --cpu.' >&2
  exit 1
fi

environment=${XDG_CACHE_HOME:-$HOME/.cache}/sofd/bench/tensorflow-$kind
figures=$environment/figures.json

node tools/setup.mjs
[ -x "$environment/bin/python" ] || python3 -m venv "$environment"
"$environment/bin/python" -m pip install --quiet "$package"
node packages/cli/bin/sofd.js setup tensorflow --python "$environment/bin/python"
node packages/cli/bin/sofd.js doctor

node tools/pnpm.mjs exec vitest run --project node packages/backend-node/src/tensorflow tests/identical-code
node tools/pnpm.mjs bench --only 'training step' --no-peers --json "$figures"
echo "cuda.sh: the figures are in $figures"
