"""The workshop that makes the weights: one command a file, `python -m training.NAME`. No Qt, no screen."""

import sys

from fashioncam.errors import UserError, require_torch

try:
    require_torch("training")
except UserError as error:  # said here once: every command imports torch before its `main` could say it
    print(error, file=sys.stderr)
    sys.exit(2)
