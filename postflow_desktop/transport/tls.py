"""The one TLS context of the process: making one costs about 25 ms, using it costs nothing."""

from __future__ import annotations

import functools
import ssl
import threading

_making = threading.Lock()


def shared_context() -> ssl.SSLContext:
    """Trusts Mozilla's list and what this computer trusts (`SSL_CERT_FILE` included)."""
    with _making:
        return _make()


@functools.cache
def _make() -> ssl.SSLContext:
    import httpx

    context = httpx.create_ssl_context()
    context.load_default_certs()
    return context
