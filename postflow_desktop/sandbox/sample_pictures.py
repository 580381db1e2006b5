"""The sample bakery's pictures: flat coloured drawings, made when asked for, always the same.

Drawn at twice their size and scaled down, so that edges are smooth; coordinates are in a square of
1000 by 750 (4:3).
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import ImageDraw

WIDTH, HEIGHT = 1000, 750
_SCALE = 2

Box = tuple[float, float, float, float]
Points = tuple[tuple[float, float], ...]


class _Canvas:
    """Shapes in picture coordinates."""

    def __init__(self, draw: ImageDraw.ImageDraw) -> None:
        self._draw = draw

    def box(self, box: Box, colour: str, *, round_by: float = 0) -> None:
        self._draw.rounded_rectangle(_scaled(box), round_by * _SCALE, fill=colour)

    def oval(self, box: Box, colour: str) -> None:
        self._draw.ellipse(_scaled(box), fill=colour)

    def arc(self, box: Box, angles: tuple[float, float], colour: str, width: float) -> None:
        self._draw.arc(_scaled(box), *angles, fill=colour, width=int(width * _SCALE))

    def pie(self, box: Box, angles: tuple[float, float], colour: str) -> None:
        self._draw.pieslice(_scaled(box), *angles, fill=colour)

    def shape(self, points: Points, colour: str) -> None:
        self._draw.polygon([(x * _SCALE, y * _SCALE) for x, y in points], fill=colour)

    def line(self, points: Points, colour: str, width: float) -> None:
        scaled = [(x * _SCALE, y * _SCALE) for x, y in points]
        self._draw.line(scaled, fill=colour, width=int(width * _SCALE), joint="curve")

    def table(self, wall: str, top: str) -> None:
        """A wall with a table before it."""
        self.box((0, 0, WIDTH, HEIGHT), wall)
        self.box((0, 560, WIDTH, HEIGHT), top)


def draw(name: str) -> bytes:
    """A picture as PNG; KeyError for a name that is not in `NAMES`."""
    from PIL import Image, ImageDraw

    paint = _PICTURES[name]
    image = Image.new("RGB", (WIDTH * _SCALE, HEIGHT * _SCALE))
    paint(_Canvas(ImageDraw.Draw(image)))
    small = image.reduce(_SCALE)
    buffer = io.BytesIO()
    small.quantize(128).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _loaf(canvas: _Canvas) -> None:
    canvas.table("#f3e3c8", "#b98552")
    canvas.box((170, 520, 830, 590), "#8d5f36", round_by=24)
    canvas.oval((230, 220, 770, 570), "#a8622a")
    canvas.oval((245, 225, 755, 540), "#c98340")
    for start in (330, 460, 590):
        canvas.line(((start, 300), (start + 35, 380), (start + 50, 460)), "#f0cf97", 22)
    canvas.oval((320, 250, 430, 290), "#dba05c")


def _croissant(canvas: _Canvas) -> None:
    canvas.table("#dfeaf2", "#7fa4bf")
    canvas.oval((150, 430, 850, 690), "#2f5f8a")
    canvas.oval((185, 440, 815, 655), "#4f83b3")
    canvas.arc((240, 250, 760, 860), (190, 350), "#9c5a1f", 150)
    canvas.arc((252, 262, 748, 848), (191, 349), "#d3903f", 122)
    for angle in (208, 232, 258, 284, 310, 332):
        canvas.arc((255, 265, 745, 845), (angle, angle + 4), "#a8672a", 118)
    canvas.arc((290, 300, 710, 810), (205, 335), "#e9b568", 14)
    for left in (238, 612):
        canvas.oval((left, 470, left + 150, 560), "#9c5a1f")
        canvas.oval((left + 10, 474, left + 140, 546), "#d3903f")


def _cupcakes(canvas: _Canvas) -> None:
    canvas.table("#fbe6e8", "#e7b7a5")
    for left, icing, cup in (
        (120, "#ef7f9b", "#8c4a5d"),
        (380, "#f6e7c3", "#a8763f"),
        (640, "#9dc183", "#5b7a49"),
    ):
        canvas.shape(((left, 420), (left + 240, 420), (left + 200, 620), (left + 40, 620)), cup)
        for step in range(30, 211, 45):
            middle = 120 + (step - 120) * 0.8
            canvas.line(((left + step, 425), (left + middle, 618)), "#ffffff", 5)
        canvas.oval((left - 12, 320, left + 252, 460), icing)
        canvas.oval((left + 28, 250, left + 212, 390), icing)
        canvas.oval((left + 70, 190, left + 170, 310), icing)
        canvas.oval((left + 96, 150, left + 144, 200), "#c8232c")


def _coffee(canvas: _Canvas) -> None:
    canvas.table("#e9ded2", "#6b4a36")
    canvas.oval((220, 560, 780, 690), "#f4efe8")
    canvas.arc((610, 350, 800, 540), (270, 90), "#fbf8f3", 34)
    canvas.pie((260, 130, 700, 640), (0, 180), "#fbf8f3")
    canvas.box((260, 330, 700, 400), "#fbf8f3")
    canvas.oval((260, 290, 700, 380), "#fbf8f3")
    canvas.oval((285, 303, 675, 368), "#5a3420")
    canvas.oval((380, 318, 560, 352), "#a9744a")
    for left in (390, 480, 570):
        canvas.arc((left - 30, 180, left + 30, 250), (90, 270), "#c9b8a6", 12)
        canvas.arc((left - 30, 110, left + 30, 180), (270, 90), "#c9b8a6", 12)


def _shop(canvas: _Canvas) -> None:
    canvas.box((0, 0, WIDTH, HEIGHT), "#bfe0ee")
    canvas.box((0, 650, WIDTH, HEIGHT), "#8f9499")
    canvas.box((120, 120, 880, 660), "#e9d5b1")
    canvas.box((120, 120, 880, 210), "#2c6e63")
    canvas.box((330, 145, 670, 185), "#f3e7cd", round_by=12)
    canvas.box((170, 360, 430, 580), "#6fa5b8", round_by=8)
    canvas.box((570, 360, 830, 580), "#6fa5b8", round_by=8)
    canvas.box((450, 350, 550, 660), "#2c6e63", round_by=6)
    canvas.box((468, 375, 532, 500), "#a8cdd6", round_by=6)
    for number in range(10):
        left = 110 + number * 78
        colour = "#d1483e" if number % 2 else "#fff6e6"
        canvas.box((left, 230, left + 78, 310), colour)
        canvas.oval((left, 280, left + 78, 345), colour)
    for left in (200, 280, 350, 600, 680, 750):
        canvas.oval((left, 525, left + 65, 575), "#c98340")


def _wheat(canvas: _Canvas) -> None:
    canvas.box((0, 0, WIDTH, HEIGHT), "#8cc5e8")
    canvas.oval((730, 70, 880, 220), "#ffe08a")
    canvas.oval((90, 110, 330, 200), "#ffffff")
    canvas.oval((200, 80, 400, 190), "#ffffff")
    canvas.oval((-300, 350, 800, 900), "#d8ab4e")
    canvas.oval((300, 390, 1400, 1000), "#e6bd60")
    canvas.box((0, 560, WIDTH, HEIGHT), "#dcae4c")
    for number in range(14):
        left, top = 40 + number * 72, 430 + (number * 37) % 70
        canvas.line(((left, HEIGHT), (left + 12, top)), "#a97a26", 7)
        for step in range(5):
            middle = top + step * 26
            canvas.oval((left - 14, middle, left + 12, middle + 30), "#f2d07c")
            canvas.oval((left + 12, middle - 10, left + 38, middle + 20), "#e9bf5c")


def _pretzel(canvas: _Canvas) -> None:
    canvas.table("#e5efe0", "#9bb58b")
    canvas.arc((200, 160, 800, 640), (135, 45), "#7a3d14", 74)
    canvas.arc((206, 166, 794, 634), (135, 45), "#a65a22", 60)
    for points in (
        ((300, 560), (470, 430), (600, 330), (690, 260)),
        ((700, 560), (530, 430), (400, 330), (310, 260)),
    ):
        canvas.line(points, "#7a3d14", 70)
        canvas.line(points, "#b0642a", 54)
    for number in range(24):
        angle = math.radians(200 + number * 6)
        out = 0.94 - (number % 3) * 0.06
        x, y = 500 + 294 * out * math.cos(angle), 400 + 234 * out * math.sin(angle)
        canvas.box((x - 6, y - 5, x + 7, y + 6), "#fffdf5", round_by=3)


def _oven(canvas: _Canvas) -> None:
    canvas.box((0, 0, WIDTH, HEIGHT), "#5b3a31")
    for row in range(10):
        for column in range(-1, 8):
            left = column * 150 + (row % 2) * 75
            canvas.box((left + 4, row * 80 + 4, left + 146, row * 80 + 76), "#9c5846", round_by=6)
    canvas.pie((200, 150, 800, 950), (180, 360), "#3a2a26")
    canvas.box((200, 545, 800, 680), "#3a2a26")
    canvas.pie((245, 200, 755, 900), (180, 360), "#1d1210")
    canvas.box((245, 545, 755, 655), "#1d1210")
    for left, top, colour in (
        (330, 420, "#e2571e"),
        (560, 440, "#e2571e"),
        (430, 340, "#f08a24"),
        (400, 470, "#f9c33b"),
        (530, 480, "#f9c33b"),
    ):
        canvas.shape(((left, 640), (left + 65, top), (left + 130, 640)), colour)
        canvas.oval((left, 570, left + 130, 655), colour)
    canvas.box((280, 630, 720, 662), "#6e4327", round_by=14)


def _cake(canvas: _Canvas) -> None:
    canvas.table("#efe4f3", "#b79ac4")
    canvas.box((470, 560, 530, 660), "#f5f2f7")
    canvas.oval((370, 640, 630, 700), "#f5f2f7")
    canvas.oval((200, 520, 800, 600), "#ffffff")
    for number, colour in enumerate(("#4a2617", "#f7ecdc", "#4a2617", "#f7ecdc", "#5b2f1c")):
        top = 520 - number * 52
        canvas.box((270, top, 730, top + 52), colour, round_by=6)
    canvas.oval((265, 265, 735, 355), "#fff7ea")
    for number in range(5):
        left = 310 + number * 85
        canvas.oval((left, 250, left + 52, 302), "#a5142d")
        canvas.oval((left + 12, 259, left + 26, 273), "#e58a98")
        canvas.box((left + 36, 150, left + 50, 262), "#79a7d3", round_by=5)
        canvas.oval((left + 33, 112, left + 53, 152), "#f9c33b")


def _basket(canvas: _Canvas) -> None:
    canvas.box((0, 0, WIDTH, HEIGHT), "#b7d9a0")
    canvas.oval((-200, 480, 1200, 1100), "#88b873")
    canvas.arc((250, 90, 750, 800), (180, 360), "#8a5a2b", 34)
    for left, top in ((260, 330), (390, 290), (520, 300), (630, 340)):
        canvas.oval((left, top, left + 150, top + 130), "#b8742f")
        canvas.oval((left + 8, top + 5, left + 142, top + 108), "#d9994b")
    canvas.shape(((220, 420), (780, 420), (720, 650), (280, 650)), "#a8713a")
    for row in range(4):
        inset = 16 * row
        canvas.line(((232 + inset, 462 + row * 52), (768 - inset, 462 + row * 52)), "#7d5024", 10)
    for row in range(3):
        for column in range(8):
            left, top = 250 + column * 62, 400 + row * 30
            colour = "#d1483e" if (row + column) % 2 else "#fff6e6"
            canvas.box((left, top, left + 62, top + 30), colour)


def _scaled(box: Box) -> Box:
    left, top, right, bottom = (edge * _SCALE for edge in box)
    return left, top, right, bottom


_PICTURES: dict[str, Callable[[_Canvas], None]] = {
    "loaf": _loaf,
    "croissant": _croissant,
    "cupcakes": _cupcakes,
    "coffee": _coffee,
    "shop": _shop,
    "wheat": _wheat,
    "pretzel": _pretzel,
    "oven": _oven,
    "cake": _cake,
    "basket": _basket,
}

NAMES = tuple(_PICTURES)
"""The names of all pictures."""
