#!/usr/bin/env bash
# Installs the MooseFS programs that the tests run, unmodified, from Debian 12:
#   3.0.117 from bookworm, as packages (/usr/bin/mfsmount, /usr/sbin/mfsmaster, ...);
#   4.56.6 from bookworm-backports, unpacked beside it under ${XDG_CACHE_HOME:-~/.cache}/mfsha/moosefs-4.
# Needs root. Does nothing if both are there.
set -euo pipefail

packages3=(moosefs-client moosefs-master moosefs-chunkserver moosefs-cli moosefs-metalogger)
packages4=(moosefs-common "${packages3[@]}")
target=${XDG_CACHE_HOME:-$HOME/.cache}/mfsha/moosefs-4

if ! dpkg -s "${packages3[@]}" >/dev/null 2>&1; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages3[@]}"
fi

if ! [ -x "$target/usr/sbin/mfsmaster" ]; then
  # An apt state of its own: backports must not become visible to the machine's other installations.
  state=$(mktemp -d)
  trap 'rm -rf "$state"' EXIT
  mkdir -p "$state"/{lists/partial,cache/archives/partial,packages}
  mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Codename: bookworm' | head -n 1)
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror:-http://deb.debian.org/debian} bookworm-backports main" \
    >"$state/sources.list"
  options=(
    -o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts=/dev/null -o Dir::State::Lists="$state/lists"
    -o Dir::Cache="$state/cache" -o Dir::State::status=/dev/null -o APT::Sandbox::User=root)
  apt-get "${options[@]}" update -qq
  (cd "$state/packages" && apt-get "${options[@]}" download -qq "${packages4[@]}")
  rm -rf "$target" "$target.partial"
  mkdir -p "$target.partial"
  for package in "$state"/packages/*.deb; do
    dpkg-deb -x "$package" "$target.partial"
  done
  # Named at the end, so that an interrupted run is not taken for a complete one.
  mv "$target.partial" "$target"
fi

mfsmaster -v
"$target/usr/sbin/mfsmaster" -v
