"""Local model server: llama.cpp's OpenAI-compatible server, by `python -m evalstudio.engine.servers.local_model_main`."""

import os
import secrets
import signal
import sys
import threading

import click

from evalstudio.core.child_process import EXIT_WITH_PARENT, announce, when_parent_ends
from evalstudio.engine.servers.local_model import HOW_TO_INSTALL, MODEL_NAME, find_weights

USAGE_ERROR = 2


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=0, show_default=True, type=click.IntRange(0, 65535), help="0: any free one")
@click.option("--slots", default=4, show_default=True, type=click.IntRange(1, 64), help="answers at once")
@click.option(
    "--context", default=2048, show_default=True, type=click.IntRange(64), help="tokens for each slot"
)
@click.option("--threads", default=1, show_default=True, type=click.IntRange(1), help="processor threads")
@click.option(EXIT_WITH_PARENT, is_flag=True, help="leave when stdin ends")
def main(host: str, port: int, slots: int, context: int, threads: int, exit_with_parent: bool) -> None:
    """Serves the local language model until told to leave, to whoever has the key printed at its start."""
    protocol = os.dup(1)
    os.dup2(2, 1)  # llama.cpp prints to stdout, which must hold nothing but the line for the parent
    leave = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: leave.set())
    signal.signal(signal.SIGINT, lambda *_: leave.set())
    if exit_with_parent:
        # at once: the parent may die while the weights load
        when_parent_ends(lambda: os._exit(0))
    weights = find_weights()
    try:
        import xllamacpp
    except ModuleNotFoundError:
        weights = None
    except ImportError as error:  # installed, but a system library is missing (on Debian: libgomp1)
        click.echo(
            f"The local model can't be loaded ({error}); install that library of the system.", err=True
        )
        sys.exit(USAGE_ERROR)
    if weights is None:
        click.echo(f"The local model is not installed. {HOW_TO_INSTALL}", err=True)
        sys.exit(USAGE_ERROR)
    settings = xllamacpp.CommonParams()
    settings.model.path = str(weights)
    settings.model_alias = {MODEL_NAME}
    settings.hostnames = [host]
    settings.port = port
    settings.n_parallel = slots
    settings.n_ctx = context * slots
    settings.cpuparams.n_threads = threads
    settings.use_jinja = True
    settings.offline = True
    key = secrets.token_urlsafe(
        24
    )  # any user of this machine can reach the port, and answers cost its processor
    settings.api_keys = [key]
    settings.ui = False
    try:
        server = xllamacpp.Server(settings)
    except RuntimeError as error:
        click.echo(
            f"The local model does not start on {host}:{port} ({error}). If the port is in use, choose another, or 0.",
            err=True,
        )
        os._exit(USAGE_ERROR)
    address = f"{server.listening_address}/v1"
    announce({"url": address, "pid": os.getpid(), "model": MODEL_NAME, "key": key}, protocol)
    while not leave.wait(1.0):
        pass
    os._exit(0)  # nothing to save, and llama.cpp's own shutdown takes seconds


if __name__ == "__main__":
    main()
