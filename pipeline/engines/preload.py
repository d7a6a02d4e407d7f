"""Imported by the template of workers alone: builds the Language that they share by being forked."""

from __future__ import annotations

import base64
import os
import pickle
import signal
from contextlib import suppress

from pipeline.engines.template import VARIABLE
from pipeline.shard import language

signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the run to handle
with suppress(Exception):  # a worker runs into it again, and tells
    language(pickle.loads(base64.b64decode(os.environ[VARIABLE])))
