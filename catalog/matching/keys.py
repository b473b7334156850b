"""Hashes by which a customer is found without comparing it with all others.

A name gets keys such that two names that ``similarity`` calls one share at least one of them:

- its letters in alphabetical order: the same words in any order, written together or apart (articles and vavs may
  come and go when words are joined, so they are left out);
- the first and the last half of its letters: whatever was typed wrongly in the other half;
- for each word, the other words with the first or last half of this one: a slip in one word, in any order.

Names of the most usual words share halves with thousands; ``deals.matching.lookup`` passes over such keys.
"""

from collections.abc import Iterable, Iterator
from hashlib import blake2b

from catalog.matching.identity import legal_key
from catalog.matching.names import tokens

LEGAL, LETTERS, START, END, WITHOUT = "l", "a", "s", "e", "w"
#: Words beyond these add no keys.
_MOST_WORDS = 8


def hashed(kind: str, text: str) -> int:
    """A key as the signed 64-bit number that the database keeps."""
    return int.from_bytes(blake2b(f"{kind}:{text}".encode(), digest_size=8).digest(), "big", signed=True)


def stored_keys(names: Iterable[str], legal_id: str, country: str) -> set[int]:
    """The keys under which a customer is kept."""
    keys = {hashed(*each) for name in names for each in _name_keys(tokens(name), spread=0)}
    return keys | legal_keys(legal_id, country)


def legal_keys(legal_id: str, country: str) -> set[int]:
    """The key of a legal id; none without one."""
    key = legal_key(legal_id, country)
    return {hashed(LEGAL, key)} if key else set()


def asked_keys(name: str) -> set[int]:
    """The keys under which a name may be found: as stored, with halves of names that are a letter longer or shorter."""
    return {hashed(*each) for each in _name_keys(tokens(name), spread=1)}


def _name_keys(words: tuple[str, ...], spread: int) -> Iterator[tuple[str, str]]:
    letters = "".join(words)
    if not letters:
        return
    yield LETTERS, "".join(sorted(letters.replace("ال", "").replace("و", "") or letters))
    if len(letters) > 4:
        for size in range(len(letters) - spread, len(letters) + spread + 1):
            yield START, letters[: size // 2]
            yield END, letters[-(size // 2) :]
    if len(words) > 1:
        for place, word in enumerate(words[:_MOST_WORDS]):
            yield from _without(words[:place] + words[place + 1 :], word, spread)


def _without(others: tuple[str, ...], word: str, spread: int) -> Iterator[tuple[str, str]]:
    """The letters of the other words, with half of ``word``; a word of up to four letters has no slips."""
    if len(word) < 4:
        return
    rest = "".join(sorted("".join(others)))
    for size in range(len(word) - spread, len(word) + spread + 1):
        yield WITHOUT, f"{rest}<{word[: size // 2]}"
        yield WITHOUT, f"{rest}>{word[-(size // 2) :]}"
