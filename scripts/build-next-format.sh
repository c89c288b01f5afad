#!/usr/bin/env bash
# Builds what stands for the next release in tests of rolling upgrades: this source with one format level more (tests/MfsHa.NextFormat). Into artifacts/next-format.
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet build dataplane/MfsHa.Node -c Release --nologo -v quiet -p:RunAnalyzers=false -p:Precompile=false -p:MfsHaFormatLevel=2 -p:Version=0.2.0 --artifacts-path artifacts/next-format
