"""Design tokens: colours, sizes and times as plain values; no Qt here.

Contrast of the colours is measured by a test: every text colour has at least 4.5 : 1 (WCAG 2.2,
1.4.3) on every background it may stand on.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from postflow_desktop.domain.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    """One theme's colours as "#RRGGBB"."""

    dark: bool
    contrast: bool = False
    canvas: str
    surface: str
    raised: str
    sunken: str
    hover: str
    pressed: str
    selected: str
    border: str
    border_strong: str
    control: str
    """Outline of what can be operated: 3 : 1 at least."""
    grid: str
    text: str
    text2: str
    text3: str
    """The least for reading."""
    disabled: str
    accent: str
    """A fill under white text."""
    accent_hover: str
    accent_text: str
    accent_subtle: str
    focus: str
    success: str
    success_bg: str
    warning: str
    warning_bg: str
    danger: str
    danger_bg: str
    info: str
    info_bg: str
    scrim: str
    """Laid over the window with `scrim_alpha`."""
    scrim_alpha: float

    def names(self) -> tuple[str, ...]:
        """The names of the colours."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return tuple(name for name, value in values.items() if isinstance(value, str))


LIGHT = Colours(
    dark=False,
    canvas="#F6F7F9",
    surface="#FFFFFF",
    raised="#FFFFFF",
    sunken="#ECEEF2",
    hover="#F0F2F5",
    pressed="#E4E7EC",
    selected="#ECEBFE",
    border="#E2E5EA",
    border_strong="#C4C9D2",
    control="#858C99",
    grid="#E9EBEF",
    text="#14171F",
    text2="#4A5160",
    text3="#5C6472",
    disabled="#9CA3AF",
    accent="#4F46E5",
    accent_hover="#4338CA",
    accent_text="#4338CA",
    accent_subtle="#EEEDFD",
    focus="#4F46E5",
    success="#126B35",
    success_bg="#E9F7EE",
    warning="#A14A07",
    warning_bg="#FEF4E2",
    danger="#C01D1D",
    danger_bg="#FDEBEB",
    info="#0B63A5",
    info_bg="#E7F2FB",
    scrim="#0F1219",
    scrim_alpha=0.40,
)

DARK = Colours(
    dark=True,
    canvas="#0F1115",
    surface="#16191F",
    raised="#1E222A",
    sunken="#0B0D10",
    hover="#20242C",
    pressed="#2A2F39",
    selected="#282750",
    border="#282D36",
    border_strong="#3B4250",
    control="#767E8D",
    grid="#22262E",
    text="#ECEEF2",
    text2="#B3B9C5",
    text3="#99A1AF",
    disabled="#5C6470",
    accent="#635BF0",
    accent_hover="#554DE0",
    accent_text="#A9A5FF",
    accent_subtle="#23224A",
    focus="#8E88FF",
    success="#4ADE80",
    success_bg="#12291B",
    warning="#FBBF24",
    warning_bg="#2E2410",
    danger="#FB8080",
    danger_bg="#331719",
    info="#5CB8F5",
    info_bg="#10263A",
    scrim="#000000",
    scrim_alpha=0.60,
)


def _sharper(colours: Colours) -> Colours:
    """High contrast: outlines of controls everywhere, one text colour, no tinted grounds."""
    return replace(
        colours,
        contrast=True,
        border=colours.control,
        border_strong=colours.text2,
        grid=colours.control,
        text2=colours.text,
        text3=colours.text,
        success_bg=colours.surface,
        warning_bg=colours.surface,
        danger_bg=colours.surface,
        info_bg=colours.surface,
    )


LIGHT_CONTRAST = _sharper(LIGHT)
DARK_CONTRAST = _sharper(DARK)


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkColours:
    """A network's colours."""

    tile: str
    """The ground of its icon, under a white glyph."""
    bar: str
    """The bar of a chip, and the glyph on it."""
    tint: str
    """The ground of a chip: the bar's colour mixed into the surface."""


