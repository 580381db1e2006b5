"""Colours that can be read."""

from __future__ import annotations

import pytest

from postflow_desktop.domain.network import Network
from postflow_desktop.ui.kit.tokens import (
    DARK,
    DARK_CONTRAST,
    LIGHT,
    LIGHT_CONTRAST,
    Colours,
    contrast_ratio,
    mix,
    network_colours,
)

THEMES = [
    pytest.param(LIGHT, id="light"),
    pytest.param(DARK, id="dark"),
    pytest.param(LIGHT_CONTRAST, id="light-contrast"),
    pytest.param(DARK_CONTRAST, id="dark-contrast"),
]
GROUNDS = ("canvas", "surface", "raised", "hover", "selected")
READABLE = 4.5
OPERABLE = 3.0


def test_contrast_is_measured_as_the_guideline_says() -> None:
    assert contrast_ratio("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast_ratio("#FFFFFF", "#FFFFFF") == pytest.approx(1)
    assert contrast_ratio("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize(
    "ink", ["text", "text2", "text3", "accent_text", "success", "warning", "danger", "info"]
)
@pytest.mark.parametrize("colours", THEMES)
def test_every_text_can_be_read_on_every_ground(colours: Colours, ink: str, ground: str) -> None:
    assert contrast_ratio(getattr(colours, ink), getattr(colours, ground)) >= READABLE


@pytest.mark.parametrize("name", ["success", "warning", "danger", "info"])
@pytest.mark.parametrize("colours", THEMES)
def test_states_can_be_read_on_their_own_ground(colours: Colours, name: str) -> None:
    ground = getattr(colours, f"{name}_bg")
    assert contrast_ratio(getattr(colours, name), ground) >= READABLE
    assert contrast_ratio(colours.text, ground) >= READABLE


@pytest.mark.parametrize("colours", THEMES)
def test_white_can_be_read_on_the_accent(colours: Colours) -> None:
    assert contrast_ratio("#FFFFFF", colours.accent) >= READABLE
    assert contrast_ratio("#FFFFFF", colours.accent_hover) >= READABLE
    assert contrast_ratio(colours.accent_text, colours.accent_subtle) >= READABLE


@pytest.mark.parametrize("ground", ["canvas", "surface", "raised"])
@pytest.mark.parametrize("colours", THEMES)
def test_controls_and_focus_stand_out(colours: Colours, ground: str) -> None:
    assert contrast_ratio(colours.control, getattr(colours, ground)) >= OPERABLE
    assert contrast_ratio(colours.focus, getattr(colours, ground)) >= OPERABLE


@pytest.mark.parametrize("network", list(Network))
def test_a_network_can_be_told_in_both_themes(network: Network) -> None:
    for colours in (LIGHT, DARK):
        found = network_colours(network, colours.dark)
        assert contrast_ratio("#FFFFFF", found.tile) >= READABLE
        assert contrast_ratio(found.bar, colours.surface) >= READABLE
        assert contrast_ratio(colours.text, found.tint) >= 10
        assert contrast_ratio(colours.text3, found.tint) >= READABLE


def test_colours_mix_by_their_share() -> None:
    assert mix("#FF0000", "#0000FF", 0.0) == "#0000FF"
    assert mix("#FF0000", "#0000FF", 1.0) == "#FF0000"
    assert mix("#FFFFFF", "#000000", 0.5) == "#808080"
