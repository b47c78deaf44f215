"""How a page that was open comes back to a lab that was killed and started again.

Rule: both know the secret of the lab, and neither ever sends it to the other again. The lab proves
first that it knows it, by a hash with a number that the page has just made up; so a page tells
nothing to another program that has taken the port. The proof of the page is good for once.
"""

import hashlib
import hmac
import secrets
from collections import deque

MOST_OPEN = 100  # challenges that wait for their answers; the oldest give way
LONGEST = 100  # characters of what a page sends


class Returning:
    """The lab's end of the proofs. `secret` is what a page was told when it was first open."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.open: deque[str] = deque(maxlen=MOST_OPEN)  # numbers of the page and of the lab

    def challenge(self, number: str) -> dict[str, str]:
        """Return the lab's own number, and the proof for the number of a page."""
        own = secrets.token_urlsafe()
        both = f"{number[:LONGEST]} {own}"
        self.open.append(both)
        return {"number": own, "proof": proof(self.secret, f"lab {both}")}

    def accepts(self, number: str, own: str, offered: str) -> bool:
        """Return whether a page proves that it knows the secret. Each challenge is used up."""
        both = f"{number} {own}"
        if both not in self.open:
            return False
        self.open.remove(both)
        wanted = proof(self.secret, f"page {both}")
        return secrets.compare_digest(offered.encode(errors="replace"), wanted.encode())


def proof(secret: str, text: str) -> str:
    """Return the proof that somebody who knows the secret has seen the text."""
    return hmac.new(secret.encode(), text.encode(errors="replace"), hashlib.sha256).hexdigest()
