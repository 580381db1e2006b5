"""Values and rules of PostFlow: frozen dataclasses and pure functions.

Here: what a post, target, account or organization is, and what is allowed with it.
Not here: input and output of any kind, clocks, randomness, third-party code (but `regex`).
Used by every other package; the glossary below is the vocabulary of all of them.

Glossary (one word per thing, no synonyms):

account       a social account that an organization connected (a Bluesky profile, an X handle)
agenda        what an organization has before it: its next posts, and who would publish them
alert         a notice as a desktop shows it over other windows
attempt       one try to publish one target; recorded before anything is sent, never changed
barrier       the acknowledged write after which bytes may leave for the network
board         the publishers of an organization that are awake, and when machines were on
budget        how many posts an account may send in a time, one for all machines
claim         taking a due target under a lease, with a new fence
cluster       the MongoDB that all machines of a workspace share
content hash  SHA-256 over everything a network will show; equal hashes mean equal posts
coverage      whether somebody will be awake when a post is due
fence         a counter on the target; a writer with an old fence changes nothing
health        how an account is doing (ok, attention, broken), with its reasons by weight
hold          one target kept back by a person, until it is released
home          the folder of this machine; two homes are two machines
journal       this machine's own record of what it sent, on disk before it is sent
lease         the time, on the cluster's clock, for which a machine holds a target or account
lock          what a smaller plan does to what is beyond it: nothing new is planned, nothing lost
machine       one home; several processes (window, agent, command line) may run on it
meter         what a plan counts: accounts, posts of a month, members, waiting posts
network       where posts go: Bluesky, X, LinkedIn, …
option        what is chosen for a post on one account beside its content: who sees it, its marks
own rules     what an organization changed of a network's rules, in place of PostFlow's numbers
part          one of the texts of a thread; the first is the post's own
pause         an account, or all of an organization, kept back by a person, until it is lifted
notice        something a person should know; what follows it replaces it under the same key
payload       the frozen content of one target, as approved; found by its content hash
plan          what an organization may have of each meter, and its features
post          what a person wrote, for one or more accounts
publisher     a process that sends what is due: a window, an agent, a command
queue         the weekly slots of one account, for posts that nobody gave a time
quota         what a network said last about one of its limits on an account
room          what a plan has left of a meter; taken in one step with what takes it
slot          a wall time of every week in a queue, and each instant it falls on: room for one post
step          one of a target's posts: the post, a further part of its thread, its first comment
target        one post for one account at one time; what is claimed, sent and reconciled
turn          the right to mail one member for a while, so that each mail is sent by one machine
upkeep        recurring work around publishing: renewing sessions, checking zones, trimming records
use           an account's last post out, last one refused, quotas and caps, at one moment
variant       the words of a post where they differ for one account
wishes        how a person wants to be told of notices: kinds, ways, quiet hours
wire form     the exact request body for the network, stored before it is first sent
workspace     one cluster database with the organizations in it
"""
