//! Calls, and the files that feed them.

use gannet_traffic::sipp::{Behaviours, CallIds};

use super::super::row::does;
use super::super::values::{behaviours, parsed, time_ms};
use super::super::{OptionRow, Topic};

const C: Topic = Topic::Call;
const I: Topic = Topic::Injection;

pub(super) const ROWS: &[OptionRow] = &[
    does(
        C,
        "-aa",
        "",
        "answers INFO, NOTIFY, OPTIONS and UPDATE that no step waits for with 200",
        |all, _| {
            all.behaviours.auto_answer = true;
            Ok(())
        },
    ),
    does(
        C,
        "-base_cseq",
        "N",
        "what [cseq] begins with",
        |all, values| {
            all.base_cseq = parsed(&values[0], "whole number")?;
            Ok(())
        },
    ),
    does(
        C,
        "-cid_str",
        "PATTERN",
        "Call-IDs: %u number of the call, %p process, %s own address, %r random, %% a percent sign",
        |all, values| {
            all.call_ids = CallIds::Pattern(values[0].clone());
            Ok(())
        },
    ),
    does(
        C,
        "-cid_type",
        "KIND",
        "Call-IDs: default, uuid, uuid-compact, random or timestamp",
        |all, values| {
            all.call_ids = match values[0].as_str() {
                "default" => CallIds::Pattern("%u-%p@%s".to_owned()),
                "uuid" => CallIds::Uuid,
                "uuid-compact" => CallIds::UuidCompact,
                "random" => CallIds::Random,
                "timestamp" => CallIds::Timestamp,
                _ => {
                    return Err(
                        "kind of Call-ID: default, uuid, uuid-compact, random or timestamp",
                    );
                }
            };
            Ok(())
        },
    ),
    does(
        C,
        "-d",
        "TIME",
        "length of pauses that have none (ms)",
        |all, values| {
            all.pause = time_ms(&values[0])?;
            Ok(())
        },
    ),
    does(
        C,
        "-deadcall_wait",
        "TIME",
        "how long calls are known after their end (ms)",
        |all, values| {
            all.dead_call = time_ms(&values[0])?;
            Ok(())
        },
    ),
    does(
        C,
        "-auth_uri",
        "URI",
        "uri of credentials; else the peer's address and port",
        |all, values| {
            all.auth_uri = Some(values[0].clone());
            Ok(())
        },
    ),
    does(
        C,
        "-au",
        "USER",
        "user name of credentials; else that of -s",
        |all, values| {
            all.auth_user = Some(values[0].clone());
            Ok(())
        },
    ),
    does(
        C,
        "-ap",
        "PASSWORD",
        "password of credentials",
        |all, values| {
            all.auth_password.clone_from(&values[0]);
            Ok(())
        },
    ),
    does(C, "-s", "NAME", "what [service] prints", |all, values| {
        all.service.clone_from(&values[0]);
        Ok(())
    }),
    does(
        C,
        "-default_behaviors",
        "LIST",
        "what is done without the scenario: all, none, bye, abortunexp, pingreply, cseq; a - before a word takes it away",
        |all, values| {
            all.behaviours = behaviours(&values[0], all.behaviours)?;
            Ok(())
        },
    ),
    does(C, "-nd", "", "as -default_behaviors none", |all, _| {
        all.behaviours = Behaviours {
            bye: false,
            abort_unexpected: false,
            ping_reply: false,
            check_cseq: false,
            ..all.behaviours
        };
        Ok(())
    }),
    does(
        C,
        "-pause_msg_ign",
        "",
        "drops messages that come during a pause",
        |all, _| {
            all.ignores_messages_in_pause = true;
            Ok(())
        },
    ),
    does(
        C,
        "-callid_slash_ign",
        "",
        "gives /// in a Call-ID no meaning",
        |all, _| {
            all.keeps_slashes = true;
            Ok(())
        },
    ),
    does(
        I,
        "-inf",
        "FILE",
        "an injection file; again for more",
        |all, values| {
            all.injection.files.push(values[0].clone());
            Ok(())
        },
    ),
    does(
        I,
        "-rxinf",
        "FILE",
        "an injection file for the scenario of -rxsf",
        |all, values| {
            all.injection.received_files.push(values[0].clone());
            Ok(())
        },
    ),
    does(
        I,
        "-infindex",
        "FILE COLUMN",
        "lookup finds lines of FILE by that column, from 0",
        |all, values| {
            let column = parsed(&values[1], "file and number of a column")?;
            all.injection.indexes.push((values[0].clone(), column));
            Ok(())
        },
    ),
    does(
        I,
        "-ip_field",
        "COLUMN",
        "column of the own addresses for -t ui, from 0",
        |all, values| {
            all.injection.ip_field = parsed(&values[0], "number of a column")?;
            Ok(())
        },
    ),
];
