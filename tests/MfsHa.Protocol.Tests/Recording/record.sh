#!/bin/sh
# Records golden packets of one pair of versions: record.sh MASTER PEER, versions 3.0.117 or 4.56.6.
# Needs root, /dev/fuse, both MooseFS versions (MOOSEFS_4: folder of an unpacked 4.56.6), setfacl, python3.
# Everything runs in an own network and mount namespace; samples go to ../Golden.
set -eu
cd "$(dirname "$0")"
ns=protocol-rec-$$
ip netns add "$ns"
trap 'ip netns del "$ns"' EXIT
ip -n "$ns" link set lo up
for i in 1 2 3 4 5; do ip -n "$ns" address add "10.77.0.$i/32" dev lo; done
nsenter --net="/run/netns/$ns" unshare -m --propagation private python3 -B record.py "$@"
