"""A grader: are subtodos and questions written in one tone?

It reads a sample a line from standard input and answers each with a line on
standard output. docs/custom-graders.md describes the lines.
"""

import json
import sys


def grade(sample):
    """Return what the answer says beside its id."""
    items = sample["reply"]["items"]
    endings = {"answer": ("기",), "question": ("요?", "까?")}.get(sample["reply"]["type"])
    if endings is None or not items:
        return {"not_applicable": "only subtodos and questions have a tone"}
    odd = [item for item in items if not item.endswith(endings)]
    reason = f"{len(odd)} of {len(items)} end otherwise: {odd[0]}" if odd else ""
    return {"value": 1 - len(odd) / len(items), "reason": reason}


def main():
    json.loads(sys.stdin.readline())  # {"protocol": 1, "grader": …}
    say({"protocol": 1, "name": "tone", "version": "1"})
    for line in sys.stdin:
        sample = json.loads(line)
        try:
            answer = grade(sample)
        except Exception as e:  # one odd sample is no reason to leave the others ungraded
            answer = {"unscored": f"{type(e).__name__}: {e}"}
        say({"id": sample["id"], **answer})


def say(message):
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    main()
