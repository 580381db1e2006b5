"""Pictures for the tour's post: drawn here, so that none has to be shipped."""

from __future__ import annotations

from pathlib import Path


def draw(folder: Path) -> tuple[Path, Path]:
    """A landscape PNG and an upright JPEG (the JPEG with camera data that must not leave)."""
    from PIL import Image, ImageDraw

    wide = Image.linear_gradient("L").resize((1200, 675)).convert("RGB")
    canvas = ImageDraw.Draw(wide)
    for number, colour in enumerate(("#4F46E5", "#0E7C86", "#B45309")):
        left = 180 + number * 300
        canvas.ellipse((left, 220, left + 240, 460), fill=colour)
    first = folder / "market.png"
    wide.save(first)
    tall = Image.radial_gradient("L").resize((800, 1000)).convert("RGB")
    camera = Image.Exif()
    camera[0x010F] = "Tour Camera"
    second = folder / "bread.jpg"
    tall.save(second, quality=88, exif=camera)
    return first, second
