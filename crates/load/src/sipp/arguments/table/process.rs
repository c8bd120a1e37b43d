//! The process.

use super::super::row::{does, nothing, refused};
use super::super::values::{count, percent, tdm_map, time_s};
use super::super::{OptionRow, Topic};

const P: Topic = Topic::Process;

pub(super) const ROWS: &[OptionRow] = &[
    does(
        P,
        "-h",
        "",
        "prints the help, or with a word after it what it says of that topic",
        |_, _| Ok(()),
    ),
    does(P, "-help", "", "as -h", |_, _| Ok(())),
    does(P, "-v", "", "prints the version", |_, _| Ok(())),
    does(
        P,
        "-bg",
        "",
        "goes on in the background: prints the process id and ends with 99",
        |all, _| {
            all.background = true;
            Ok(())
        },
    ),
    does(P, "-nostdin", "", "reads no keys", |all, _| {
        all.no_keyboard = true;
        Ok(())
    }),
    refused(
        P,
        "-plugin",
        "FILE",
        "foreign code is not loaded into the process",
        "give the values that its keywords print with -key or -inf",
    ),
    does(
        P,
        "-sleep",
        "TIME",
        "waits before it begins (s)",
        |all, values| {
            all.sleep = time_s(&values[0])?;
            Ok(())
        },
    ),
    does(
        P,
        "-skip_rlimit",
        "",
        "leaves the limit of open files as it is; else it is raised as far as the system permits",
        |all, _| {
            all.keeps_file_limit = true;
            Ok(())
        },
    ),
    nothing(
        P,
        "-sendbuffer_warn",
        "BOOL",
        "without effect: a message that cannot be sent fails its call, not the run",
    ),
    does(
        P,
        "-lost",
        "PERCENT",
        "messages that are dropped, unless the scenario says otherwise",
        |all, values| {
            all.lost_percent = percent(&values[0])?;
            Ok(())
        },
    ),
    does(
        P,
        "-key",
        "NAME TEXT",
        "the keyword [NAME] prints TEXT",
        |all, values| {
            all.keys.push((values[0].clone(), values[1].clone()));
            Ok(())
        },
    ),
    does(
        P,
        "-set",
        "NAME VALUE",
        "sets a global variable of the scenario",
        |all, values| {
            all.globals.push((values[0].clone(), values[1].clone()));
            Ok(())
        },
    ),
    does(
        P,
        "-tdmmap",
        "MAP",
        "circuits for [tdmmap], like {0-3}{99}{5-8}{1-31}; a call needs a free one",
        |all, values| {
            all.tdm_map = Some(tdm_map(&values[0])?);
            Ok(())
        },
    ),
    does(
        P,
        "-dynamicStart",
        "N",
        "first value of [dynamic_id]",
        |all, values| {
            all.dynamic_id.start = count(&values[0])?;
            Ok(())
        },
    ),
    does(
        P,
        "-dynamicMax",
        "N",
        "after it the first one comes again",
        |all, values| {
            all.dynamic_id.max = count(&values[0])?;
            Ok(())
        },
    ),
    does(P, "-dynamicStep", "N", "its step", |all, values| {
        all.dynamic_id.step = count(&values[0])?;
        Ok(())
    }),
];
