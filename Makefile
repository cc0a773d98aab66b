# The commands that people use; README names them. Everything stands on cargo and node 20: what else
# is missing on a fresh machine (wasm target, pinned npm packages, Chromium and Firefox) is installed and said.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help

PORT ?= 8080
FUZZ_SECONDS ?= 30
CHROMIUM ?= /usr/bin/chromium
FIREFOX ?= /usr/bin/firefox-esr

.PHONY: help serve dist test bench fuzz texts browsers

help:
	@echo "make serve   build the page and serve it on http://127.0.0.1:8080 (PORT= overrides)"
	echo "make dist    build the static site and the single file into dist/"
	echo "make test    everything that CI runs"
	echo "make bench   the benchmarks, host and browser"
	echo "make texts   the catalogue of all that the page says, for translators"
	echo "make fuzz    every reader on made-up files, FUZZ_SECONDS=30 each"

serve:
	@cargo xtask serve --port $(PORT)

dist:
	@cargo xtask dist

# The host's tests, the bundler and the driver of the browser tests share one profile (dev: our code at
# opt-level 1, dependencies at 2), the lints for wasm and the page another (page): so the crates of
# each, and the page's procedural macros, are compiled once.
test: browsers
	@mkdir -p target
	step() { printf '\n== %s\n' "$$*"; }
	step format
	cargo fmt --all --check
	step lints for the host
	cargo clippy --locked --workspace --all-targets -- -D warnings
	step lints for wasm
	[ -d "$$(rustc --print target-libdir --target wasm32-unknown-unknown)" ] || rustup target add wasm32-unknown-unknown
	cargo clippy --locked --lib --profile page --target wasm32-unknown-unknown -- -D warnings
	step licences and advisories
	if cargo deny --version >/dev/null 2>&1; then cargo deny check; else echo "skipped: cargo-deny is not installed"; fi
	step "tests on the host, while the page is built (the browser's come last, on that build)"
	cargo test --locked --workspace --no-run
	cargo xtask dist >target/dist.log 2>&1 & page=$$!
	trap 'kill $$page 2>/dev/null || true' EXIT
	cargo test --locked --workspace --no-fail-fast -- --skip the_page_in_a_real_browser 2>&1 | tee target/test-host.log
	step release build of the page
	wait $$page || { cat target/dist.log; exit 1; }
	cat target/dist.log
	step tests in browsers
	RUNSIFT_BROWSER=1 cargo test --locked --workspace --test browser -- --nocapture 2>&1 | tee target/test-browser.log
	awk 'FILENAME ~ /host/ && /^test result:/ { passed += $$4; failed += $$6 } \
	  FILENAME ~ /browser/ && /^[0-9]+ passed, [0-9]+ failed/ { passed += $$1; failed += $$3 } \
	  END { printf "\n%d passed, %d failed\n", passed, failed }' target/test-host.log target/test-browser.log

texts:
	@cargo xtask texts

bench: dist
	@export RUNSIFT_BENCH_DATA=$$(mktemp -d)
	trap 'rm -rf "$$RUNSIFT_BENCH_DATA"' EXIT
	cargo bench --locked
	cargo bench --locked -p analysis --bench intervals
	node benches/browser.mjs
	node benches/pictures.mjs

# libFuzzer without a sanitizer: there is no unsafe code, and the stable compiler will do. One target is built and told which
# format to read: linking each of them would take most of the time.
fuzz:
	@cargo fuzz --version >/dev/null 2>&1 || cargo install cargo-fuzz --locked
	cargo run --quiet --locked --example fuzz_seeds -- fuzz/corpus
	cargo fuzz build --sanitizer none drop
	for target in $(or $(TARGETS),$$(cargo fuzz list)); do
	  printf '\n== %s\n' "$$target"
	  mkdir -p fuzz/corpus/$$target fuzz/artifacts/$$target
	  FUZZED_FORMAT=$$target fuzz/target/*/release/drop fuzz/corpus/$$target -artifact_prefix=fuzz/artifacts/$$target/ \
	    -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=2048 -max_len=65536 -verbosity=0 -print_final_stats=1
	done

# Firefox is not everywhere among the packages: without it its cases are skipped, and said to be.
browsers:
	@[ -x $(CHROMIUM) ] && [ -x $(FIREFOX) ] && exit 0
	echo "A browser is missing: installing it from the system's packages."
	sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo
	$$sudo apt-get update || echo "The list of packages could not be brought up to date."
	[ -x $(CHROMIUM) ] || $$sudo apt-get install --yes --no-install-recommends chromium fonts-dejavu-core
	[ -x $(FIREFOX) ] || $$sudo apt-get install --yes --no-install-recommends firefox-esr || echo "Firefox ESR cannot be installed here."
