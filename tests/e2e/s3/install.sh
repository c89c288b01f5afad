#!/usr/bin/env bash
# The S3 server of the tests, from npm; node 20 or newer. Nothing to do where it is installed.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
if [ -d node_modules/@20minutes/s3rver ]; then exit 0; fi
if ! command -v npm >/dev/null; then DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm; fi
npm ci --silent --no-audit --no-fund --ignore-scripts
