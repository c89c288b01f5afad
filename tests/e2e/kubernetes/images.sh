#!/usr/bin/env bash
# Makes the images of the node and the operator from this tree, and that of Debian's chunkserver and client, and puts them where the cluster of this folder finds them. Needs root.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
cd "$here/../../.."
base=mfsha/aspnet:10.0
moosefs=mfsha/moosefs:3.0.117
scripts/images.sh
if ! "$here/load-image.sh" --has "$base"; then
  "$here/load-image.sh" --base debian:bookworm-slim
  "$here/load-image.sh" --dockerfile "$here/Dockerfile.aspnet" "$(dirname "$(readlink -f "$(command -v dotnet)")")" "$base"
fi
"$here/load-image.sh" --dockerfile Dockerfile.node . mfsha/node:0.1.0 --build-arg BASE="docker.io/$base"
# What a cluster is upgraded to: an image of another name is all that tells.
"$here/load-image.sh" --tag mfsha/node:0.1.0 mfsha/node:0.1.0-again
"$here/load-image.sh" --dockerfile Dockerfile.operator . mfsha/operator:0.1.0 --build-arg BASE="docker.io/$base"
if ! "$here/load-image.sh" --has "$moosefs"; then "$here/load-image.sh" --dockerfile config/samples/Dockerfile.moosefs config/samples "$moosefs"; fi
