"""HTTP for the adapters: one reused client, and one careful way to send what can't be undone.

Here: requests and replies as values, time limits, size limits, what a broken connection means.
Not here: what any network's replies mean, when something is tried again, secrets of any kind.
Used by the networks' adapters; one `HttpClient` is made in `bootstrap` and shared.
"""
