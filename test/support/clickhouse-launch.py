"""Runs the ClickHouse inside chdb's library as a server: listeners belong to clickhouse-local since 26.5."""
import ctypes
import sys

library, folder, port = sys.argv[1:4]
query = (
    "SYSTEM START LISTEN HTTP;"
    " SELECT sleepEachRow(1) FROM numbers(100000000)"
    " SETTINGS function_sleep_max_microseconds_per_block = 0, max_block_size = 1 FORMAT Null"
)
arguments = [
    "clickhouse",
    f"--config-file={folder}/config.xml",
    f"--path={folder}/data",
    f"--http_port={port}",
    "--listen_host=127.0.0.1",
    "--query",
    query,
]
encoded = [argument.encode() for argument in arguments]
run = ctypes.CDLL(library).chdb_query_cmdline
run.restype = ctypes.c_void_p
run(len(encoded), (ctypes.c_char_p * len(encoded))(*encoded))
