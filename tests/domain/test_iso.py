"""Codes of countries and currencies."""

from __future__ import annotations

from importlib.resources import files

from postflow_desktop.domain.iso import COUNTRIES, CURRENCIES, is_country, is_currency


def test_the_countries_are_those_of_the_zones_database() -> None:
    table = files("tzdata").joinpath("zoneinfo/iso3166.tab").read_text(encoding="utf-8")
    listed = {line.split("\t")[0] for line in table.splitlines() if not line.startswith("#")}
    assert listed - {""} == COUNTRIES


def test_codes_are_told_from_what_looks_like_one() -> None:
    assert is_currency("eur")
    assert is_currency("USD")
    assert not any(map(is_currency, ("", "eu", "euro", "xyz")))
    assert all(len(code) == 3 and code.islower() for code in CURRENCIES)
    assert is_country("DE")
    assert not any(map(is_country, ("de", "UK", "XX", "")))
