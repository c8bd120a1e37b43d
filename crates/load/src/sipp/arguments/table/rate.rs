//! How many calls.

use std::time::Duration;

use super::super::row::does;
use super::super::values::{count, number, time_ms, time_s};
use super::super::{OptionRow, Topic};

const R: Topic = Topic::Rate;

pub(super) const ROWS: &[OptionRow] = &[
    does(
        R,
        "-r",
        "CALLS",
        "new calls in each period of -rp; 10",
        |all, values| {
            all.rate = number(&values[0])?;
            Ok(())
        },
    ),
    does(R, "-rp", "TIME", "the period (ms); 1 s", |all, values| {
        all.rate_period = time_ms(&values[0])?;
        if all.rate_period < Duration::from_millis(1) {
            return Err("time of at least 1 ms");
        }
        Ok(())
    }),
    does(
        R,
        "-rate_scale",
        "N",
        "by how much the keys + and - change the rate; * and / by ten times that",
        |all, values| {
            all.rate_scale = number(&values[0])?;
            Ok(())
        },
    ),
    does(
        R,
        "-rate_increase",
        "CALLS",
        "the rate rises by that much at each -rate_interval",
        |all, values| {
            all.rise.by = number(&values[0])?;
            Ok(())
        },
    ),
    does(
        R,
        "-rate_max",
        "CALLS",
        "the run ends when the rate has risen so far",
        |all, values| {
            all.rise.max = Some(number(&values[0])?);
            Ok(())
        },
    ),
    does(
        R,
        "-rate_interval",
        "TIME",
        "how often the rate rises (s); else as often as -fd",
        |all, values| {
            all.rise.every = Some(time_s(&values[0])?).filter(|every| !every.is_zero());
            Ok(())
        },
    ),
    does(
        R,
        "-no_rate_quit",
        "",
        "goes on at the rate of -rate_max",
        |all, _| {
            all.rise.stays = true;
            Ok(())
        },
    ),
    does(
        R,
        "-l",
        "CALLS",
        "calls open at once, 0 for any number; else what three times rate and length make",
        |all, values| {
            all.calls_max = Some(count(&values[0])?);
            Ok(())
        },
    ),
    does(
        R,
        "-m",
        "CALLS",
        "ends after that many calls",
        |all, values| {
            all.calls_wanted = Some(count(&values[0])?);
            Ok(())
        },
    ),
    does(
        R,
        "-users",
        "N",
        "keeps that many calls open instead of a rate",
        |all, values| {
            all.users = Some(count(&values[0])?);
            Ok(())
        },
    ),
];
