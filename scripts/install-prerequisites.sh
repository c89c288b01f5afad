#!/usr/bin/env bash
# Everything that `make test` needs on a bare Debian 12 beyond the .NET 10 SDK. Needs root.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(acl attr curl diffutils fuse3 git iproute2 make procps strace tar util-linux)
if ! dpkg -s "${packages[@]}" >/dev/null 2>&1; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}"
fi
scripts/install-moosefs.sh

if ! [ -c /dev/fuse ]; then
  mknod /dev/fuse c 10 229 || { echo "no /dev/fuse: the kernel has no FUSE, or the container may not use devices" >&2; exit 1; }
fi
