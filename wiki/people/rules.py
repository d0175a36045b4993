"""What names, passwords, labels and slugs may be (pure). Every refusal is a sentence tied to its field."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from datetime import UTC, datetime

from wiki.people.errors import PeopleError
from wiki.viewer import Role
from wiki.words import say

ID_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
PASSWORD_MIN = 10
PASSWORD_MAX = 1000
_NAME = re.compile(r"[^\W_][\w.-]{1,39}")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_COMMON = """
    1234567890 12345678910 0123456789 9876543210 password123 password1234 passw0rd123 qwertyuiop qwerty12345
    1q2w3e4r5t 1qaz2wsx3edc abcdefghij abcdefghijk iloveyou123 administrator letmein123 letmein1234 welcome123
    welcome1234 changeme123 changemenow hindsight1 hindsight12 hindsight123 passwordpassword qwertyqwerty
"""


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """A new identifier of 12 characters."""
    return "".join(secrets.choice(ID_ALPHABET) for _ in range(12))


def new_secret(prefix: str = "") -> str:
    """A secret of 256 random bits to show once."""
    return prefix + secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is kept of a random secret. It holds 256 bits, so a slow hash would add nothing."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def askable(text: str, longest: int = 200) -> str:
    """`text` if a database can be asked for it, else "", which nothing is called: no NUL, no half of a character."""
    return text if text.isprintable() and len(text) <= longest else ""


def name_key(name: str) -> str:
    """The form in which sign-in names are compared: without regard to case and to how accents are encoded."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).strip().casefold())


def person_key(name: str) -> str:
    """The form in which names of people in entries are compared: without regard to case and spaces."""
    return name_key(" ".join(name.split()))


def clean_name(name: str) -> str:
    """A sign-in name, or PeopleError: 2 to 40 letters, digits, dots, hyphens and underscores."""
    cleaned = unicodedata.normalize("NFKC", name).strip()
    if not cleaned:
        raise PeopleError("Give a name to sign in with.", "name")
    if not _NAME.fullmatch(cleaned):
        raise PeopleError(
            "A sign-in name has 2 to 40 letters, digits, dots, hyphens or underscores; a letter or digit comes first.",
            "name",
        )
    return cleaned


def clean_line(text: str, field: str, what: str, longest: int = 80) -> str:
    """One line of free text without control characters, or PeopleError."""
    cleaned = " ".join(text.split())
    if len(cleaned) > longest:
        raise PeopleError(say("%(what)s has at most %(longest)s characters.", what=what, longest=longest), field)
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in cleaned):
        raise PeopleError(say("%(what)s holds characters that cannot be shown. Type it again.", what=what), field)
    return cleaned


def clean_slug(slug: str) -> str:
    """A team's slug, or PeopleError: it stands in entries and addresses, so it is plain and short."""
    cleaned = slug.strip().lower()
    if not _SLUG.fullmatch(cleaned) or len(cleaned) > 60:
        raise PeopleError(
            "A team's short name has up to 60 small letters and digits, with single hyphens between them.", "slug"
        )
    return cleaned


def clean_role(role: str | Role) -> Role:
    """A role, or PeopleError."""
    try:
        return Role(role)
    except ValueError:
        raise PeopleError("Choose a role: " + ", ".join(Role) + ".", "role") from None


def check_password(password: str, *names: str, field: str = "password") -> None:
    """Refuse a password that is too short, too long, or among the first that anybody would try. `names` are the
    account's own: a password may not be one of them, nor one of them with a few characters around it."""
    if len(password) < PASSWORD_MIN:
        raise PeopleError(
            say(
                "A password has at least %(password_min)s characters. Three or four unrelated words make a good one.",
                password_min=PASSWORD_MIN,
            ),
            field,
        )
    if len(password) > PASSWORD_MAX:
        raise PeopleError(say("A password has at most %(password_max)s characters.", password_max=PASSWORD_MAX), field)
    plain = name_key(password)
    if plain in _COMMON.split() or len(set(plain)) < 4:
        raise PeopleError("This password is among the first that others would try. Choose another one.", field)
    for name in names:
        key = name_key(name)
        if len(key) >= 3 and key in plain and len(plain) - len(key) < 5:
            raise PeopleError("The password is too close to your name. Choose another one.", field)
