.PHONY: build demo test test-e2e bench

build:
	dotnet build MfsHa.sln -c Release --nologo -v quiet

# Three nodes, two chunkservers and a mount on this machine: kills the leader, measures, cleans up. Needs root. DEMO_ARGS: see mfsha demo --help.
demo:
	scripts/install-prerequisites.sh
	$(MAKE) build
	dataplane/MfsHa.Node/bin/Release/net10.0/mfsha demo $(DEMO_ARGS)

# Installs what it needs, builds, runs all tests but the longest; with MFSHA_LONG=true those, too, with MFSHA_LONG=nightly really all. Needs root.
test:
	@scripts/install-prerequisites.sh
	@scripts/test.sh

# The operator on a real Kubernetes: that of KUBECONFIG, or one that is built here once (ten minutes) and started. Needs root.
test-e2e:
	@scripts/test-e2e.sh

bench: build
	tests/bench/MfsHa.Bench/bin/Release/net10.0/mfsha-bench $(BENCH_ARGS)
