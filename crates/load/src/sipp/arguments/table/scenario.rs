//! Scenarios.

use super::super::row::{Expected, SECOND, does};
use super::super::{Arguments, OptionRow, Source, Topic};

const S: Topic = Topic::Scenario;

pub(super) const ROWS: &[OptionRow] = &[
    does(
        S,
        "-sd",
        "NAME",
        "prints a built-in scenario and ends",
        |_, _| Ok(()),
    ),
    does(
        S,
        "-sf",
        "FILE",
        "plays the scenario in FILE",
        |all, values| main(all, Source::File(values[0].clone())),
    ),
    does(
        S,
        "-sn",
        "NAME",
        "plays a built-in scenario; uac if no scenario is named",
        |all, values| main(all, Source::Builtin(values[0].clone())),
    ),
    does(
        S,
        "-rxsf",
        "FILE",
        "plays FILE for calls that come, beside the first scenario",
        |all, values| second(&mut all.received, Source::File(values[0].clone())),
    ),
    does(
        S,
        "-rxsn",
        "NAME",
        "as -rxsf, with a built-in scenario",
        |all, values| second(&mut all.received, Source::Builtin(values[0].clone())),
    ),
    does(S, "-rxrn", "NAME", "as -rxsn", |all, values| {
        second(&mut all.received, Source::Builtin(values[0].clone()))
    }),
    does(
        S,
        "-oocsf",
        "FILE",
        "plays FILE for requests that belong to no call",
        |all, values| second(&mut all.out_of_call, Source::File(values[0].clone())),
    ),
    does(
        S,
        "-oocsn",
        "NAME",
        "as -oocsf, with a built-in scenario",
        |all, values| second(&mut all.out_of_call, Source::Builtin(values[0].clone())),
    ),
];

fn main(all: &mut Arguments, source: Source) -> Result<(), Expected> {
    if all.scenario_given {
        return Err(SECOND);
    }
    all.scenario = source;
    all.scenario_given = true;
    Ok(())
}

fn second(place: &mut Option<Source>, source: Source) -> Result<(), Expected> {
    if place.is_some() {
        return Err(SECOND);
    }
    *place = Some(source);
    Ok(())
}
