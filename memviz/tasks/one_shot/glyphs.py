"""Glyphs: two to four bent pen strokes by a key, drawn by hand: turned, scaled, shifted and shaky, each time anew.

    corner (s, p) of a glyph      uniform in [-0.8, 0.8]^2 by the glyph's key; p = 0, 1, 2 are joined by straight lines
    drawn at                      scale R(angle) corner + shift + shake
    ink of a pixel                1 within WIDTH of the nearest line, falling to 0 over one pixel, + noise, in [0, 1]

Symbols: paper [-1, 1]^2 | angle within TURN | scale within 1 +- SCALE | shift within SHIFT | shake within jitter.
Edges: a corner may leave the paper; the line to it is cut there.
"""

from __future__ import annotations

import math

from memviz.ops.kernel import kernel
from memviz.ops.random import between, mix, uniform

CORNERS = 3  # of a stroke
FEWEST, MOST = 2, 4  # strokes
REACH = 0.8
TURN = math.pi / 16  # as Santoro et al. 2016 turn theirs
SCALE, SHIFT = 0.1, 0.1
WIDTH = 0.1  # half of a line's
FAR = 64.0  # larger than any squared distance on the paper


@kernel
def about(key, i, reach):
    """A number within -reach..reach."""
    return (2 * uniform(mix(key, i)) - 1) * reach


@kernel
def hold(hand):
    """How this hand holds the paper: the turn's scaled cosine and sine, the shift in x and y."""
    angle, scale = about(hand, 0, TURN), 1 + about(hand, 1, SCALE)
    return scale * math.cos(angle), scale * math.sin(angle), about(hand, 2, SHIFT), about(hand, 3, SHIFT)


@kernel
def corner(glyph, hand, held, n, jitter):
    """Where corner n of a glyph is drawn by a hand."""
    x, y = about(glyph, 2 * n + 1, REACH), about(glyph, 2 * n + 2, REACH)
    c, s, right, down = held
    return (
        c * x - s * y + right + about(hand, 2 * n + 4, jitter),
        s * x + c * y + down + about(hand, 2 * n + 5, jitter),
    )


@kernel
def measure(begin, end, size, pixels):
    """Lower the squared distances (size * size,) to what they are from the line between two points."""
    (x, y), (u, v) = begin, (end[0] - begin[0], end[1] - begin[1])
    length = u * u + v * v
    for row in range(size):
        for column in range(size):
            p, q = (2 * column + 1) / size - 1 - x, (2 * row + 1) / size - 1 - y
            along = min(1.0, max(0.0, (p * u + q * v) / length)) if length > 0 else 0.0
            p, q = p - along * u, q - along * v
            i = row * size + column
            pixels[i] = min(pixels[i], p * p + q * q)


@kernel
def draw(glyph, hand, size, jitter, noise, pixels):
    """Draw a glyph into pixels (size * size,), row by row, 0 paper and 1 ink; the same hand draws it the same."""
    pixels[:] = FAR
    held = hold(hand)
    for stroke in range(between(mix(glyph, 0), FEWEST, MOST)):
        last = corner(glyph, hand, held, stroke * CORNERS, jitter)
        for n in range(stroke * CORNERS + 1, (stroke + 1) * CORNERS):
            here = corner(glyph, hand, held, n, jitter)
            measure(last, here, size, pixels)
            last = here
    grain = mix(hand, 100)
    for i in range(pixels.shape[0]):
        ink = 0.5 + (WIDTH - math.sqrt(pixels[i])) * size / 2  # a pixel is 2 / size wide
        pixels[i] = min(1.0, max(0.0, min(1.0, max(0.0, ink)) + about(grain, i, noise)))
