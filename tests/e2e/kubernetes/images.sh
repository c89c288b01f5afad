#!/usr/bin/env bash
# Makes the images of the node and the operator from this tree, and that of Debian's chunkserver and client, and puts them where the cluster of this folder finds them. Needs root.
# Not again when nothing that goes into them has changed since they were made there (a stamp beside them says from what).
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/common.sh"
cd "$here/../../.."
base=mfsha/aspnet:10.0
moosefs=mfsha/moosefs:3.0.117
stamp=$KUBE_HOME/images.stamp

# Sources as they are now, committed or not; nothing where git does not tell which those are.
sources() {
  git ls-files -z --cached --others --exclude-standard -- dataplane operator config/samples/Dockerfile.moosefs 'Dockerfile.*' 'Directory.*' global.json scripts/images.sh tests/e2e/kubernetes 2>/dev/null |
    sort -z | xargs -0 -r sha256sum 2>/dev/null || true
}
files=$(sources)
now=$(printf '%s\n' "$files" "$(dotnet --version)" | sha256sum | cut -d' ' -f1)
all=true
for image in "$base" "$moosefs" mfsha/node:0.1.0 mfsha/node:0.1.0-again mfsha/operator:0.1.0; do "$here/load-image.sh" --has "$image" || all=false; done
if [ "$all" = true ] && [ -n "$files" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$now" ]; then say "images of these sources are there"; exit 0; fi
rm -f "$stamp"
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
printf '%s\n' "$now" >"$stamp"
