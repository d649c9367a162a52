"""What g++ 12 compiles wrongly: it destroys some temporaries of a full expression that contains `co_await` twice.

Those are lambdas that own what they capture and aggregates; name them in a statement of their own. Lambdas that capture by
reference, or only `this`, are fine. Newer g++ leak the structured binding of an awaited value: await into a name first.
"""
import re

from source_text import line_of, matching


def _owns(captures):
    return any(each.strip() and each.strip() != "this" and not each.strip().startswith("&") for each in captures.split(","))


def _skip_lambda(code, after_captures):
    """The position after the body of the lambda whose capture list ends at `after_captures`."""
    at = after_captures
    while at < len(code) and code[at] not in "{;":
        at = matching(code, at) if code[at] in "([" else at + 1
    return matching(code, at) if at < len(code) and code[at] == "{" else at


def _operand_findings(code, start):
    """Looks through what is awaited, up to the end of the statement or of the enclosing parenthesis."""
    at, depth = start, 0
    while at < len(code):
        char = code[at]
        if char == ";" and depth == 0 or char in ")]}" and depth == 0:
            return
        if char == "[" and not re.search(r"[\w)\]]\s*$", code[max(0, at - 40):at].replace("co_await", "")):
            end = matching(code, at)
            captures = code[at + 1:end - 1]
            if _owns(captures):
                yield at, f"a lambda that owns its captures [{captures.strip()}] in a co_await expression: name it before"
            at = _skip_lambda(code, end)
            continue
        if char == "{":
            yield at, "a braced temporary in a co_await expression: name it before"
            at = matching(code, at)
            continue
        depth += (char in "([") - (char in ")]")
        at += 1


def _enclosing_brace(code, start):
    """The position of `T{` when the co_await at `start` is an argument inside it, else None."""
    at, depth = start - 1, 0
    while at >= 0:
        char = code[at]
        if char in ")]}":
            depth += 1
        elif char in "([":
            depth -= depth > 0
        elif char == ";" and depth == 0:
            return None
        elif char == "{":
            if depth == 0:
                before = re.search(r"([\w:]*\w)(?:\s+\w+)?\s*$", code[max(0, at - 120):at])
                trailing_return = re.search(r"->\s*[\w:<>,\s]+$", code[max(0, at - 120):at])
                is_type = before and not trailing_return and not re.search(
                    r"\b(else|do|try|const|mutable|noexcept|override|final|struct \w+|class \w+|namespace( \w+)?)\s*$",
                    code[max(0, at - 120):at])
                return at if is_type else None
            depth -= 1
        at -= 1
    return None


def coroutine_findings(code):
    """Yields (line, rule, what); `code` has no comments."""
    for match in re.finditer(r"\bco_await\b", code):
        for at, what in _operand_findings(code, match.end()):
            yield line_of(code, at), "coroutine", what
        if (brace := _enclosing_brace(code, match.start())) is not None:
            yield line_of(code, brace), "coroutine", "co_await inside a braced initializer: await into a name first"
    for match in re.finditer(r"\bauto\s*&{0,2}\s*\[[^\]]*\]\s*=\s*co_await\b", code):
        yield line_of(code, match.start()), "coroutine", "structured binding of a co_await: await into a name first"
