# Needs only Rust (rustup fetches the toolchain that rust-toolchain.toml names) and git.
.POSIX:
.PHONY: demo test test-long servers bench fuzz bless

# The main job on real files, in a folder of its own.
demo:
	cargo build --release --locked
	tests/demo/run target/release/dekko

# Everything that must hold before a commit.
test:
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	cargo check --locked --no-default-features --lib
	cargo test --locked
	tests/servers/with cargo test --locked --test behaviour -- --ignored services::
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps

# What takes too long for every commit: laws and sweeps with many more cases.
test-long:
	PROPTEST_CASES=20000 cargo test --locked --release -- --include-ignored

# Key services on loopback; prints what to export: eval "$(make -s servers)". tests/servers/stop.sh ends them.
servers:
	@tests/servers/start-aws.sh
	@tests/servers/start-gcp.sh
	@tests/servers/start-azure.sh
	@tests/servers/start-vault.sh

# The speed table, dekko beside others where they are installed.
bench:
	benches/install-peers
	cargo bench --locked --bench compare
	cargo bench --locked --bench library

# Every fuzz target for FUZZ_SECONDS each (60).
fuzz:
	fuzz/run

# Writes generated files (completions, man page) and stored messages anew; look at the diff.
bless:
	DEKKO_BLESS=1 cargo test --locked --test behaviour
