"""Where workers are forked from: a process that has imported everything and built the Language of the run."""

from __future__ import annotations

import base64
import multiprocessing
import os
import pickle
from multiprocessing.context import BaseContext

from pipeline.config import Config

VARIABLE = "PIPELINE_TEMPLATE"  # the configuration, for the process that multiprocessing starts
_PRELOAD = "pipeline.engines.preload"


def context(config: Config) -> BaseContext:
    """How to start workers: forked from the template, or afresh on a system that cannot.

    A process has one template: a second run in it with other stages has workers that build their own Language.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    os.environ[VARIABLE] = base64.b64encode(pickle.dumps(config)).decode()
    forking = multiprocessing.get_context("forkserver")
    forking.set_forkserver_preload([_PRELOAD])
    return forking


def start(config: Config) -> None:
    """Start the template, so that it builds while this process does something else."""
    if context(config).get_start_method() == "forkserver":
        from multiprocessing import forkserver

        forkserver.ensure_running()
