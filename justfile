# `just` lists what there is; each line is a command you can also type.

_default:
    @just --list --unsorted

# Serve the demo newsroom from SQLite in ./data
run:
    cargo run --release -- serve --demo

# Test everything that can be tested on this machine
test *arguments:
    cargo test --workspace {{ arguments }}

# Test one crate, e.g. `just crate masthead-domain`
crate name *arguments:
    cargo test --package {{ name }} {{ arguments }}

# Run every gate, exactly as CI does after its set-up
ci:
    cargo xtask ci

# Format, then say what clippy and the rules of the house want
lint:
    cargo fmt --all
    cargo clippy --workspace --all-targets
    cargo xtask tidy

# Measure the server beside the limit programs, e.g. `just bench --quick`
bench *arguments:
    cargo xtask bench {{ arguments }}

# Write schema.graphql from the code
schema:
    cargo xtask schema

# Start a throw-away PostgreSQL in ./data/pg and print the URL for the tests
pg port="54329":
    test -d data/pg || initdb -D data/pg -U postgres -A trust -E UTF8 --locale=C --no-sync > /dev/null
    pg_ctl -D data/pg -w -l data/pg.log -o "-p {{ port }} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200 -c fsync=off" start
    @echo 'export TEST_POSTGRES_URL=postgres://postgres@127.0.0.1:{{ port }}/postgres'

# Stop it and forget its data
pg-stop:
    pg_ctl -D data/pg -m immediate stop
    rm -rf data/pg data/pg.log
