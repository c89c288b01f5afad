#!/bin/bash
# Builds Kubernetes 1.20.2 (API server, controller manager, scheduler, kubelet,
# kube-proxy, kubectl) from Debian 12's own source package "kubernetes".
#
# Debian itself ships only the client from that package, but the source is the
# complete upstream tree with its vendored dependencies, so nothing else has to
# be fetched. Needs:  golang-1.19-go golang-github-modern-go-reflect2-dev patch xz-utils
#
#   KUBE_HOME   work directory (default ${XDG_CACHE_HOME:-~/.cache}/mfsha/kubernetes)
#   KUBE_BIN    where the binaries go (default $KUBE_HOME/bin)
#   KEEP_CACHE  1 keeps the source tree and the Go build cache (3 GB) afterwards
#
# Run it again at will: what is there and has the right version is not built again.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/common.sh"

PACKAGE_VERSION='1.20.5+really1.20.2-1.1+deb12u1'
VERSION=1.20.2
BINARIES='kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubectl'
GO=${GO:-/usr/lib/go-1.19/bin/go}

have() { # is this binary there, with the right version?
  [ -x "$KUBE_BIN/$1" ] || return 1
  case $1 in
    kubectl) "$KUBE_BIN/$1" version --client --short 2>/dev/null ;;
    *)       "$KUBE_BIN/$1" --version 2>/dev/null ;;
  esac | grep "v$VERSION\$" >/dev/null
}
missing=
for b in $BINARIES; do have "$b" || missing="$missing $b"; done
if [ -z "$missing" ]; then say "all of Kubernetes v$VERSION is in $KUBE_BIN"; exit 0; fi

[ -x "$GO" ] || die "Go 1.19 is missing: apt-get install golang-1.19-go"
need patch patch; need xz xz-utils
reflect2=/usr/share/gocode/src/github.com/modern-go/reflect2
[ -e $reflect2/go_above_118.go ] || die "reflect2 1.0.2 is missing: apt-get install golang-github-modern-go-reflect2-dev"
mkdir -p "$KUBE_HOME" "$KUBE_BIN"
exec 9>"$KUBE_HOME/build.lock"; flock 9           # one build at a time

# 1. The source package. apt gets its own lists and cache here, so that the
#    machine's configuration stays as it is; the deb-src lines are the machine's
#    own Debian sources.
src=$KUBE_HOME/source
orig=kubernetes_${PACKAGE_VERSION%-*}.orig.tar.gz
debian=kubernetes_$PACKAGE_VERSION.debian.tar.xz
if [ ! -e "$src/unpacked" ]; then
  mkdir -p "$src/apt/lists/partial" "$src/apt/cache/archives/partial"
  key=/usr/share/keyrings/debian-archive-keyring.gpg
  option=; [ -e $key ] && option="[signed-by=$key] "
  debian_sources | sed "s|^|deb-src $option|; s|\$| main|" >"$src/apt/sources.list"
  [ -s "$src/apt/sources.list" ] || die "no Debian bookworm repository in this machine's apt sources"
  apt=(apt-get -q -o Dir::Etc::SourceList="$src/apt/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o Dir::State::Lists="$src/apt/lists" -o Dir::Cache="$src/apt/cache" -o APT::Sandbox::User=root)
  say "fetching the source package kubernetes $PACKAGE_VERSION"
  "${apt[@]}" update >"$src/apt.log" 2>&1 || { cat "$src/apt.log" >&2; die "apt-get update"; }
  (cd "$src" && "${apt[@]}" source --download-only "kubernetes=$PACKAGE_VERSION" >>apt.log 2>&1) || { tail -20 "$src/apt.log" >&2; die "apt-get source"; }
  rm -rf "$src/tree"; mkdir "$src/tree"
  tar xzf "$src/$orig" -C "$src/tree" --strip-components=1
  tar xJf "$src/$debian" -C "$src/tree"
  ( cd "$src/tree"
    # Debian's patches: the kubectl fixes of the stable update.
    while read -r p; do patch -sp1 <"debian/patches/$p"; done <debian/patches/series
    # The vendored reflect2 1.0.1 does not work with Go 1.18 and later: every JSON
    # object with a map (labels!) crashes the request. Debian packages the fixed 1.0.2.
    rm -f vendor/github.com/modern-go/reflect2/*.{go,s}
    cp "$reflect2"/*.{go,s} vendor/github.com/modern-go/reflect2/ )
  touch "$src/unpacked"
fi

# 2. GOPATH mode with the vendor directory: no module, no network.
mkdir -p "$src/gopath/src/k8s.io"
ln -sfn "$src/tree" "$src/gopath/src/k8s.io/kubernetes"
PATH=$(dirname "$GO"):$PATH                        # openapi-gen asks "go" for GOROOT
export GO111MODULE=off GOFLAGS=-trimpath CGO_ENABLED=0 GOPATH=$src/gopath GOCACHE=$src/gocache
cd "$GOPATH/src/k8s.io/kubernetes"

# 3. The OpenAPI definitions are generated, not part of the source (upstream's
#    makefile does the same with more ceremony).
openapi=pkg/generated/openapi/zz_generated.openapi.go
if [ ! -s $openapi ]; then
  say "generating the OpenAPI definitions"
  "$GO" build -o "$src/openapi-gen" ./vendor/k8s.io/kube-openapi/cmd/openapi-gen
  packages=$(grep -rl --include='*.go' -E '^// \+k8s:openapi-gen=true' pkg staging/src/k8s.io |
    grep -v -e testdata -e sample- -e '/code-generator/' | xargs -n1 dirname | sort -u |
    sed 's#^staging/src/#k8s.io/kubernetes/vendor/#; s#^pkg#k8s.io/kubernetes/pkg#' | paste -sd,)
  "$src/openapi-gen" --logtostderr -O zz_generated.openapi -r /dev/null \
    -i "$packages,k8s.io/kubernetes/vendor/k8s.io/apimachinery/pkg/runtime,k8s.io/kubernetes/vendor/k8s.io/apimachinery/pkg/version" \
    -p k8s.io/kubernetes/pkg/generated/openapi -h hack/boilerplate/boilerplate.generatego.txt 2>"$src/openapi-gen.log" ||
    { tail -20 "$src/openapi-gen.log" >&2; rm -f $openapi; die "openapi-gen"; }
fi

# 4. Build. The version lands in two packages, under their vendored import path.
commit=$(sed -n "s/.*KUBE_GIT_COMMIT='\([0-9a-f]\{40\}\)'.*/\1/p" hack/lib/version.sh)   # put there by the source archive
ldflags='-s -w'
for p in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
  for kv in gitVersion=v$VERSION gitMajor=1 gitMinor=20 gitCommit=$commit gitTreeState=archive buildDate=2021-01-13T00:00:00Z; do
    ldflags="$ldflags -X k8s.io/kubernetes/vendor/$p.$kv"
  done
done
for b in $missing; do
  say "building $b"
  t=$SECONDS
  "$GO" build -ldflags "$ldflags" -o "$KUBE_BIN/.$b" "k8s.io/kubernetes/cmd/$b"
  mv "$KUBE_BIN/.$b" "$KUBE_BIN/$b"
  have "$b" || die "$b does not say v$VERSION"
  say "  $((SECONDS - t)) s, $(du -m "$KUBE_BIN/$b" | cut -f1) MB"
done
if [ "${KEEP_CACHE:-0}" != 1 ]; then rm -rf "$src"; fi
say "Kubernetes v$VERSION is in $KUBE_BIN"
