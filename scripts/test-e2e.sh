#!/usr/bin/env bash
# The operator on a real Kubernetes: that of KUBECONFIG, into which the images mfsha/node:0.1.0 and mfsha/operator:0.1.0 have been brought and whose pod and service addresses can be
# reached from here; or one that is started on this machine from Debian's packages (tests/e2e/kubernetes), built once, and ended afterwards. Needs root.
set -euo pipefail
cd "$(dirname "$0")/.."
kubernetes=tests/e2e/kubernetes
if [ -z "${KUBECONFIG:-}" ]; then
  "$kubernetes/prerequisites.sh"
  "$kubernetes/build-from-debian-source.sh"
  "$kubernetes/images.sh"
  "$kubernetes/helm.sh"
  trap '"$kubernetes/cluster-down.sh"' EXIT
  KUBECONFIG=$(NODE=1 "$kubernetes/cluster-up.sh")
  export KUBECONFIG
  PATH=${KUBE_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/mfsha/kubernetes}/bin:$PATH
fi
scripts/install-prerequisites.sh
dotnet build dataplane/MfsHa.Admin -c Release --nologo -v quiet -p:RunAnalyzers=false
dotnet build tests/e2e/MfsHa.EndToEnd.Tests -c Release --nologo -v quiet -p:RunAnalyzers=false
tests/e2e/MfsHa.EndToEnd.Tests/bin/Release/net10.0/MfsHa.EndToEnd.Tests -noLogo -noColor -explicit only -class '*.Kubernetes.*' -class '*.ObjectStores.*' "$@"
