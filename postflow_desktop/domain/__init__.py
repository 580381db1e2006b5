"""Values and rules of PostFlow: frozen dataclasses and pure functions.

Here: what a post, target, account or organization is, and what is allowed with it.
Not here: input and output of any kind, clocks, randomness, third-party code (but `regex`).
Used by every other package; the glossary below is the vocabulary of all of them.

Glossary (one word per thing, no synonyms):

account       a social account that an organization connected (a Bluesky profile, an X handle)
attempt       one try to publish one target; recorded before anything is sent, never changed
barrier       the acknowledged write after which bytes may leave for the network
claim         taking a due target under a lease, with a new fence
cluster       the MongoDB that all machines of a workspace share
content hash  SHA-256 over everything a network will show; equal hashes mean equal posts
fence         a counter on the target; a writer with an old fence changes nothing
home          the folder of this machine; two homes are two machines
journal       this machine's own record of what it sent, on disk before it is sent
lease         the time, on the cluster's clock, for which a machine holds a target or account
machine       one home; several processes (window, agent, command line) may run on it
network       where posts go: Bluesky, X, LinkedIn, …
payload       the frozen content of one target, as approved; found by its content hash
post          what a person wrote, for one or more accounts
queue         the weekly slots of one account, for posts that nobody gave a time
slot          a wall time of every week in a queue, and each instant it falls on: room for one post
target        one post for one account at one time; what is claimed, sent and reconciled
variant       the words of a post where they differ for one account
wire form     the exact request body for the network, stored before it is first sent
workspace     one cluster database with the organizations in it
"""
