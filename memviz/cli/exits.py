"""Exit codes, and the one place where an error becomes one line on stderr."""

from __future__ import annotations

import logging
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
INTERRUPTED = 130  # Ctrl-C, or nobody reads the output of a training; what was trained is saved


def guarded(command: Callable[[], int]) -> int:
    """Run a command; whatever it raises becomes an exit code and one line."""
    try:
        code = command()
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = say("interrupted", INTERRUPTED)
    except BrokenPipeError:  # `memviz list | head`: the reader has what it wanted
        discard_stdout()
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


def discard_stdout() -> None:
    """Let nothing more be written to a pipe that nobody reads; what is still in the buffer would fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _log() -> str:
    from memviz.contracts import logs

    handler = logs.keeper(logs.COMMANDS, "%(asctime)s %(message)s")
    handler.handle(logging.makeLogRecord({"msg": f"{' '.join(sys.argv)}\n{traceback.format_exc()}"}))
    handler.close()
    return str(logs.path(logs.COMMANDS))
