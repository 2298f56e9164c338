"""The project's own colour ramps: even steps of OKLab lightness, zero = the paper, checked under colour blindness.

`python -m memviz.render.colours` writes them to scope/js/ramps.js, the one copy that the browser reads.

Source: Ottosson 2020, "A perceptual color space for image processing" (OKLab);
Machado, Oliveira & Fernandes 2009, Table 1 (dichromacy, severity 1.0).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

THEMES = ("light", "dark")
PAPER = {"light": "#fcfcfa", "dark": "#14171c"}
GENERATED = Path(__file__).parent / "scope" / "js" / "ramps.js"
SIZE = 256

# Per theme and role the colours a ramp passes through after the paper; anchors are the Okabe-Ito hues of the roles.
SEQUENTIAL = {
    "light": {
        "write": ("#f4b183", "#d55e00", "#5c2200"),
        "read": ("#8fc3e6", "#0072b2", "#00264a"),
        "plain": ("#aeb6be", "#66717d", "#161c26"),
    },
    "dark": {
        "write": ("#7a3a0c", "#e87a1d", "#ffe6cf"),
        "read": ("#0d456e", "#3f9fe0", "#dcefff"),
        "plain": ("#454c56", "#8d97a3", "#f3f5f7"),
    },
}
# (negative, positive): both arms have the same lightness at the same distance from zero.
DIVERGING = {
    "light": {
        "signed": (("#9db8f2", "#2f62c9", "#142f78"), ("#f0a3a6", "#c93a4b", "#73101f")),
        "gradient": (("#a9d38d", "#437f12", "#1f4200"), ("#e3a5da", "#a92f9b", "#570a52")),
    },
    "dark": {
        "signed": (("#23407f", "#4d8df0", "#a3c8ff"), ("#74252f", "#e56a6a", "#ffb4ad")),
        "gradient": (("#264a0b", "#5fa52a", "#b9e58f"), ("#621457", "#cc56bd", "#ffb3f3")),
    },
}

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
DICHROMACY = {
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def to_linear(srgb: np.ndarray) -> np.ndarray:
    """sRGB in [0, 1] to linear light."""
    return np.where(srgb <= 0.04045, srgb / 12.92, ((np.maximum(srgb, 0) + 0.055) / 1.055) ** 2.4)


def to_srgb(linear: np.ndarray) -> np.ndarray:
    """Linear light to sRGB in [0, 1], clipped."""
    c = np.clip(linear, 0, 1)
    return np.where(c <= 0.0031308, 12.92 * c, 1.055 * c ** (1 / 2.4) - 0.055)


def parse(colour: str) -> np.ndarray:
    """ "#rrggbb" to sRGB in [0, 1]."""
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255


def oklab(srgb: np.ndarray) -> np.ndarray:
    """sRGB (..., 3) in [0, 1] to OKLab (L in [0, 1], a, b)."""
    return np.cbrt(to_linear(np.asarray(srgb)) @ _TO_LMS.T) @ _TO_LAB.T


def from_oklab(lab: np.ndarray) -> np.ndarray:
    """OKLab to linear light, possibly outside the gamut."""
    return ((lab @ np.linalg.inv(_TO_LAB).T) ** 3) @ np.linalg.inv(_TO_LMS).T


def into_gamut(lab: np.ndarray) -> np.ndarray:
    """The sRGB of each colour, its chroma reduced at constant lightness and hue until a screen can show it."""
    low, high = np.zeros(len(lab)), np.ones(len(lab))
    for _ in range(24):
        middle = np.where(high - low < 1e-6, high, (low + high) / 2)
        linear = from_oklab(lab * np.stack([np.ones_like(middle), middle, middle], -1))
        inside = ((linear >= -1e-4) & (linear <= 1 + 1e-4)).all(-1)
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    return to_srgb(from_oklab(lab * np.stack([np.ones_like(low), low, low], -1)))


def arm(paper: str, stops: tuple[str, ...], steps: int, end: float | None = None) -> np.ndarray:
    """From the paper through `stops` in even steps of lightness to `end` (default: the last stop's): (steps, 3)."""
    points = oklab(np.stack([parse(colour) for colour in (paper, *stops)]))
    if end is not None:
        points[-1, 0] = end
    along = (points[:, 0] - points[0, 0]) / (points[-1, 0] - points[0, 0])
    at = np.linspace(0, 1, steps)
    lightness = points[0, 0] + at * (points[-1, 0] - points[0, 0])
    smooth = [_smooth(at, along, points[:, channel]) for channel in (1, 2)]
    rgb = into_gamut(np.stack([lightness, *smooth], -1))
    rgb[0] = parse(paper)
    return rgb


def _smooth(at: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Piecewise linear, then rounded off with a short moving average that leaves both ends in place."""
    width = max(1, len(at) // 8)
    line = np.interp(at, x, y)
    padded = np.concatenate([2 * line[0] - line[width:0:-1], line, 2 * line[-1] - line[-2 : -width - 2 : -1]])
    return np.convolve(padded, np.ones(2 * width + 1) / (2 * width + 1), mode="valid")


def ramp(name: str, theme: str) -> np.ndarray:
    """(256, 3) uint8: "write", "read", "plain" run from 0 to 1; "signed", "gradient" from -v to v around the paper."""
    paper = PAPER[theme]
    if name in SEQUENTIAL[theme]:
        rgb = arm(paper, SEQUENTIAL[theme][name], SIZE)
    else:
        negative, positive = DIVERGING[theme][name]
        end = float(np.mean([oklab(parse(stops[-1]))[0] for stops in (negative, positive)]))
        left, right = (arm(paper, stops, SIZE // 2, end) for stops in (negative, positive))
        rgb = np.concatenate([left[::-1], right])
    return np.rint(rgb * 255).astype(np.uint8)


def names() -> list[str]:
    """Every ramp."""
    return [*SEQUENTIAL["light"], *DIVERGING["light"]]


def seen_by(rgb: np.ndarray, kind: str) -> np.ndarray:
    """What a dichromat ("protan", "deutan", "tritan") sees of sRGB (..., 3) in [0, 1]."""
    return to_srgb(to_linear(np.asarray(rgb)) @ DICHROMACY[kind].T)


def as_javascript() -> str:
    """The generated module: each ramp as 256 concatenated rrggbb."""
    lines = ["// Generated by `python -m memviz.render.colours`; do not edit.", "", "export const RAMPS = {"]
    for theme in THEMES:
        lines.append(f"  {theme}: {{")
        lines += [f'    {name}: "{ramp(name, theme).tobytes().hex()}",' for name in names()]
        lines.append("  },")
    return "\n".join([*lines, "};", ""])


if __name__ == "__main__":
    GENERATED.write_text(as_javascript(), encoding="utf-8")
