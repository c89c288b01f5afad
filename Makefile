.PHONY: build demo test bench

build:
	dotnet build MfsHa.sln -c Release --nologo -v quiet

# Three nodes on this machine, each a process; ends with Ctrl-C.
demo: build
	dataplane/MfsHa.Node/bin/Release/net10.0/mfsha demo

# Needs root and what scripts/install-prerequisites.sh installs.
test:
	@scripts/test.sh

bench: build
	tests/bench/MfsHa.Bench/bin/Release/net10.0/mfsha-bench $(BENCH_ARGS)
