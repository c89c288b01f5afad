#!/usr/bin/env bash
# Publishes the programs that the images hold into artifacts/images: node (mfsha, mfsha-admin, mfsha-backup) and operator. Then, with a tool that builds images:
#   scripts/images.sh
#   docker build -f Dockerfile.node -t REGISTRY/mfsha/node:0.1.0 .
#   docker build -f Dockerfile.operator -t REGISTRY/mfsha/operator:0.1.0 .
# Both take --build-arg BASE=IMAGE: an image with ASP.NET's runtime 10.0.
set -euo pipefail
cd "$(dirname "$0")/.."
out=artifacts/images
rm -rf "$out"

publish() { # publish PROJECT DIRECTORY
  dotnet publish "$1" -c Release --nologo -v quiet -p:RunAnalyzers=false -o "$2" "${@:3}"
}
# mfsha-admin is a native program where one can be made.
native=false
if command -v gcc >/dev/null || command -v clang >/dev/null; then native=true; fi
# The node last: its assemblies are compiled ahead of time.
publish dataplane/MfsHa.Backup "$out/node"
publish dataplane/MfsHa.Admin "$out/node" -p:PublishAot=$native
publish dataplane/MfsHa.Node "$out/node"
publish operator/MfsHa.Operator "$out/operator" -p:Precompile=true
find "$out" \( -name '*.pdb' -o -name '*.dbg' \) -delete
du -sh "$out/node" "$out/operator"