_NETWORKS: dict[Network, tuple[str, str, str]] = {
    Network.X: ("#0F1419", "#0F1419", "#D7DBDF"),
    Network.INSTAGRAM: ("#C13584", "#C13584", "#F06DAE"),
    Network.FACEBOOK: ("#0866FF", "#0866FF", "#5C9DFF"),
    Network.LINKEDIN: ("#0A66C2", "#0A66C2", "#5AA9F2"),
    Network.TIKTOK: ("#0B7A80", "#0B7A80", "#35D3D0"),
    Network.YOUTUBE: ("#D90000", "#D90000", "#FF6B6B"),
    Network.PINTEREST: ("#BD081C", "#BD081C", "#F2707E"),
    Network.THREADS: ("#4B4B4B", "#4B4B4B", "#B9B9B9"),
    Network.BLUESKY: ("#0A72E8", "#0A72E8", "#55B0FF"),
    Network.MASTODON: ("#563ACC", "#563ACC", "#9E8CFF"),
    Network.GOOGLE_BUSINESS: ("#1A73E8", "#1A73E8", "#74A9FA"),
    Network.TELEGRAM: ("#1A77AD", "#1A77AD", "#55B8EE"),
    Network.REDDIT: ("#D33A00", "#D33A00", "#FF8A5C"),
    Network.SNAPCHAT: ("#6B5E00", "#6B5E00", "#FFE94A"),
}
"""Tile, bar in the light theme, bar in the dark theme."""

_TINT = {False: 0.08, True: 0.14}


def mix(over: str, under: str, share: float) -> str:
    """One colour laid over another with this share (0 to 1)."""
    pairs = zip(_channels(over), _channels(under), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02X}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def network_colours(network: Network, dark: bool) -> NetworkColours:
    """The colours of a network in the light or the dark theme."""
    tile, light_bar, dark_bar = _NETWORKS[network]
    bar = dark_bar if dark else light_bar
    surface = (DARK if dark else LIGHT).surface
    return NetworkColours(tile=tile, bar=bar, tint=mix(bar, surface, _TINT[dark]))


def contrast_ratio(one: str, other: str) -> float:
    """How two colours stand against each other, 1 to 21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


SPACE = (2, 4, 8, 12, 16, 20, 24, 32, 40, 56)
"""Steps of distance in px."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Radius:
    """Corner radii in px."""

    bar: int = 3
    chip: int = 4
    control: int = 6
    card: int = 10
    dialog: int = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Fixed sizes in px at 100 % text size."""

    control_small: int = 28
    control: int = 32
    control_large: int = 40
    toolbar: int = 56
    nav: int = 220
    nav_collapsed: int = 56
    inspector: int = 320
    inspector_pushes_from: int = 960
    """Narrower than this, the inspector lies over the screen."""
    palette: int = 600
    min_width: int = 960
    min_height: int = 640
    icon_chip: int = 14
    icon: int = 16
    icon_nav: int = 18


RADIUS = Radius()
SIZES = Sizes()
ROW_HEIGHTS = {"compact": 28, "default": 36, "relaxed": 44}
"""Height of a row in px by density."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """A role of text: size and line height in px, weight of the font."""

    size: int
    line: int
    weight: int
    tabular: bool = False


TYPES = {
    "caption": Type(size=11, line=16, weight=500, tabular=True),
    "small": Type(size=12, line=16, weight=400),
    "body": Type(size=13, line=20, weight=400),
    "strong": Type(size=13, line=20, weight=600),
    "nav": Type(size=13, line=20, weight=500),
    "title": Type(size=15, line=22, weight=600),
    "h2": Type(size=18, line=26, weight=600),
    "h1": Type(size=24, line=32, weight=700),
    "metric": Type(size=28, line=34, weight=600, tabular=True),
    "mono": Type(size=12, line=18, weight=400),
}
