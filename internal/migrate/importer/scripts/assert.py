"""Runs the Python assertions that stand in the .json file of the same name.

Written by `promptbench import`. It speaks the protocol of command graders: one JSON object a line, each way.
"""

import importlib.util
import json
import math
import os
import sys
import textwrap

HERE = os.path.dirname(os.path.abspath(__file__))
PROTOCOL = sys.stdout
sys.stdout = sys.stderr  # what an assertion prints is no answer


def table():
    with open(os.path.splitext(os.path.abspath(__file__))[0] + ".json", encoding="utf-8") as file:
        return json.load(file)


class Unloaded(Exception):
    """Says that there is no code to run, so nothing is known of the reply."""


def load(file, function):
    """Returns a function of the module in a file."""
    path = os.path.normpath(os.path.join(HERE, file))
    sys.path.insert(0, os.path.dirname(path))
    try:
        spec = importlib.util.spec_from_file_location("assertion_" + str(abs(hash(path))), path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return getattr(module, function)
    except (Exception, SystemExit) as error:
        raise Unloaded("loading %s: %s: %s" % (file, type(error).__name__, error)) from error
    finally:
        sys.path.pop(0)


def call(assertion, output, context):
    """Returns what the code gives: an expression's value, or what it returns."""
    if "file" in assertion:
        return load(assertion["file"], assertion.get("function") or "get_assert")(output, context)
    code = assertion["code"].strip()
    names = {"output": output, "context": context, "json": json}
    if "\n" not in code and not code.startswith(("return ", "import ")):
        return eval(code, names)
    exec("def assertion(output, context):\n" + textwrap.indent(code, "    "), names)
    return names["assertion"](output, context)


def verdict(result, assertion):
    """Makes a value from 0 to 1, a pass and a reason of what an assertion gives."""
    reason = ""
    threshold = assertion.get("threshold")
    if isinstance(result, dict):
        reason = str(result.get("reason") or "")
        score = result.get("score")
        passed = result.get("pass", result.get("pass_"))
        if score is None:
            score = 1 if passed else 0
        if passed is None:
            passed = score > 0 if threshold is None else True
        passed = passed and (threshold is None or score >= threshold)
    elif isinstance(result, bool) or str(result).lower() in ("true", "false"):
        passed = str(result).lower() == "true"
        score = float(passed)
    elif isinstance(result, (int, float, str)):
        score = float(result)  # of a text that is no number, an error
        passed = score > 0 if threshold is None else score >= threshold
    else:
        raise TypeError("an assertion gave %r, expected true, false, a number or a dict" % (result,))
    if not math.isfinite(score):
        raise ValueError("an assertion gave %r" % score)
    if assertion.get("not"):
        score, passed = 1 - score, not passed
    return min(max(float(score), 0.0), 1.0), bool(passed), reason


def outcome(assertion, output, context):
    """Returns the verdict of an assertion. One that raises has failed, with or without not."""
    try:
        return verdict(call(assertion, output, context), assertion)
    except Unloaded:
        raise
    except (Exception, SystemExit) as error:
        return 0.0, False, "raised %s: %s" % (type(error).__name__, error)


def output_of(sample, parsed):
    """Returns what promptfoo hands to an assertion: the value itself where the model is asked for JSON by a schema."""
    text = sample["reply"]["text"]
    if parsed:
        try:
            return json.loads(text)
        except ValueError:
            pass
    return text


def grade(sample, cases, vars_of, parsed):
    assertions = cases.get(sample["case"])
    if not assertions:
        return {"not_applicable": "the case has no Python assertion"}
    values, passes, reasons = [], [], []
    for assertion in assertions:
        context = {
            "vars": dict(sample.get("vars") or {}, **(vars_of.get(sample["case"]) or {})),
            "prompt": sample.get("input", ""),
            "config": assertion.get("config") or {},
            "test": {"vars": vars_of.get(sample["case"]) or {}},
        }
        value, passed, reason = outcome(assertion, output_of(sample, parsed), context)
        values.append(value)
        passes.append(passed)
        if reason or not passed:
            reasons.append(reason or "not so: " + " ".join(assertion.get("code", assertion.get("file", "")).split())[:200])
    return {"value": sum(values) / len(values), "pass": all(passes), "reason": "; ".join(reasons)}


def main():
    data = table()
    for line in sys.stdin:
        message = json.loads(line)
        if "protocol" in message:
            answer = {"protocol": 1, "name": message.get("grader", "python"), "version": "1"}
        else:
            try:
                answer = grade(message, data["cases"], data["vars"], data["parsed"])
            except Unloaded as error:
                answer = {"unscored": str(error)}
            answer["id"] = message["id"]
        PROTOCOL.write(json.dumps(answer) + "\n")
        PROTOCOL.flush()


main()
