"""Exit codes, and the one place where an error becomes one line on stderr."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable

from memviz.contracts.errors import DivergedError, MemvizError

DONE = 0  # solved, or the asked updates reached
NOT_SOLVED = 1  # the budget ran out first
USAGE = 2  # wrong usage, or an unreadable file
DIVERGED = 3  # training met a non-finite or exploding loss
BUG = 70  # not the user's doing; the details are in the log
INTERRUPTED = 130  # Ctrl-C; training has saved a checkpoint


def guarded(command: Callable[[], int]) -> int:
    """Run a command; whatever it raises becomes an exit code and one line."""
    try:
        code = command()
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = say("interrupted", INTERRUPTED)
    except BrokenPipeError:  # `memviz list | head`: the reader has what it wanted
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = DONE
    except DivergedError as error:
        code = say(str(error), DIVERGED)
    except (MemvizError, OSError) as error:
        code = say(str(error), USAGE)
    except Exception as error:
        code = say(f"{type(error).__name__}: {error} (a bug of memviz; details in {_log()})", BUG)
    return code


def say(message: str, code: int) -> int:
    """Print one line on stderr and hand the code back."""
    print("memviz: " + " ".join(message.split()), file=sys.stderr)
    return code


def _log() -> str:
    from memviz.contracts import places

    path = places.log() / "cli.log"
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{' '.join(sys.argv)}\n{traceback.format_exc()}\n")
    return str(path)
