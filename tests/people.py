"""Fixtures every test may ask for by name: an officer, a confirmed firm with its clerk, somebody from another firm."""

import pytest

from tests.market.conftest import account, member, office, organisation


@pytest.fixture
def officer(db):
    return office(account("officer"), "city_officer")


@pytest.fixture
def county(db):
    return office(account("county"), "county_officer", "371521")


@pytest.fixture
def other_county(db):
    return office(account("other_county"), "county_officer", "371522")


@pytest.fixture
def auditor(db):
    return office(account("auditor"), "auditor")


@pytest.fixture
def firm(db):
    return organisation(9001)


@pytest.fixture
def clerk(firm):
    return member(account("clerk"), firm)


@pytest.fixture
def stranger(db):
    return member(account("stranger"), organisation(9002, unit="371522"))
