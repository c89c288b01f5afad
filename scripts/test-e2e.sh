#!/usr/bin/env bash
# The operator on a real Kubernetes: that of KUBECONFIG, into which the images of tests/e2e/kubernetes/images.sh have been brought and whose pod and service addresses can be reached from here; or one that is
# started on this machine from Debian's packages (tests/e2e/kubernetes), built once, and ended afterwards. Needs root.
#   scripts/test-e2e.sh                  everything, and in the end how long each class took
#   scripts/test-e2e.sh ARGUMENT...      one run of the test program with these arguments, e.g. -class '*.BackupTests'
#   MFSHA_E2E_LANES                      tests at once (as many as there are processors, 2 to 4): each has three nodes and more, and on fewer processors their elections time out
set -euo pipefail
cd "$(dirname "$0")/.."
kubernetes=tests/e2e/kubernetes
program=tests/e2e/MfsHa.EndToEnd.Tests/bin/Release/net10.0/MfsHa.EndToEnd.Tests
results=artifacts/tests/kubernetes
begun=$SECONDS
lanes=${MFSHA_E2E_LANES:-$(n=$(nproc); echo $((n < 2 ? 2 : n > 4 ? 4 : n)))}

step() { echo "$((SECONDS - begun)) s: $*"; }

if [ -z "${KUBECONFIG:-}" ]; then
  "$kubernetes/prerequisites.sh"
  "$kubernetes/build-from-debian-source.sh"
  step "Kubernetes is built"
  "$kubernetes/helm.sh"
  "$kubernetes/images.sh"
  step "images are made"
  trap '"$kubernetes/cluster-down.sh"' EXIT
  KUBECONFIG=$(NODE=1 "$kubernetes/cluster-up.sh")
  export KUBECONFIG
  PATH=${KUBE_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/mfsha/kubernetes}/bin:$PATH
fi
scripts/install-prerequisites.sh
dotnet build dataplane/MfsHa.Admin -c Release --nologo -v quiet -p:RunAnalyzers=false
dotnet build tests/e2e/MfsHa.EndToEnd.Tests -c Release --nologo -v quiet -p:RunAnalyzers=false
step "tests are built"
rm -rf "$results"
mkdir -p "$results"

# run NAME LANES ARGUMENT...: the test program; what it found stays in a file of that name.
run() {
  "$program" -noLogo -noColor -diagnostics -explicit only -parallelMode collections -parallelAlgorithm conservative -maxThreads "$2" -result-xml "$results/$1.xml" "${@:3}"
}

if [ $# -gt 0 ]; then
  run chosen 1 "$@"
  exit
fi
all=(-class '*.Kubernetes.*' -class '*.ObjectStores.*')
code=0
run own "$lanes" "${all[@]}" -trait 'operator=own' || code=$?
step "tests that kill their operator are over"
run shared "$lanes" "${all[@]}" -trait- 'operator=*' || code=$?
step "tests with the shared operator are over"
run helm 1 "${all[@]}" -trait 'operator=helm' || code=$?
step "tests of the charts are over"
awk 'BEGIN { RS = "<test " } / result="/ {
  sub(/>.*/, "")
  type = $0; sub(/.*type="/, "", type); sub(/".*/, "", type); sub(/.*\./, "", type)
  time = $0; sub(/.* time="/, "", time); sub(/".*/, "", time)
  result = $0; sub(/.* result="/, "", result); sub(/".*/, "", result)
  seconds[type] += time; if (result != "Pass") { failed[type] = result }
} END { for (type in seconds) { printf "%6.0f s  %-4s  %s\n", seconds[type], type in failed ? failed[type] : "Pass", type } }' "$results"/*.xml | sort -n
exit "$code"
