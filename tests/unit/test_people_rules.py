"""Names, passwords and slugs: what is taken, and what the refusals say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiki.people.attempts import BY_ADDRESS, for_address, for_name
from wiki.people.errors import PeopleError
from wiki.people.passwords import Passwords
from wiki.people.rules import check_password, clean_line, clean_name, clean_slug, digest, name_key, new_id, new_secret


@pytest.mark.parametrize("name", ["ada", "A.Lovelace", "x2", "o-neil", "a_b", "Åsa", "田中", "a" * 40, " ada "])
def test_usable_names(name: str) -> None:
    assert clean_name(name) == name.strip()


@pytest.mark.parametrize("name", ["", " ", "a", "a" * 41, "-ada", ".ada", "_ada", "a b", "a/b", "a@b", "a\0b", "a\nb"])
def test_names_that_are_refused_say_so_at_their_field(name: str) -> None:
    with pytest.raises(PeopleError) as refused:
        clean_name(name)
    assert refused.value.field == "name"
    assert str(refused.value).endswith(".")


@given(st.text(max_size=60))
def test_a_name_that_is_taken_is_stable_and_fits_its_column(text: str) -> None:
    try:
        name = clean_name(text)
    except PeopleError:
        return
    assert clean_name(name) == name
    assert 2 <= len(name) <= 40
    assert name_key(name) == name_key(name.upper()) or not name.isascii()
    assert name_key(name_key(name)) == name_key(name)


@pytest.mark.parametrize(
    ("password", "part"),
    [
        ("short", "at least 10"),
        ("a" * 1001, "at most"),
        ("1234567890", "among the first"),
        ("PASSWORD123", "among the first"),
        ("aaaaaaaaaaaa", "among the first"),
        ("lovelace-ada", "too close"),
        ("Lovelace-Ada1", "too close"),
    ],
)
def test_weak_passwords_are_refused(password: str, part: str) -> None:
    with pytest.raises(PeopleError, match=part) as refused:
        check_password(password, "lovelace-ada")
    assert refused.value.field == "password"


@pytest.mark.parametrize(
    "password", ["correct horse battery", "lovelace-ada and the machine", "pässwörter sind lang", "          x1y2z3"]
)
def test_good_passwords_pass(password: str) -> None:
    check_password(password, "lovelace-ada", "Al")


def test_passwords_verify_and_unknown_ones_cost_a_hash_too() -> None:
    passwords = Passwords.quick()
    kept = passwords.hash("correct horse battery")
    assert passwords.verify(kept, "correct horse battery")
    assert not passwords.verify(kept, "correct horse")
    assert not passwords.verify(None, "no account has this password")
    assert not passwords.verify("not a hash", "x")
    assert not passwords.outdated(kept)
    assert Passwords().outdated(kept)


@given(st.text())
def test_any_text_can_be_a_password_attempt_or_a_secret(text: str) -> None:
    passwords = Passwords.quick()
    assert passwords.verify(passwords.hash(text), text)
    assert len(digest(text)) == 64
    assert for_name(text).digest == for_name(text.strip()).digest


@pytest.mark.parametrize("slug", ["ops", "a1", "site-reliability", " Ops "])
def test_usable_slugs(slug: str) -> None:
    assert clean_slug(slug) == slug.strip().lower()


@pytest.mark.parametrize("slug", ["", "-ops", "ops-", "a--b", "a b", "../x", "é", "a" * 61, "a\0"])
def test_slugs_that_are_refused(slug: str) -> None:
    with pytest.raises(PeopleError) as refused:
        clean_slug(slug)
    assert refused.value.field == "slug"


def test_lines_lose_breaks_and_keep_their_words() -> None:
    assert clean_line("  Ada \n Lovelace ", "f", "A name") == "Ada Lovelace"
    for bad in ("a\0b", "a\x1bb", "\ud800"):
        with pytest.raises(PeopleError):
            clean_line(bad, "f", "A name")
    with pytest.raises(PeopleError, match="at most 80"):
        clean_line("x" * 81, "f", "A name")


def test_addresses_are_counted_by_customer() -> None:
    same = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9"]
    assert for_address(same[0]) == for_address(same[1])
    assert for_address("2001:db8:1:3::1") != for_address(same[0])
    assert for_address("::ffff:192.0.2.7") == for_address("192.0.2.7")
    assert for_address("192.0.2.7") != for_address("192.0.2.8")
    assert for_address(None) == for_address("") == for_address("unknown")
    assert for_address("192.0.2.7").limit is BY_ADDRESS


def test_identifiers_and_secrets_do_not_repeat() -> None:
    assert len({new_id() for _ in range(500)}) == 500
    assert all(len(new_id()) == 12 for _ in range(20))
    assert len({new_secret() for _ in range(500)}) == 500
