"""Worked examples of the rules in package stats, each computed as the formula is written and without its shortcuts.

    python rules.py > rules.json     # SciPy 1.17.1, NumPy 2
"""

import json
from math import exp, log, sqrt

import numpy as np
from scipy.optimize import brentq
from scipy.special import gammaln
from scipy.stats import binom, norm, t

A = (0.5, 0.5, 3.0)
Z = norm.ppf(0.975)


def g(x, a):
    return gammaln(x + a) - gammaln(a) - gammaln(x + 1)


def log_post(N, seen, totals):
    r, rest = N - sum(seen), [y - x for x, y in zip(seen, totals)]
    return (gammaln(r + 1) + gammaln(sum(A) + sum(seen)) - gammaln(sum(A) + N)
            + sum(g(i, a + x) for i, a, x in zip(rest, A, seen)))


def log_prior(N, totals):
    return gammaln(N + 1) + gammaln(sum(A)) - gammaln(sum(A) + N) + sum(g(x, a) for x, a in zip(totals, A))


def tango_lower(better, worse, n):
    def statistic(d):
        a = 2 * n
        b = -better - worse + (2 * n - better + worse) * d
        c = -worse * d * (1 - d)
        q = (sqrt(b * b - 4 * a * c) - b) / (2 * a)
        return (better - worse - n * d) / sqrt(n * (2 * q + d * (1 - d))) - Z
    return brentq(statistic, -1 + 1e-12, (better - worse) / n - 1e-12, xtol=1e-14)


def verdict(better, worse, n, margin, alpha):
    flips = better + worse
    p = 1.0 if better == worse else min(1.0, 2 * binom.cdf(min(better, worse), flips, 0.5))
    if p < alpha and better > worse:
        return "improved"
    if worse < n and tango_lower(better, worse, n) >= -margin:
        return "no worse"
    return "regressed" if p < alpha else "inconclusive"


def sequential(N, seen, better, worse, graders=1):
    counts = (better, worse, seen - better - worse)
    possible, chance = set(), 0.0
    for b in range(better, better + N - seen + 1):
        for w in range(worse, worse + N - seen - (b - better) + 1):
            totals = (b, w, N - b - w)
            post = log_post(N, counts, totals)
            inside = post - log_prior(N, totals) > log(0.02 / graders)
            if not inside and post < -40:
                continue
            v = verdict(b, w, N, 0.05, 0.05 / graders)
            if inside:
                possible.add(v)
            if v == "regressed":
                chance += exp(post)
    still = (better, worse, N - better - worse)
    return {"units": N, "seen": seen, "better": better, "worse": worse, "graders": graders,
            "log_ratio": log_post(N, counts, still) - log_prior(N, still),
            "possible": sorted(possible), "chance_regressed": chance}


def wilson_effective(values, K):
    n, m = len(values), sum(values) / len(values)
    v = (n * sum((x - m) ** 2 for x in values) / (n - 1) + m * (1 - m)) / (n + 1)
    factor = min(max(m * (1 - m) / v, 1), K) if v > 0 else 1
    units = n * factor * (Z / t.ppf(0.975, n - 1)) ** 2
    centre, half = m + Z * Z / (2 * units), Z * sqrt(m * (1 - m) / units + Z * Z / (4 * units * units))
    return {"values": values, "trials": K, "lo": max(0.0, (centre - half) / (1 + Z * Z / units)),
            "hi": min(1.0, (centre + half) / (1 + Z * Z / units))}


def judged_rate(N, passes, tp, fp, fn, tn):
    r, a, b = passes / N, (tp + 1) / (tp + fp + 2), (fn + 1) / (fn + tn + 2)
    var = r * r * a * (1 - a) / (tp + fp + 2) + (1 - r) ** 2 * b * (1 - b) / (fn + tn + 2) + (a - b) ** 2 * r * (1 - r) / N
    rate, half = r * a + (1 - r) * b, t.ppf(0.975, tp + fp + fn + tn - 2) * sqrt(var)
    return {"replies": N, "passes": passes, "labels": [tp, fp, fn, tn],
            "rate": rate, "lo": max(0.0, rate - half), "hi": min(1.0, rate + half)}


def judged_difference(judge, people):
    n, N = len(people), len(judge)
    d, gs = list(people.values()), [judge[i] for i in people]
    mean = lambda v: sum(v) / len(v)
    cov = lambda v, w: sum((x - mean(v)) * (y - mean(w)) for x, y in zip(v, w)) / (len(v) - 1)
    lam = min(max(cov(d, gs) / cov(gs, gs), 0), 1) if cov(gs, gs) > 0 else 0
    rest = [x - lam * y for x, y in zip(d, gs)]
    delta = lam * mean(judge) + mean(rest)
    half = t.ppf(0.975, n - 1) * sqrt(cov(rest, rest) * (1 / n - 1 / N) + cov(d, d) / N)
    return {"judge": judge, "people": {str(i): x for i, x in people.items()},
            "delta": delta, "lo": max(-1.0, delta - half), "hi": min(1.0, delta + half)}


