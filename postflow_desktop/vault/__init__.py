"""Keys of people and organizations, and the sealing of tokens under them.

Here: key derivation, sealed identities, key wraps, token envelopes, recovery codes.
Not here: where keys are kept (cluster, secret store) and who may have them (services).
Used by `bootstrap`, which hands a LocalVault to the services as their vault port.
"""
