"""Messages of tables: what happened, why, and what to do."""

from pathlib import Path

from micrograd.support.listing import abbreviate, quote
from micrograd.support.wording import nearest, plural

MOST_COMPARED = 1000  # names that are looked at for a similar one
SAVE_AS_CSV = "Save the table as CSV in UTF-8, which spreadsheets offer when they save."
NO_HEADER = " (The first line has only numbers, so it was read as data.)"


def not_utf8(path: object, line: int) -> str:
    return f"{path}, line {line}: the text is not UTF-8. {SAVE_AS_CSV}"


def nul_byte(path: object, line: int) -> str:
    return f"{path}, line {line} has a NUL byte, which no text can have. {SAVE_AS_CSV}"


def damaged_gzip(path: object) -> str:
    return f"{path} cannot be unpacked, because the gzip file is damaged or cut off. Pack it again."


def spreadsheet(path: object) -> str:
    return (
        f"{path} is a spreadsheet, and only CSV is read. Save its sheet as CSV in UTF-8, and name "
        "that file instead."
    )


def not_csv(path: object, reader: str) -> str:
    """`reader` is the call of pandas that reads the file, with {} for its path."""
    new = str(Path(str(path)).with_suffix(".csv"))
    call = reader.format(repr(str(path)))
    return (
        f"{path} is not a CSV file, and only CSV is read. Write one with pandas: "
        f"pandas.{call}.to_csv({new!r}, index=False)."
    )


def empty_file(path: object) -> str:
    return f"{path} is empty. Write a line with the names of the columns and a line for each row."


def only_a_header(path: object) -> str:
    return f"{path} has a line of names but no rows. Write a line for each row below it."


def malformed_csv(path: object, line: int, error: object) -> str:
    return (
        f"{path}: the row that begins on line {line} cannot be read ({error}). Look for a "
        'quotation mark that is not closed, or that is not doubled ("") inside quotes.'
    )


def unequal_rows(path: object, wrong: dict[int, int], width: int) -> str:
    """`wrong` is {line: the number of its cells}."""
    line, cells = next(iter(wrong.items()))
    others = f" ({len(wrong) - 1:,} more lines are like it)" if len(wrong) > 1 else ""
    return (
        f"{path}, line {line} has {plural(cells, 'cell')} but the first line has "
        f"{width}{others}. Put quotation marks around a cell that contains a delimiter."
    )


def no_such_column(path: object, name: str, names: list[str], has_header: bool) -> str:
    near = nearest(name, names[:MOST_COMPARED])
    meant = f"Did you mean {near[0]!r}? " if near else ""
    columns = f"Its columns are {abbreviate(quote(names))}."
    return f"{path} has no column {name!r}. {meant}{columns}{'' if has_header else NO_HEADER}"


def columns_not_there(path: object, missing: list[str], others: list[str], has_header: bool) -> str:
    """`others` are the columns that the model does not know: one may be meant by a missing name."""
    listed = []
    for name in missing[:8]:
        near = nearest(name, others[:MOST_COMPARED])
        listed.append(f"{name!r} (is it {near[0]!r}?)" if near else repr(name))
    more = f" and {len(missing) - 8:,} more" if len(missing) > 8 else ""
    return (
        f"{path} lacks columns that the model was trained on: {', '.join(listed)}{more}. Add "
        f"them, or rename the columns to these names.{'' if has_header else NO_HEADER}"
    )


def none_of_its_kind(name: str, text: str, noun: str) -> str:
    return (
        f"Column {name!r} has no cell that is {noun}, as in the table of the training, but has "
        f"{text!r}. Write it as it was there, or leave the cells empty."
    )


def too_many_inputs(inputs: int, parameters: int, most: int) -> str:
    return (
        f"The table gives {inputs:,} inputs, and a network of them has {parameters:,} parameters, "
        f"more than the {most:,} that are trained in a reasonable time. Remove columns, or choose "
        "smaller --layers."
    )


def dates_as_target(target: str) -> str:
    return (
        f"The target {target!r} has dates, which cannot be predicted. Write the number of days "
        "since one of them, or use --task classify."
    )


def no_features(target: str, reasons: list[str]) -> str:
    """`reasons` are the notes on the columns that were left out."""
    more = [f"And {len(reasons) - 3:,} more."] if len(reasons) > 3 else []
    return " ".join([f"No column is left to predict {target!r} from.", *reasons[:3], *more])


def too_few_rows(rows: int, target: str, least: int) -> str:
    have = "has" if rows == 1 else "have"
    return (
        f"Only {plural(rows, 'row')} {have} a value for {target!r}. Training, validation and test "
        f"need at least {least}."
    )


def one_value(target: str, value: object, markers: list[str]) -> str:
    """`markers` are the texts, other than "", that were read as missing."""
    named = " or ".join(quote(markers))
    others = f", but for rows with {named}, read as missing" if markers else ""
    return f"The target {target!r} is {value!r} in every row{others}. Choose a target that varies."


def too_many_classes(target: str, classes: int, most: int) -> str:
    return (
        f"The target {target!r} has {classes:,} classes, but a table of this length can teach at "
        f"most {most:,}. Use --task regress if they are amounts, or choose another target."
    )


def not_amounts(target: str, text: str) -> str:
    return (
        f"The target {target!r} contains text ({text!r}), so it cannot be predicted as an amount. "
        "Use --task classify, or choose another target."
    )


def unknown_encoding(path: object) -> str:
    return (
        f"The columns of the model in {path} are described in a way that this version does not "
        "know. Train it again: micrograd train FILE.csv."
    )


def not_of_a_table(path: object) -> str:
    return f"The model in {path} was not trained on a table. Train one: micrograd train FILE.csv."
