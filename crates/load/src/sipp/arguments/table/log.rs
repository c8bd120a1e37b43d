//! Screens, statistics and logs.

use std::time::Duration;

use super::super::row::{Expected, does};
use super::super::values::{count, parsed, time_s, truth};
use super::super::{OptionRow, Topic};

const L: Topic = Topic::Log;

pub(super) const ROWS: &[OptionRow] = &[
    does(
        L,
        "-f",
        "TIME",
        "how often the screen is painted (s); 1",
        |all, values| {
            all.screen_period = period(&values[0])?;
            Ok(())
        },
    ),
    does(
        L,
        "-fd",
        "TIME",
        "how often statistics are written (s); 60",
        |all, values| {
            all.statistics_period = period(&values[0])?;
            Ok(())
        },
    ),
    does(
        L,
        "-trace_stat",
        "",
        "writes statistics to SCENARIO_PID_.csv",
        |all, _| {
            all.statistics = true;
            Ok(())
        },
    ),
    does(L, "-stf", "FILE", "another name for it", |all, values| {
        all.statistics_file = Some(values[0].clone());
        Ok(())
    }),
    does(
        L,
        "-stat_delimiter",
        "TEXT",
        "what is between its columns",
        |all, values| {
            all.delimiter.clone_from(&values[0]);
            Ok(())
        },
    ),
    does(
        L,
        "-rfc3339",
        "",
        "dates as RFC 3339 writes them",
        |all, _| {
            all.rfc3339 = true;
            Ok(())
        },
    ),
    does(
        L,
        "-periodic_rtd",
        "",
        "classes of response times begin anew with each line",
        |all, _| {
            all.periodic_classes = true;
            Ok(())
        },
    ),
    does(
        L,
        "-trace_msg",
        "",
        "writes messages to SCENARIO_PID_messages.log",
        |all, _| {
            all.traces.messages.on = true;
            Ok(())
        },
    ),
    does(
        L,
        "-message_file",
        "FILE",
        "another name for it",
        |all, values| {
            all.traces.messages.file = Some(values[0].clone());
            Ok(())
        },
    ),
    does(L, "-message_overwrite", "BOOL", OVERWRITE, |all, values| {
        all.traces.messages.overwrites = truth(&values[0])?;
        Ok(())
    }),
    does(
        L,
        "-trace_shortmsg",
        "",
        "writes a line for each message to SCENARIO_PID_shortmessages.log",
        |all, _| {
            all.traces.short_messages.on = true;
            Ok(())
        },
    ),
    does(
        L,
        "-shortmessage_file",
        "FILE",
        "another name for it",
        |all, values| {
            all.traces.short_messages.file = Some(values[0].clone());
            Ok(())
        },
    ),
    does(
        L,
        "-shortmessage_overwrite",
        "BOOL",
        OVERWRITE,
        |all, values| {
            all.traces.short_messages.overwrites = truth(&values[0])?;
            Ok(())
        },
    ),
    does(
        L,
        "-trace_counts",
        "",
        "writes how often each step was passed to SCENARIO_PID_counts.csv",
        |all, _| {
            all.traces.counts = true;
            Ok(())
        },
    ),
    does(
        L,
        "-trace_err",
        "",
        "writes warnings and errors to SCENARIO_PID_errors.log",
        |all, _| {
            all.traces.errors.on = true;
            Ok(())
        },
    ),
    does(
        L,
        "-error_file",
        "FILE",
        "another name for it",
        |all, values| {
            all.traces.errors.file = Some(values[0].clone());
            Ok(())
        },
    ),
    does(L, "-error_overwrite", "BOOL", OVERWRITE, |all, values| {
        all.traces.errors.overwrites = truth(&values[0])?;
        Ok(())
    }),
    does(
        L,
        "-trace_error_codes",
        "",
        "writes the codes of unexpected responses to SCENARIO_PID_error_codes.csv",
        |all, _| {
            all.traces.error_codes = true;
            Ok(())
        },
    ),
    does(
        L,
        "-trace_calldebug",
        "",
        "writes what calls that fail did to SCENARIO_PID_calldebug.log",
        |all, _| {
            all.traces.calls.on = true;
            Ok(())
        },
    ),
    does(
        L,
        "-calldebug_file",
        "FILE",
        "another name for it",
        |all, values| {
            all.traces.calls.file = Some(values[0].clone());
            Ok(())
        },
    ),
    does(
        L,
        "-calldebug_overwrite",
        "BOOL",
        OVERWRITE,
        |all, values| {
            all.traces.calls.overwrites = truth(&values[0])?;
            Ok(())
        },
    ),
    does(
        L,
        "-trace_screen",
        "",
        "writes the screens to SCENARIO_PID_screen.log at the end",
        |all, _| {
            all.traces.screens.on = true;
            Ok(())
        },
    ),
    does(
        L,
        "-screen_file",
        "FILE",
        "another name for it",
        |all, values| {
            all.traces.screens.file = Some(values[0].clone());
            Ok(())
        },
    ),
    does(L, "-screen_overwrite", "BOOL", OVERWRITE, |all, values| {
        all.traces.screens.overwrites = truth(&values[0])?;
        Ok(())
    }),
    does(
        L,
        "-trace_rtt",
        "",
        "writes each response time to SCENARIO_PID_rtt.csv",
        |all, _| {
            all.traces.response_times = true;
            Ok(())
        },
    ),
    does(
        L,
        "-rtt_freq",
        "N",
        "how many response times are written at once; 200",
        |all, values| {
            all.traces.response_times_every = count(&values[0])?.max(1);
            Ok(())
        },
    ),
    does(
        L,
        "-trace_logs",
        "",
        "writes what log actions say to SCENARIO_PID_logs.log",
        |all, _| {
            all.traces.logs.on = true;
            Ok(())
        },
    ),
    does(
        L,
        "-log_file",
        "FILE",
        "another name for it",
        |all, values| {
            all.traces.logs.file = Some(values[0].clone());
            Ok(())
        },
    ),
    does(L, "-log_overwrite", "BOOL", OVERWRITE, |all, values| {
        all.traces.logs.overwrites = truth(&values[0])?;
        Ok(())
    }),
    does(
        L,
        "-ringbuffer_files",
        "N",
        "how many logs of a kind are kept",
        |all, values| {
            all.traces.ring_files = Some(parsed(&values[0], "whole number")?);
            Ok(())
        },
    ),
    does(
        L,
        "-ringbuffer_size",
        "BYTES",
        "a log of that size is put aside and a new one begun",
        |all, values| {
            all.traces.ring_bytes = Some(count(&values[0])?);
            Ok(())
        },
    ),
    does(
        L,
        "-max_log_size",
        "BYTES",
        "a log ends at that size",
        |all, values| {
            all.traces.bytes_max = Some(count(&values[0])?);
            Ok(())
        },
    ),
];

const OVERWRITE: &str = "false: goes on where it ended before";

fn period(text: &str) -> Result<Duration, Expected> {
    let period = time_s(text)?;
    (!period.is_zero()).then_some(period).ok_or("time above 0")
}
