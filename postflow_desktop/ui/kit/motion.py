"""Whether the system was told to move less.

Qt tells it from 6.12 on (`QAccessibilityHints.motionPreference`); before that each system is asked
in its own way. Windows: SystemParametersInfo with SPI_GETCLIENTAREAANIMATION (0x1042), winuser.h.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

_SPI_GETCLIENTAREAANIMATION = 0x1042


def system_reduces_motion() -> bool:
    """True where the system says so; False where it does not say."""
    if sys.platform == "win32":
        return _windows_reduces_motion()
    return _kde_reduces_motion(Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"))


def _windows_reduces_motion() -> bool:
    import ctypes

    animates = ctypes.c_int(1)
    user32 = getattr(ctypes, "windll").user32  # noqa: B009 - exists on Windows only
    asked = user32.SystemParametersInfoW(_SPI_GETCLIENTAREAANIMATION, 0, ctypes.byref(animates), 0)
    return bool(asked) and not animates.value


def _kde_reduces_motion(config: Path) -> bool:
    """KDE writes `AnimationDurationFactor=0` to kdeglobals when animations are off."""
    try:
        text = (config / "kdeglobals").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    for line in text.splitlines():
        name, _, value = line.partition("=")
        if name.strip() == "AnimationDurationFactor":
            return value.strip() in {"0", "0.0"}
    return False
