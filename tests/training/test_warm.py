from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import memviz
from memviz import ops
from memviz.training import warm

ROOT = Path(memviz.__file__).resolve().parent.parent
STAND_IN = "tests.training.stand_in"

TRAIN = """
import json
from memviz import catalog
from memviz.training.recipe import plan
from memviz.training.trainer import Trainer
from memviz.training.warm import ensure_warm
ensure_warm("ntm", "copy")
small = {"model": {"N": 16, "W": 8, "hidden": 24}}
made = plan({"model": "ntm", "task": "copy", "knobs": small}, catalog.models(), catalog.tasks())
trainer = Trainer(made.setup, made.config, threads=1)
print(json.dumps([trainer.advance().metrics["loss"] for _ in range(100)]))
"""
ENSURE = f"""
from memviz.training.warm import ensure_warm, is_warm
told = []
print(is_warm("{STAND_IN}", "{STAND_IN}"))
ensure_warm("{STAND_IN}", "{STAND_IN}", told.append)
ensure_warm("{STAND_IN}", "{STAND_IN}", told.append)
print(is_warm("{STAND_IN}", "{STAND_IN}"), len(told), told[-1])
"""
SETTINGS = """
import gc, sys
from memviz import catalog
from memviz.contracts.knob import knobs
from memviz.training.config import TrainConfig
from memviz.training.probe import Probe
from memviz.training.recipe import plan
from memviz.training.trainer import Trainer
from memviz.training.warm import ensure_warm
from numba.core.registry import CPUDispatcher
model, task = sys.argv[1:]
ensure_warm(model, task)
models, tasks = catalog.models(), catalog.tasks()
small = {"batch": 2, "chunk": 1}
turns = [{"training": {**small, "memory": "carry"}}] + [
    {"training": small, kind: {**({} if kind == "model" else small), name: option}}
    for kind, config in (("model", models[model].config), ("training", TrainConfig))
    for name, knob in knobs(config).items() for option in knob.options or () if option != knob.default
]
for knobs in turns:
    made = plan({"model": model, "task": task, "knobs": knobs}, models, tasks)
    trainer = Trainer(made.setup, made.config, threads=1)
    trainer.advance()
    Probe(made.setup).trace(trainer.state, trainer.params, True)
    found = [d for d in gc.get_objects() if isinstance(d, CPUDispatcher) and d.stats.cache_misses]
    if found:
        sys.exit(f"{knobs} compiled {found}")
print(len(turns), "settings, none compiled")
"""


def python(home, *arguments):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MEMVIZ_HOME": str(home)}
    environment.pop("NUMBA_CACHE_DIR", None)  # this process's own, by its own home
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, check=False)


def test_a_program_that_starts_cold_trains_to_the_same_bits_as_one_that_starts_warm(tmp_path):
    cold, warm = (json.loads(python(tmp_path, "-c", TRAIN).stdout) for _ in range(2))
    assert cold == warm  # it would not, without ensure_warm: numba's code differs before and after it is saved


def test_a_child_compiles_once_and_says_how_far_it_is(tmp_path):
    first, second = python(tmp_path, "-c", ENSURE).stdout.split("\n")[:2]
    assert first == "False"
    assert second == "True 6 Compiling: step 5 of 5 (once on this machine)"


def test_a_copy_at_another_place_has_to_compile_too(tmp_path, monkeypatch):
    """Numba would find none of its code there: the process that trains would compile, and train to other last bits."""
    here = warm.marker("ntm", "copy")
    elsewhere = [tmp_path / file.name for file in ops.sources()]
    monkeypatch.setattr(warm, "sources", lambda: elsewhere)
    assert warm.marker("ntm", "copy") != here


@pytest.mark.parametrize("pair", ["ntm copy", "dnc copy", "mann copy", "keyvalue recall", "lstm copy"])
def test_no_setting_needs_a_kernel_that_is_not_compiled_yet(pair):
    """Else the process that trains with it would compile it, and train to other last bits than the next one."""
    done = subprocess.run(
        [sys.executable, "-c", SETTINGS, *pair.split()], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.stdout.endswith("none compiled\n"), done.stdout + done.stderr


def test_a_pair_that_does_not_exist_is_one_clear_error(tmp_path):
    script = "from memviz.training.warm import ensure_warm\nensure_warm('tests.no_model', 'copy')"
    done = python(tmp_path, "-c", script)
    assert "BackendError: warm: want kernels for tests.no_model on copy" in done.stderr
    assert python(tmp_path, "-m", "memviz.training.warm", "ntm").returncode == 2


def test_training_on_the_core_never_imports_torch(tmp_path):
    script = """
import sys
from memviz.training.runs.registry import Registry
from memviz.training.recipe import plan
from tests.training import stand_in
plan({"model": "m", "task": "t"}, {"m": stand_in.MODEL}, {"t": stand_in.TASK})
print(sorted({name.split(".")[0] for name in sys.modules} & {"torch", "streamlit", "plotly"}))
"""
    assert python(tmp_path, "-c", script).stdout.strip() == "[]"
