"""`python -m memviz` is the same as `memviz`."""

import sys

from memviz.cli import main

if __name__ == "__main__":
    sys.exit(main())
