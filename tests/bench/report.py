"""How figures are printed."""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence


def figure(name: str, **values: object) -> None:
    """One figure as a JSON line; floats are rounded to what the machine can tell."""
    rounded = {k: round(v, 4) if isinstance(v, float) else v for k, v in values.items()}
    print(json.dumps({"figure": name, **rounded}), flush=True)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of the values lies."""
    if len(values) == 1:
        return values[0]
    return statistics.quantiles(values, n=1000, method="inclusive")[round(share * 1000) - 1]
