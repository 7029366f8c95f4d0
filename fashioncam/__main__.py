"""`python -m fashioncam` is `fashioncam`."""

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
