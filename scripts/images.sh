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
  dotnet publish "$1" -c Release --nologo -v quiet -p:RunAnalyzers=false -o "$2"
}
# The node last: its assemblies are compiled ahead of time.
publish dataplane/MfsHa.Backup "$out/node"
publish dataplane/MfsHa.Admin "$out/node"
publish dataplane/MfsHa.Node "$out/node"
publish operator/MfsHa.Operator "$out/operator"
find "$out" -name '*.pdb' -delete
du -sh "$out/node" "$out/operator"
