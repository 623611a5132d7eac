"""`python -m datalens_core.sandbox.embedded [--port N] [--lifeline]`."""

from __future__ import annotations

import argparse
import sys

from datalens_core.sandbox.embedded.entry import main

parser = argparse.ArgumentParser(
    prog="python -m datalens_core.sandbox.embedded",
    description="Serve E2B's protocol over isolated processes of this machine.",
)
parser.add_argument("--port", type=int, default=0, help="loopback port; 0 picks a free one")
parser.add_argument("--lifeline", action="store_true", help="end when stdin reaches its end")
arguments = parser.parse_args()
sys.exit(main(arguments.port, lifeline=arguments.lifeline))
