"""The starter teacher: SmolLM2-135M-Instruct, a GGUF file from PyPI, served on loopback.

For trying things out with no key and no network. It is often wrong, leaks option letters and
contradicts the answer key.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from scicot.adapters.starter_file import find_starter_file
from scicot.words.errors import TeacherRefused

STARTER_MODEL = "SmolLM2-135M-Instruct"
CONTEXT_TOKENS = 2048  # a request: the longest ARC question with its prompt takes about 700


@contextmanager
def serve_starter(*, slots: int, threads: int) -> Iterator[str]:
    """Serve the starter teacher on a free loopback port and yield its base URL.

    The server lives in this process and ends with the block, or with the process.
    """
    path = find_starter_file("teacher", TeacherRefused)
    import xllamacpp  # only the worker that serves it needs it

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(path)
    parameters.port = 0
    parameters.n_parallel = slots
    parameters.n_ctx = CONTEXT_TOKENS * slots
    parameters.cpuparams.n_threads = threads
    parameters.cpuparams_batch.n_threads = threads
    parameters.verbosity = 0
    server: Any = xllamacpp.Server(parameters)
    try:
        yield f"{server.listening_address}/v1"
    finally:
        del server  # its destructor stops the server's threads and frees the model
