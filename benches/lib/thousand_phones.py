"""Many phones in one scenario with the embedded server: registrations, subscriptions, publications."""
import argparse
import os
import sys

from programs import Program, measured

FIRST_EXTENSION = 1000
LIMIT_S = 600
FEATURE = """Feature: Many phones
  Scenario: All register, subscribe to {others} others and publish
    Given extensions {first} to {last} register
    When many users subscribe to {others} others
    Then in sequence users set presence to "After Hours"
"""


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gannet", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--phones", type=int, default=1_000, help="phones (1,000)")
    parser.add_argument("--others", type=int, default=10, help="subscriptions of each (10)")
    parser.add_argument("--mib", type=int, help="demand no more memory than this")
    parser.add_argument("--seconds", type=float, help="demand no more time than this")
    parser.add_argument("--keep", metavar="FOLDER", help="leaves the feature and the output there")
    return parser.parse_args()


def play(options, folder):
    last = FIRST_EXTENSION + options.phones - 1
    path = os.path.join(folder, "many.feature")
    with open(path, "w", encoding="utf-8") as feature:
        feature.write(FEATURE.format(first=FIRST_EXTENSION, last=last, others=options.others))
    run = Program([options.gannet, "test", "many.feature"], folder, "many")
    cost = run.wait(LIMIT_S)
    if cost.code != 0:
        print(run.output() + run.errors(), end="")
    mib = cost.peak_kib / 1024
    told = options.phones * options.others
    print(
        f"{options.phones:,} phones, {told:,} subscriptions, {told:,} changes told:"
        f" exit code {cost.code}, {cost.wall_s:.1f} s, CPU {cost.cpu_s:.1f} s"
        f" (user {cost.user_s:.1f}, system {cost.system_s:.1f}), {mib:.0f} MiB at most,"
        f" {cost.peak_kib / options.phones:.0f} KiB a phone"
    )
    good = cost.code == 0
    for what, value, most in (("MiB", mib, options.mib), ("s", cost.wall_s, options.seconds)):
        if most is not None and value > most:
            print(f"wanted no more than {most} {what}")
            good = False
    return good


if __name__ == "__main__":
    sys.exit(measured(play, arguments(), "gannet-many-"))
