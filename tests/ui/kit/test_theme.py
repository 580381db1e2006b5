"""The look in force, and what every widget does when it changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from postflow_desktop.ui.kit import icons
from postflow_desktop.ui.kit.memory import Memory
from postflow_desktop.ui.kit.motion import _kde_reduces_motion
from postflow_desktop.ui.kit.theme import Look, current_theme
from postflow_desktop.ui.kit.tokens import DARK, DARK_CONTRAST, LIGHT, LIGHT_CONTRAST, TYPES
from tests.ui.kit.gallery import gallery

LOOKS = [
    pytest.param(Look(mode="light", contrast=False), LIGHT, id="light"),
    pytest.param(Look(mode="dark", contrast=False), DARK, id="dark"),
    pytest.param(Look(mode="light", contrast=True), LIGHT_CONTRAST, id="light-contrast"),
    pytest.param(Look(mode="dark", contrast=True), DARK_CONTRAST, id="dark-contrast"),
]


@pytest.mark.parametrize(("look", "colours"), LOOKS)
def test_a_look_brings_its_colours(look: Look, colours: object, qapp: QApplication) -> None:
    theme = current_theme()
    theme.set_look(look)
    assert theme.colours == colours
    ground = qapp.palette().color(QPalette.ColorRole.Window)
    assert ground == theme.color("canvas")
    assert theme.color("text").name().upper() == theme.colours.text


@pytest.mark.parametrize(("look", "colours"), LOOKS)
def test_every_widget_is_painted_in_every_look(look: Look, colours: object, qtbot: QtBot) -> None:
    window = gallery()
    qtbot.addWidget(window)
    window.show()
    current_theme().set_look(look)
    image = window.grab().toImage()
    ground = QColor(current_theme().colours.canvas)
    assert image.pixelColor(2, 2) == ground
    assert _inks(image) > 20


def test_a_change_is_told_once_and_only_if_it_is_one(qtbot: QtBot) -> None:
    theme = current_theme()
    told: list[None] = []
    theme.changed.connect(lambda: told.append(None))
    theme.set_mode("dark")
    theme.set_mode("dark")
    assert len(told) == 1
    with qtbot.waitSignal(theme.changed, timeout=1000):
        theme.set_density("compact")
    assert theme.row_height == 28


def test_text_size_multiplies_letters_and_controls() -> None:
    theme = current_theme()
    theme.set_scale(1.5)
    assert theme.font("body").pixelSize() == round(TYPES["body"].size * 1.5)
    assert theme.px(32) == 48
    theme.set_scale(9.0)
    assert theme.scale == 1.5


def test_reduced_motion_takes_no_time() -> None:
    theme = current_theme()
    theme.set_motion("reduced")
    assert theme.ms(140) == 0
    theme.set_motion("full")
    assert theme.ms(140) == 140


def test_tabular_digits_are_equally_wide() -> None:
    font = current_theme().font("body", tabular=True)
    if font.family() != "Inter":
        pytest.skip("Inter is not installed")
    metrics = QFontMetricsF(font)
    assert metrics.horizontalAdvance("11:11") == pytest.approx(
        metrics.horizontalAdvance("08:48"), abs=0.2
    )


def test_weights_are_real_ones() -> None:
    assert current_theme().font("strong").weight() == QFont.Weight.DemiBold


def test_an_unknown_colour_or_role_is_an_error() -> None:
    with pytest.raises(AttributeError):
        current_theme().color("mauve")
    with pytest.raises(KeyError):
        current_theme().font("huge")


def test_icons_are_drawn_in_the_colour_asked_for(qapp: QApplication) -> None:
    red = QColor("#FF0000")
    image = icons.pixmap("plus", 18, red, 2.0).toImage()
    assert image.width() == 36
    inks = {image.pixelColor(x, y).rgb() for x in range(36) for y in range(36)}
    assert red.rgb() in inks
    with pytest.raises(KeyError):
        icons.pixmap("no-such-icon", 18, red)


def test_newer_icon_names_find_what_stands_nearest(qapp: QApplication) -> None:
    assert icons.has_icon("plugs")
    assert icons.has_icon("sidebar-simple")
    assert not icons.has_icon("no-such-icon")


def test_what_was_chosen_is_there_at_the_next_start(tmp_path: Path) -> None:
    look = Look(mode="dark", contrast=True, density="relaxed", scale=1.25, motion="reduced")
    Memory(tmp_path / "window.ini").keep_look(look)
    assert Memory(tmp_path / "window.ini").look() == look


def test_odd_stored_values_are_read_as_the_usual_ones(tmp_path: Path) -> None:
    path = tmp_path / "window.ini"
    memory = Memory(path)
    for key in ("mode", "contrast", "density", "scale", "motion"):
        memory.keep(f"look/{key}", "purple")
    memory.save()
    assert Memory(path).look() == Look()
    path.write_bytes(b"\x00\xff not a settings file")
    assert Memory(path).look() == Look()


def test_kde_says_that_animations_are_off(tmp_path: Path) -> None:
    assert not _kde_reduces_motion(tmp_path)
    (tmp_path / "kdeglobals").write_text("[KDE]\nAnimationDurationFactor=0\n")
    assert _kde_reduces_motion(tmp_path)
    (tmp_path / "kdeglobals").write_text("[KDE]\nAnimationDurationFactor=1\n")
    assert not _kde_reduces_motion(tmp_path)


def _inks(image: QImage) -> int:
    step = 3
    return len(
        {
            image.pixel(x, y)
            for x in range(0, image.width(), step)
            for y in range(0, image.height(), step)
        }
    )
