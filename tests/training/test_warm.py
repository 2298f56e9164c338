from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import memviz

ROOT = Path(memviz.__file__).resolve().parent.parent
STAND_IN = "tests.training.stand_in"

TRAIN = """
import json, sys
from memviz.tasks.copy import TASK
from memviz.tasks.copy.config import CopyConfig
from memviz.training.setup import Setup
from memviz.training.trainer import Trainer
from tests.training import stand_in
setup = Setup(stand_in.MODEL, TASK, stand_in.DoubleConfig(), CopyConfig(4, 1, 5), 1)
print(json.dumps(stand_in.losses(Trainer(setup, stand_in.config(), threads=1), 30)))
"""
ENSURE = f"""
from memviz.training.warm import ensure_warm, is_warm
told = []
print(is_warm("{STAND_IN}", "{STAND_IN}"))
ensure_warm("{STAND_IN}", "{STAND_IN}", told.append)
ensure_warm("{STAND_IN}", "{STAND_IN}", told.append)
print(is_warm("{STAND_IN}", "{STAND_IN}"), len(told), told[-1])
"""


def python(home, *arguments):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MEMVIZ_HOME": str(home)}
    environment.pop("NUMBA_CACHE_DIR", None)  # this process's own, by its own home
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, check=False)


def test_a_process_that_compiles_and_one_that_loads_the_cache_train_to_the_same_bits(tmp_path):
    cold, warm = (json.loads(python(tmp_path, "-c", TRAIN).stdout) for _ in range(2))
    assert cold == warm


def test_a_child_compiles_once_and_says_how_far_it_is(tmp_path):
    first, second = python(tmp_path, "-c", ENSURE).stdout.split("\n")[:2]
    assert first == "False"
    assert second == "True 6 Compiling: step 5 of 5 (once on this machine)"


def test_a_pair_that_does_not_exist_is_one_clear_error(tmp_path):
    script = "from memviz.training.warm import ensure_warm\nensure_warm('tests.no_model', 'copy')"
    done = python(tmp_path, "-c", script)
    assert "BackendError: warm: want kernels for tests.no_model on copy" in done.stderr
    assert python(tmp_path, "-m", "memviz.training.warm", "ntm").returncode == 2


def test_training_on_the_core_never_imports_torch(tmp_path):
    script = """
import sys
from memviz.training.registry import Registry
from memviz.training.recipe import plan
from tests.training import stand_in
plan({"model": "m", "task": "t"}, {"m": stand_in.MODEL}, {"t": stand_in.TASK})
print(sorted({name.split(".")[0] for name in sys.modules} & {"torch", "streamlit", "plotly"}))
"""
    assert python(tmp_path, "-c", script).stdout.strip() == "[]"
