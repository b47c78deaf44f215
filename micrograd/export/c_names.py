"""Names that C has given away, which no function of an exported model can have."""

import re
from pathlib import Path

from micrograd.export import messages
from micrograd.export.c_ops import FUNCTIONS as HELPERS

KEYWORDS = """
auto break case char const continue default do double else enum extern float for goto if inline int
long register restrict return short signed sizeof static struct switch typedef union unsigned void
volatile while asm bool false true nullptr
"""
FUNCTIONS = """
acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh erf erfc exp exp2 expm1 fabs fdim
floor fma fmax fmin fmod frexp hypot ilogb ldexp lgamma llrint llround log log10 log1p log2 logb
lrint lround modf nan nearbyint nextafter nexttoward pow remainder remquo rint round scalbln scalbn
sin sinh sqrt tan tanh tgamma trunc
"""
MACROS = """
fpclassify isfinite isgreater isgreaterequal isinf isless islessequal islessgreater isnan isnormal
isunordered signbit
"""
LIBRARY = """
abort abs atexit atof atoi atol bsearch calloc clock ctime div exit free getc getenv gets isalnum
isalpha isdigit islower isspace isupper labs ldiv main malloc memchr memcmp memcpy memmove memset
printf putc puts qsort raise rand realloc remove rename rewind scanf signal sprintf srand sscanf
strcat strchr strcmp strcpy strlen strtod strtol system time tmpfile tolower toupper
"""
EXTENSIONS = """
double_t drem float_t gamma index j0 j1 jn linux scalb signgam significand unix y0 y1 yn
"""
INSIDE = "constants entry parameters start start_state step_constants"  # of the file's own
NUMBERED = r"places\d+|INFINITY|NAN|HUGE_VAL\w*|FP_\w+|M_\w+"
RESERVED = {*f"{KEYWORDS} {FUNCTIONS} {MACROS} {LIBRARY} {EXTENSIONS} {INSIDE}".split(), *HELPERS}
RESERVED |= {f"{name}{suffix}" for name in FUNCTIONS.split() for suffix in "fl"}


def require_name(path: Path) -> str:
    """Return the name of the functions in a file. Raises ValueError if C cannot have it."""
    name = path.stem
    if path.suffix != ".c":
        raise ValueError(messages.not_a_c_file(path))
    if not re.fullmatch(r"[A-Za-z]\w*", name, re.ASCII):
        letters = re.sub(r"\W", "_", name, flags=re.ASCII)
        usable = letters if letters[0].isalpha() else f"model{letters}"
        raise ValueError(messages.not_a_c_name(name, usable))
    if name in RESERVED or re.fullmatch(NUMBERED, name):
        raise ValueError(messages.name_in_use(name, f"{name}_net"))
    return name
