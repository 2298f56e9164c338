"""The same trainer on torch: a model whose gradient comes from its twin, on the CPU ("torch") or on a card ("cuda").

Everything else - episodes, lanes, clip, optimizer, exams, checkpoints - stays as it is, in numpy on the CPU: parameters
go to the device and gradients come back at every chunk, so a card pays only with chunks as large as the batch. Torch is
imported on use. The CUDA path has not been run on a card yet: it is unverified. The probe's trace, which needs a tape,
is made by the core whatever the device.
"""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from memviz.contracts.errors import BackendError
from memviz.contracts.model import Arrays, Model
from memviz.contracts.task import Chunk

DEVICES = ("core", "torch", "cuda")


@cache
def devices() -> dict[str, str]:
    """Every device and why it is not available; "" when it is. Imports torch if it is installed."""
    if importlib.util.find_spec("torch") is None:
        missing = "torch is not installed (pip install 'memviz[torch]')"
        return {"core": "", "torch": missing, "cuda": missing}
    import torch

    return {"core": "", "torch": "", "cuda": "" if torch.cuda.is_available() else "torch sees no CUDA card here"}


def on_device(model: Model, device: str) -> Model:
    """The model with its gradient taken on a device. Raises BackendError when that is not available here."""
    if device == "core":
        return model
    if device not in DEVICES:
        raise BackendError(f"device: want one of {', '.join(DEVICES)}, got {str(device)!r:.40} (choose one)")
    if reason := devices()[device]:
        raise BackendError(f"device: want {device}, got none: {reason} (or train on the core)")
    return replace(model, gradient=_Twin(model.twin, "cpu" if device == "torch" else "cuda").gradient)


@dataclass(frozen=True)
class _Twin:
    """A twin module on a torch device; `gradient` keeps the contract of Model.gradient."""

    module: str
    device: str

    def gradient(
        self,
        config: Any,
        params: Arrays,
        chunk: Chunk,
        scale: float,
        grads: Arrays | None,
        scratch: Any,
        memory: np.ndarray | None,
    ) -> tuple[float, int]:
        """See contracts/model.py; `scratch` is not used."""
        import torch

        twin = importlib.import_module(self.module)
        with torch.set_grad_enabled(grads is not None):
            there = {name: self._tensor(block).requires_grad_(grads is not None) for name, block in params.items()}
            inputs, targets, mask = (self._tensor(array) for array in (chunk.inputs, chunk.targets, chunk.mask))
            state = None
            if memory is not None:
                state = {**twin.start(config, there, inputs.shape[1]), "memory": self._tensor(memory)}
            logits, states = twin.forward(config, there, inputs, state)
            nats, wrong = twin.loss(config, logits, targets, mask)
        if grads is not None:
            found = torch.autograd.grad(nats * scale, list(there.values()), allow_unused=True)
            for block, gradient in zip(grads.values(), found, strict=True):
                if gradient is not None:
                    block += gradient.cpu().numpy()
        if memory is not None:
            memory[...] = states[-1]["memory"].detach().cpu().numpy()
        return float(nats.detach()), int(wrong)

    def _tensor(self, array: np.ndarray) -> Any:
        import torch

        return torch.tensor(array, device=self.device)
