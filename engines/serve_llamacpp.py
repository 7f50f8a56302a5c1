#!/usr/bin/env python3
# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""Runs llama.cpp's own HTTP server, as the xllamacpp wheel brings it, until SIGTERM.

usage: serve_llamacpp.py MODEL.gguf [--port 0] [--parallel 4] [--context 8192] [--threads 1] [--alias tiny]

Prints `READY URL` when it answers; port 0 picks a free one.
"""
import argparse
import signal
import threading

import xllamacpp


def parameters(options):
    made = xllamacpp.CommonParams()
    made.model.path = options.model
    made.model_alias = {options.alias}
    made.n_ctx = options.context
    made.n_parallel = options.parallel
    made.hostnames = ["127.0.0.1"]
    made.port = options.port
    made.endpoint_metrics = made.endpoint_props = made.endpoint_slots = True
    # Answers chats too: the option only adds the embeddings endpoint.
    made.embedding = True
    made.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    made.warmup = True
    made.fit_params = False
    # One thread: a small model is slowed by more, badly so where cores are busy.
    made.cpuparams.n_threads = made.cpuparams_batch.n_threads = options.threads
    return made


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--parallel", type=int, default=4)
    parser.add_argument("--context", type=int, default=8192)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--alias", default="tiny")
    options = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    server = xllamacpp.Server(parameters(options))
    print("READY", server.listening_address, flush=True)
    stop.wait()


if __name__ == "__main__":
    main()
