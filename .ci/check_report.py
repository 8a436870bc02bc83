#!/usr/bin/env python3
"""Checks the report of a demo: `check_report.py REPORT.json`. Says everything that is wrong, and then exits with 1.

No figure of speed is judged here: a slow machine is not a fault of the code. What is judged is that nothing was lost,
that the sums are right, and that every figure is there and could be one.
"""

import json
import math
import sys

# Field (with a dot into a part) and whether it may be zero.
NUMBERS = {
    "bets_sent": False,
    "bets_accepted": False,
    "bets_refused": False,
    "bets_unanswered": True,
    "bets_per_second": False,
    "latency_us.p50": False,
    "latency_us.p90": False,
    "latency_us.p99": False,
    "latency_us.p999": False,
    "latency_us.max": False,
    "open_bets": False,
    "used_bytes_per_open_bet": False,
    "rss_bytes": False,
    "wal_bytes_per_bet": False,
    "restore.seconds": False,
    "restore.open_bets": False,
    "restore.commands_per_second": False,
    "restore.digests_compared": False,
    "settle.winners": False,
    "settle.paid": False,
    "settle.seconds": False,
    "reads_verified": False,
    "machine.cpus": False,
}
TRUE = ["verified", "conserved", "restore.digest_matches"]


def field(report, path):
    """The value at a path with dots, or None."""
    for name in path.split("."):
        report = report.get(name) if isinstance(report, dict) else None
    return report


def faults(report):
    """Everything that is wrong, in words."""
    for path, may_be_zero in NUMBERS.items():
        value = field(report, path)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            yield f"{path} is {value!r}, not a number"
        elif value < 0 or (value == 0 and not may_be_zero):
            yield f"{path} is {value}"
    for path in TRUE:
        if field(report, path) is not True:
            yield f"{path} is {field(report, path)!r}, not true"


def contradictions(report):
    """What does not add up, once every figure is there."""
    sent, accepted, refused, unanswered = (
        report[name] for name in ("bets_sent", "bets_accepted", "bets_refused", "bets_unanswered")
    )
    if sent != accepted + refused + unanswered:
        yield f"sent {sent} is not accepted {accepted} + refused {refused} + unanswered {unanswered}"
    refusals = sum(report["refusals"].values())
    if refusals != refused:
        yield f"the reasons add up to {refusals} refused bets, not to {refused}"
    latency = [report["latency_us"][name] for name in ("p50", "p90", "p99", "p999", "max")]
    if latency != sorted(latency):
        yield f"quantiles of the latency do not rise: {latency}"
    settle = report["settle"]
    if settle["paid"] != settle["winners"]:
        yield f"{settle['paid']} of {settle['winners']} winners were paid"
    if report["open_bets"] > accepted:
        yield f"{report['open_bets']} open bets, but only {accepted} were ever accepted"
    if report["wal_bytes_per_bet"] < 56:
        yield f"{report['wal_bytes_per_bet']} bytes of log per bet are less than its command has"


def main():
    """Reads the report and judges it."""
    with open(sys.argv[1], encoding="utf-8") as file:
        report = json.load(file)
    found = list(faults(report)) or list(contradictions(report))
    for fault in found:
        print(f"{sys.argv[1]}: {fault}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