def tarone_holm(better_worse):
    p = [float(binom.cdf(b, b + w, 0.5)) for b, w in better_worse]
    least = [0.5 ** (b + w) for b, w in better_worse]
    opened, adjusted, floor = list(range(len(p))), [0.0] * len(p), 0.0
    rejected = [False] * len(p)
    while opened:
        K = 1
        while sum(least[i] <= 0.05 / K for i in opened) > K:
            K += 1
        out = sorted((i for i in opened if p[i] <= 0.05 / K), key=lambda i: p[i])
        for i in out:
            floor = max(floor, K * p[i])
            adjusted[i], rejected[i] = floor, True
        opened = [i for i in opened if i not in out]
        if not out:
            for i in opened:
                adjusted[i] = max(0.05, min(1, K * p[i]))
            break
    return {"better_worse": better_worse, "p": p, "least": least, "rejected": rejected, "adjusted": adjusted}


def augmented(diffs):
    v = diffs + [1, -1]
    n, m = len(v), sum(v) / len(v)
    s = sqrt(sum((x - m) ** 2 for x in v) / (n - 1))
    half = t.ppf(0.975, n - 1) * s / sqrt(n)
    return {"diffs": diffs, "lo": max(-1.0, m - half), "hi": min(1.0, m + half), "cases": ((1.96 + 0.84) * s / 0.05) ** 2}


def effects(cases):
    """Each case: its unit, and its observations as (factors, value)."""
    centre = lambda rows: np.array(rows, float) - np.mean(np.array(rows, float), axis=0)
    units = {}
    for unit, rows in cases:
        x, y = units.setdefault(unit, ([], []))
        x.extend(centre([f for f, _ in rows]))
        y.extend(centre([v for _, v in rows]))
    units = {u: (np.array(x), np.array(y)) for u, (x, y) in units.items()}
    inverse = np.linalg.pinv(sum(x.T @ x for x, _ in units.values()))
    beta = inverse @ sum(x.T @ y for x, y in units.values())
    influence = []
    for x, y in units.values():
        values, vectors = np.linalg.eigh(np.eye(len(y)) - x @ inverse @ x.T)
        root = vectors @ np.diag([v ** -0.5 if v > 1e-9 else 0 for v in values]) @ vectors.T
        influence.append(inverse @ (x.T @ (root @ (y - x @ beta))))
    n, freedom = len(units), max(1, len(units) - np.linalg.matrix_rank(inverse))
    se = np.sqrt(sum(i ** 2 for i in influence)) * np.sqrt(n / (n - 1))
    least = 2.0 ** (1 - sum(bool(np.any(np.abs(y) > 1e-12)) for _, y in units.values()))
    width = t.ppf(0.975, freedom) * se
    said = lambda x, v: "".join("01"[i] for i in x) + "=%g" % v
    return {"cases": [" ".join([str(unit)] + [said(x, v) for x, v in rows]) for unit, rows in cases],
            "delta": list(beta), "std_err": list(se), "lo": list(beta - width), "hi": list(beta + width),
            "p": [max(least, 2 * t.sf(abs(b / s), freedom)) for b, s in zip(beta, se)]}


def halves(seed, cases, factors, units=None):
    rng, out = np.random.default_rng(seed), []
    for i in range(cases):
        rows = [[False] * factors, [True] * factors]
        chosen = rng.permutation(factors)[:factors // 2]
        half = [bool(k in chosen) for k in range(factors)]
        rows += [half, [not h for h in half]]
        values = [float(rng.random() < 0.75 - 0.3 * row[1]) for row in rows]
        out.append((i if units is None else i % units, list(zip(rows, values))))
    return out


near = [1.0] * 28
print(json.dumps({
    "sequential": [sequential(60, 30, 0, 12), sequential(168, 40, 0, 8), sequential(168, 80, 3, 4),
                   sequential(168, 150, 15, 20), sequential(500, 250, 6, 7), sequential(120, 60, 2, 9, 3),
                   sequential(40, 40, 1, 9)],
    "tarone_holm": [tarone_holm([[4, 30], [0, 12], [37, 0]]), tarone_holm([[2, 9], [1, 8], [0, 3], [5, 5]]),
                    tarone_holm([[0, 7], [0, 0], [0, 1], [1, 9], [3, 0]])],
    "wilson_effective": [wilson_effective(near + [2 / 3] * 2, 3), wilson_effective(near + [1.0] * 2, 3),
                         wilson_effective([0.0, 0.25, 0.5, 1.0, 0.75, 0.5], 1), wilson_effective([0.0] * 12, 5)],
    "judged_rate": [judged_rate(168, 120, 30, 5, 3, 12), judged_rate(500, 480, 90, 6, 1, 3),
                    judged_rate(168, 0, 0, 0, 4, 26)],
    "judged_difference": [judged_difference([1, 0, 0, -1, 0, 0, 1, 0, -1, -1, 0, 1], {0: 1, 3: -1, 5: 0, 8: 0, 11: 1}),
                          judged_difference([0, 0, 0, 0, 0, 1], {0: 1, 2: -1, 4: 0, 3: 0})],
    "augmented": [augmented([-0.25] * 9 + [0.0] * 141), augmented([-0.25] * 10 + [0.0] * 140), augmented([0.0] * 20),
                  augmented([1.0])],
    "effects": [effects(halves(1, 12, 3)), effects(halves(2, 40, 5)), effects(halves(3, 24, 4, units=9))],
}, indent=1))
