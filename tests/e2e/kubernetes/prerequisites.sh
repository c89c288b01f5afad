#!/usr/bin/env bash
# Debian packages for a real Kubernetes on this machine. Needs root.
set -euo pipefail
packages=(golang-1.19-go golang-github-modern-go-reflect2-dev patch xz-utils etcd-server openssl curl containerd runc containernetworking-plugins iptables conntrack
  iproute2 dnsmasq-base jq gcc libc6-dev mount procps debootstrap buildah busybox-static)
if ! dpkg -s "${packages[@]}" >/dev/null 2>&1; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}"
fi
