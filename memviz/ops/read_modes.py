"""How a head finds what it reads: backward along the links, by content, or forward along the links.

    out[h] = mode[h, 0] backward[h] + mode[h, 1] content[h] + mode[h, 2] forward[h]

Source: Graves et al. 2016 (DNC), Methods, "Read weighting".
Symbols: backward, content, forward, out (R, N) weightings | mode (R, 3) >= 0, summing to 1 over the three.
Edges: a mode of 1 takes one of the three as it is.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from memviz.ops.kernel import Case, Op, kernel


@kernel
def read_modes(backward, content, forward, mode, out):
    """Write the read weightings into out."""
    for h in range(out.shape[0]):
        b, c, f = mode[h, 0], mode[h, 1], mode[h, 2]
        for n in range(out.shape[1]):
            out[h, n] = b * backward[h, n] + c * content[h, n] + f * forward[h, n]


@kernel
def read_modes_vjp(backward, content, forward, mode, dout, dbackward, dcontent, dforward, dmode):
    """Add into dbackward, dcontent, dforward and dmode."""
    for h in range(dout.shape[0]):
        b = c = f = mode.dtype.type(0)
        for n in range(dout.shape[1]):  # out = mode . (backward, content, forward)
            g = dout[h, n]
            b += g * backward[h, n]
            c += g * content[h, n]
            f += g * forward[h, n]
            dbackward[h, n] += mode[h, 0] * g
            dcontent[h, n] += mode[h, 1] * g
            dforward[h, n] += mode[h, 2] * g
        dmode[h, 0] += b
        dmode[h, 1] += c
        dmode[h, 2] += f


def read_modes_twin(backward, content, forward, mode):
    """Read weightings (..., R, N) by modes (..., R, 3)."""
    b, c, f = mode.split(1, -1)
    return b * backward + c * content + f * forward


def run(new, backward, content, forward, mode):
    """Drive the pair for the op test."""
    out, three = new(*content.shape), (backward, content, forward)
    read_modes(*three, mode, out)

    def back(douts, grads):
        added = (grads[name] for name in ("backward", "content", "forward", "mode"))
        read_modes_vjp(*three, mode, douts[0], *added)

    return (out,), back


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Odd sizes, one head, one slot, only one mode."""
    for name, R, N in (("plain", 4, 16), ("odd", 3, 13), ("one head", 1, 7), ("one slot", 2, 1)):
        three = dict(zip(("backward", "content", "forward"), rng.dirichlet(np.ones(N), (3, R)), strict=True))
        yield Case(name, {**three, "mode": rng.dirichlet(np.ones(3), R)})
    three = dict(zip(("backward", "content", "forward"), rng.dirichlet(np.ones(5), (3, 3)), strict=True))
    yield Case("one mode each", {**three, "mode": np.eye(3)})


OP = Op(run, read_modes_twin, cases)
