"""Where to write: to free room or to where the content is, and whether to write at all.

    out = write (allocate allocation + (1 - allocate) content)

Source: Graves et al. 2016 (DNC), Methods, "Write weighting".
Symbols: allocation, content, out (N,) weightings | allocate, write numbers in [0, 1]: the allocation and write gates.
Edges: write = 0 writes nowhere; allocate = 0 or 1 ignores one of the two; all are exact.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from memviz.ops.kernel import Case, Op, kernel


@kernel
def write_gates(allocation, content, allocate, write, out):
    """Write the write weighting into out."""
    new, old = write * allocate, write * (allocation.dtype.type(1) - allocate)
    for n in range(out.shape[0]):
        out[n] = new * allocation[n] + old * content[n]


@kernel
def write_gates_vjp(allocation, content, allocate, write, dout, dallocation, dcontent):
    """Add into dallocation and dcontent; return dL/dallocate and dL/dwrite."""
    rest = allocation.dtype.type(1) - allocate
    new = old = allocation.dtype.type(0)
    for n in range(dout.shape[0]):  # out = write (allocate allocation + (1 - allocate) content)
        new += dout[n] * allocation[n]
        old += dout[n] * content[n]
        dallocation[n] += write * allocate * dout[n]
        dcontent[n] += write * rest * dout[n]
    return write * (new - old), allocate * new + rest * old


def write_gates_twin(allocation, content, allocate, write):
    """Write weightings (..., N) by gates (...)."""
    # no lerp: slots that are alike must stay alike to the last bit, or they come in another order
    new, old = write * allocate, write * (1 - allocate)
    return new.unsqueeze(-1) * allocation + old.unsqueeze(-1) * content


def run(new, allocation, content, allocate, write):
    """Drive the pair for the op test."""
    out = new(*content.shape)
    write_gates(allocation, content, allocate[()], write[()], out)

    def back(douts, grads):
        gates = allocate[()], write[()]
        added = grads["allocation"], grads["content"]
        dallocate, dwrite = write_gates_vjp(allocation, content, *gates, douts[0], *added)
        grads["allocate"] += dallocate
        grads["write"] += dwrite

    return (out,), back


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Odd sizes, one slot, gates shut and open."""
    sizes = (("plain", 16, 0.3, 0.8), ("odd", 13, 0.6, 0.5), ("one slot", 1, 0.5, 0.9))
    for name, N, allocate, write in (*sizes, ("no write", 5, 0.4, 0.0), ("only room", 5, 1.0, 1.0)):
        allocation, content = rng.dirichlet(np.ones(N), 2)
        gates = {"allocate": allocate, "write": write}
        yield Case(name, {"allocation": allocation, "content": content, **gates})


OP = Op(run, write_gates_twin, cases)
