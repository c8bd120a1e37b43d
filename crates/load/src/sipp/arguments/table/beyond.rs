//! What SIPp does not have.

use super::super::row::does;
use super::super::values::{count, parsed, token};
use super::super::{OptionRow, Strict, Topic};

const B: Topic = Topic::Beyond;

pub(super) const ROWS: &[OptionRow] = &[
    does(B, "-strict", "", "all of the following", |all, _| {
        all.strict = Strict {
            exit: true,
            routing: true,
            init: true,
        };
        Ok(())
    }),
    does(
        B,
        "-strict_exit",
        "",
        "exit code 1 if any scenario had a failed call, or if -m was not reached",
        |all, _| {
            all.strict.exit = true;
            Ok(())
        },
    ),
    does(
        B,
        "-strict_routing",
        "",
        "responses go where the Via says, requests of a dialog along its route set",
        |all, _| {
            all.strict.routing = true;
            Ok(())
        },
    ),
    does(
        B,
        "-strict_init",
        "",
        "init takes no line of injection files",
        |all, _| {
            all.strict.init = true;
            Ok(())
        },
    ),
    does(
        B,
        "-media_figures",
        "FILE",
        "what media were sent and came, how late and what was lost, as JSON at the end",
        |all, values| {
            all.media.figures = Some(values[0].clone());
            Ok(())
        },
    ),
    does(
        B,
        "-out",
        "DIR",
        "writes results.json, report.html, junit.xml and tables to that folder, each second",
        |all, values| {
            all.watch.out = Some(values[0].clone().into());
            Ok(())
        },
    ),
    does(
        B,
        "-fail_if",
        "CONDITION",
        "decides the exit code instead of failed calls, e.g. \"failed > 0.1%\" or \"p99(invite) > 200ms\"; may be repeated",
        |all, values| {
            all.watch.fail_if.push(values[0].clone());
            Ok(())
        },
    ),
    does(
        B,
        "-http",
        "ADDRESS",
        "serves a live page with controls there: 8080 for this machine only, 0.0.0.0:8080 for all who have the token",
        |all, values| {
            const EXPECTED: &str = "address and port, or port alone, as in 127.0.0.1:8080";
            all.watch.http = Some(parsed(&values[0], EXPECTED)?);
            Ok(())
        },
    ),
    does(
        B,
        "-http_token",
        "TOKEN",
        "what who opens the page must know; else one is made up where it is needed",
        |all, values| {
            all.watch.http_token = Some(token(&values[0])?);
            Ok(())
        },
    ),
    does(
        B,
        "-seed",
        "N",
        "what all random choices come from",
        |all, values| {
            all.seed = Some(count(&values[0])?);
            Ok(())
        },
    ),
];
