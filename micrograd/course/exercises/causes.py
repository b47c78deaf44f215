"""Causes: the sentence that names the mistake which an edit undoes, with its lines.

Rule: if edits in several places mend everything equally well, the sentence decides for none.
"""

from dataclasses import dataclass

from micrograd.course.exercises.edits import Edit, code
from micrograd.course.exercises.parenthesis_edits import MISSING, OR_MISPLACED


@dataclass(frozen=True)
class Cause:
    """The mistake in a learner's code: one sentence, and its short name."""

    sentence: str
    misconception: str


def cause(together: list[Edit]) -> Cause:
    """Return the sentence for edits that belong together, with the lines."""
    first = together[0]
    lines = sorted({edit.line for edit in together})
    where = f"line {lines[0]}"
    if len(lines) > 1:
        where = f"lines {', '.join(map(str, lines[:-1]))} and {lines[-1]}"
    return Cause(f"{where}: {first.sentence.rstrip('?')}.", first.name)


def cause_of_both(parentheses: Cause) -> Cause:
    """Return the cause if parentheses mend everything, and a sign does, too."""
    begin, missing, place = parentheses.sentence.partition(MISSING)
    place = place.rstrip(".").removesuffix(OR_MISPLACED)
    if not missing or not place:
        return Cause(f"{parentheses.sentence.rstrip('.')}; or a sign is wrong there.", "a sign")
    return Cause(f"{begin}a sign is wrong, or {MISSING},{place}.", "a sign")


def sign_cause(signs: list[list[Edit]]) -> Cause | None:
    """Return the cause if a changed sign mends everything; several places may have that effect."""
    changed = [edits for edits in signs if edits[0].name != "a minus missing"]
    if len(changed) == 1 or len(signs) == 1:
        return cause((changed or signs)[0])
    signs = changed or signs
    if not signs:
        return None
    places = [{edit.line for edit in edits} for edits in signs]
    fewest = [lines for lines in places if not any(other < lines for other in places)]
    lines = sorted(set().union(*fewest))
    together = all(each == fewest[0] for each in fewest)
    where = f"in line {lines[0]}"
    if len(lines) > 1:
        first = ", ".join(map(str, lines[:-1]))
        where = (
            f"in lines {first} and {lines[-1]}" if together else f"in line {first} or {lines[-1]}"
        )
    return Cause(f"a sign is wrong {where}.", "wrong sign")


def pair_cause(pairs: list[list[Edit]]) -> Cause | None:
    """Return the cause if two things, exchanged, mend everything; there may be several pairs."""
    if not pairs:
        return None
    edits = [together[0] for together in pairs]
    shown = " or ".join(dict.fromkeys(f"`{code(edit.slot.content)}`" for edit in edits))
    text = f"line {edits[0].line}: in {shown} the two are in the wrong order."
    return Cause(text, "wrong order")
