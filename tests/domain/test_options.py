"""What may be chosen beside the content: as it is kept, as it is checked, in the content's hash."""

from __future__ import annotations

from dataclasses import replace

import pytest

from postflow_desktop.domain.authoring import check_options
from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.domain.network import Network, NetworkRules
from postflow_desktop.domain.option_checks import option_problems
from postflow_desktop.domain.options import Options, settled, summary
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.step import content_of
from postflow_desktop.platforms.bluesky.limits import RULES as BLUESKY
from postflow_desktop.platforms.linkedin.limits import RULES as LINKEDIN
from postflow_desktop.platforms.x.limits import RULES as X

PERSON, PAGE = "urn:li:person:782bbtaQ", "urn:li:organization:5515715"


def codes(rules: NetworkRules, *chosen: tuple[str, str], user_id: str = "") -> list[str]:
    return [p.code for p in option_problems(rules, chosen, user_id=user_id, has_media=False)]


@pytest.mark.parametrize(
    ("rules", "given", "kept"),
    [
        # The usual value is nothing at all.
        (X, {"reply_settings": "everyone", "made_with_ai": "no"}, ()),
        (LINKEDIN, {"visibility": "PUBLIC"}, ()),
        # A flag has one word for yes, whatever was typed.
        (X, {"paid_partnership": " Yes "}, (("paid_partnership", "true"),)),
        # Several values stand in the order of the data, each once.
        (BLUESKY, {"labels": "porn, sexual,porn"}, (("labels", "sexual,porn"),)),
        # What a person typed keeps its order.
        (BLUESKY, {"langs": "pt-BR, en"}, (("langs", "pt-BR,en"),)),
        # What a newer PostFlow knows is kept as it is.
        (BLUESKY, {"zeal": "much", "langs": ""}, (("zeal", "much"),)),
    ],
)
def test_what_is_kept(rules: NetworkRules, given: dict[str, str], kept: Options) -> None:
    assert settled(rules.options, given.items()) == kept
    assert settled(rules.options, kept) == kept


@pytest.mark.parametrize(
    ("rules", "chosen", "code"),
    [
        (X, ("reply_settings", "friends"), "option_value"),
        (X, ("paid_partnership", "perhaps"), "option_value"),
        (X, ("made_with_ai", "true"), "option_needs_media"),
        (X, ("visibility", "PUBLIC"), "option_unknown"),
        (LINKEDIN, ("visibility", "CONTAINER"), "option_value"),
        (BLUESKY, ("labels", "sexual,rude"), "option_value"),
        (BLUESKY, ("langs", "English!"), "option_value"),
        (BLUESKY, ("langs", "en,de,fr,es"), "option_too_many"),
    ],
)
def test_what_is_refused(rules: NetworkRules, chosen: tuple[str, str], code: str) -> None:
    (problem,) = option_problems(rules, (chosen,), has_media=False)
    assert problem.code == code
    assert rules.title in problem.message
    assert problem.fix.endswith(".")


def test_what_a_network_has_is_taken() -> None:
    assert codes(X, ("reply_settings", "mentionedUsers"), ("paid_partnership", "true")) == []
    assert codes(BLUESKY, ("labels", "sexual,graphic-media"), ("langs", "en,pt-BR,zh-Hant")) == []
    assert option_problems(X, (("made_with_ai", "true"),), has_media=True) == []


def test_connections_are_for_people() -> None:
    chosen = ("visibility", "CONNECTIONS")
    assert codes(LINKEDIN, chosen, user_id=PERSON) == []
    assert codes(LINKEDIN, chosen, user_id=PAGE) == ["option_not_here"]
    assert codes(LINKEDIN, chosen) == [], "of an unknown account nothing is supposed"
    assert codes(LINKEDIN, ("visibility", "LOGGED_IN"), user_id=PAGE) == []


def test_the_hash_is_another_only_where_something_is_chosen() -> None:
    plain = Payload(
        organization_id="o", network=Network.X, text="Hi", link_url=None, media=(), parts=("2",)
    )
    # As it was stored before there were options.
    assert plain.content_hash == "4118ccd6d6b8748e8bf532b1e5b15170dcd1e78d37bad723172ce649fb63e322"
    chosen = replace(plain, options=(("reply_settings", "following"),))
    other = replace(plain, options=(("reply_settings", "verified"),))
    assert len({plain.content_hash, chosen.content_hash, other.content_hash}) == 3
    assert content_of(chosen, 1).options == chosen.options


def test_it_reads_as_a_sentence() -> None:
    chosen = (("labels", "nudity,porn"), ("langs", "en"), ("zeal", "much"))
    assert summary(BLUESKY.options, chosen) == (
        "Content warning: Nudity, Adult content · Languages: en · zeal: much"
    )
    assert summary(X.options, {"made_with_ai": "true"}) == "Made with AI"
    assert summary(X.options, ()) == ""


@pytest.mark.parametrize(
    "options",
    [
        (("a.b", "x"),),
        (("$set", "x"),),
        (("labels", "x" * 501),),
        (("labels", "half \ud83d"),),
        tuple((f"key{n}", "x") for n in range(21)),
    ],
)
def test_what_can_not_be_kept(options: Options) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_options(options)
    assert caught.value.code == "bad_option"


def test_every_option_says_what_it_is_and_where_it_is_documented() -> None:
    for rules in (X, LINKEDIN, BLUESKY):
        for spec in rules.options:
            assert spec.title
            assert spec.help.endswith(".")
            assert "2026-" in spec.source
            assert spec.choices or spec.form or spec.kind == "flag"
