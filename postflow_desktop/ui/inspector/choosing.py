"""What was chosen for an account beside the content, in words."""

from __future__ import annotations

from postflow_desktop.domain.network import Network
from postflow_desktop.domain.options import Options, summary
from postflow_desktop.ui.backend import PlaceBackend


def chosen_words(backend: PlaceBackend, network: Network, options: Options) -> str:
    """One line; empty where all is as usual."""
    return summary(backend.rules(network).options, options) if options else ""
