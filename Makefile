.PHONY: build demo test bench

build:
	dotnet build MfsHa.sln -c Release --nologo -v quiet

# Three nodes, two chunkservers and a mount on this machine: kills the leader, measures, cleans up. Needs root.
demo:
	scripts/install-prerequisites.sh
	$(MAKE) build
	scripts/demo.sh $(DEMO_ARGS)

# Needs root and what scripts/install-prerequisites.sh installs.
test:
	@scripts/test.sh

bench: build
	tests/bench/MfsHa.Bench/bin/Release/net10.0/mfsha-bench $(BENCH_ARGS)
