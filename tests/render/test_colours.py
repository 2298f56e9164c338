"""The ramps keep their promises: even lightness, zero is the paper, roles and signs told apart by every eye."""

from __future__ import annotations

import numpy as np
import pytest

from memviz.render import colours

SEQUENTIAL = ("write", "read", "plain")
DIVERGING = ("signed", "gradient")
EYES = (None, *colours.DICHROMACY)


def lab(rgb, eye=None):
    srgb = np.asarray(rgb) / 255
    return colours.oklab(srgb if eye is None else colours.seen_by(srgb, eye))


def test_the_generated_module_is_up_to_date():
    assert colours.GENERATED.read_text("utf-8") == colours.as_javascript(), "run python -m memviz.render.colours"


def test_oklab_agrees_with_published_values_and_goes_there_and_back():
    white, red = colours.oklab(np.array([[1.0, 1, 1], [1, 0, 0]]))
    np.testing.assert_allclose(white, [1, 0, 0], atol=1e-4)
    np.testing.assert_allclose(red, [0.62796, 0.22486, 0.12585], atol=1e-4)
    rgb = np.random.default_rng(0).random((50, 3))
    np.testing.assert_allclose(colours.to_srgb(colours.from_oklab(colours.oklab(rgb))), rgb, atol=1e-6)


@pytest.mark.parametrize("theme", colours.THEMES)
@pytest.mark.parametrize("name", SEQUENTIAL)
def test_more_is_further_from_the_paper_in_even_steps(name, theme):
    lightness = lab(colours.ramp(name, theme))[:, 0]
    steps = np.diff(lightness) * (-1 if theme == "light" else 1)
    assert steps.min() > -1e-3  # eight bits round
    coarse = np.diff(lightness[::15])
    assert np.abs(coarse / coarse.mean() - 1).max() < 0.25
    assert abs(lightness[-1] - lightness[0]) > 0.6


@pytest.mark.parametrize("theme", colours.THEMES)
@pytest.mark.parametrize("name", SEQUENTIAL + DIVERGING)
def test_zero_is_the_paper(name, theme):
    paper = np.rint(colours.parse(colours.PAPER[theme]) * 255)
    zeros = [0] if name in SEQUENTIAL else [127, 128]
    for index in zeros:
        np.testing.assert_array_equal(colours.ramp(name, theme)[index], paper)


@pytest.mark.parametrize("theme", colours.THEMES)
@pytest.mark.parametrize("name", DIVERGING)
def test_both_signs_are_equally_loud(name, theme):
    lightness = lab(colours.ramp(name, theme))[:, 0]
    np.testing.assert_allclose(lightness[:128][::-1], lightness[128:], atol=0.012)


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("theme", colours.THEMES)
@pytest.mark.parametrize("name", DIVERGING)
def test_signs_differ_for_every_eye(name, theme, eye):
    seen = lab(colours.ramp(name, theme), eye)
    for distance in (48, 80, 127):
        assert np.linalg.norm(seen[127 - distance] - seen[128 + distance]) > 0.1


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("theme", colours.THEMES)
def test_writes_and_reads_differ_for_every_eye(theme, eye):
    write, read = (lab(colours.ramp(name, theme), eye) for name in ("write", "read"))
    assert np.linalg.norm(write[128] - read[128]) > 0.12


@pytest.mark.parametrize("theme", colours.THEMES)
@pytest.mark.parametrize("name", SEQUENTIAL)
def test_a_small_weight_is_visible(name, theme):
    seen = lab(colours.ramp(name, theme))
    assert np.linalg.norm(seen[13] - seen[0]) > 0.02  # a weight of 0.05


def test_text_in_the_role_hues_can_be_read():
    from memviz.render.scope.bundle import styles

    for theme, block in zip(colours.THEMES, styles().split("--paper: ")[1:3], strict=True):
        inks = dict(
            part.strip().removeprefix("--").split(": ") for part in block.split("}")[0].split(";") if ": " in part
        )
        for name in ("ink", "muted", "write", "read", "good", "bad"):
            assert contrast(inks[name], colours.PAPER[theme]) >= 4.5, (theme, name)


def contrast(a, b):
    luminance = [colours.to_linear(colours.parse(c)) @ [0.2126, 0.7152, 0.0722] for c in (a, b)]
    return (max(luminance) + 0.05) / (min(luminance) + 0.05)
