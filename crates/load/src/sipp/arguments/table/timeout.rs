//! Retransmission, time limits and 3PCC.

use super::super::row::does;
use super::super::values::{parsed, time_ms, time_s};
use super::super::{OptionRow, Topic, TwinPart};

const T: Topic = Topic::Timeout;
const W: Topic = Topic::Twin;

pub(super) const ROWS: &[OptionRow] = &[
    does(
        T,
        "-recv_timeout",
        "TIME",
        "a call fails if a message does not come in that time (ms)",
        |all, values| {
            all.receive_timeout = Some(time_ms(&values[0])?).filter(|time| !time.is_zero());
            Ok(())
        },
    ),
    does(
        T,
        "-send_timeout",
        "TIME",
        "a call fails if a connection takes no message in that time (ms)",
        |all, values| {
            all.send_timeout = Some(time_ms(&values[0])?).filter(|time| !time.is_zero());
            Ok(())
        },
    ),
    does(
        T,
        "-timeout",
        "TIME",
        "ends the run after that time, as the key q does (s)",
        |all, values| {
            all.timeout = Some(time_s(&values[0])?).filter(|time| !time.is_zero());
            Ok(())
        },
    ),
    does(
        T,
        "-timeout_error",
        "",
        "a run that -timeout ends has failed: 255",
        |all, _| {
            all.timeout_is_error = true;
            Ok(())
        },
    ),
    does(
        T,
        "-max_retrans",
        "N",
        "how often any message is sent again; 9",
        |all, values| {
            all.retransmission.max = parsed(&values[0], NUMBER)?;
            Ok(())
        },
    ),
    does(
        T,
        "-max_invite_retrans",
        "N",
        "how often an INVITE is sent again; 5",
        |all, values| {
            all.retransmission.max_invite = parsed(&values[0], NUMBER)?;
            Ok(())
        },
    ),
    does(
        T,
        "-max_non_invite_retrans",
        "N",
        "how often another request is sent again; 9",
        |all, values| {
            all.retransmission.max_non_invite = parsed(&values[0], NUMBER)?;
            Ok(())
        },
    ),
    does(
        T,
        "-nr",
        "",
        "sends nothing again, and takes nothing for sent again",
        |all, _| {
            all.retransmission.enabled = false;
            Ok(())
        },
    ),
    does(
        T,
        "-rtcheck",
        "KIND",
        "what tells a message that is sent again: full, its whole text; loose, its main header fields",
        |all, values| {
            all.retransmission.compares_all = match values[0].as_str() {
                "full" => true,
                "loose" => false,
                _ => return Err("way to tell retransmissions: full or loose"),
            };
            Ok(())
        },
    ),
    does(
        T,
        "-T2",
        "TIME",
        "longest time between two retransmissions of a request other than INVITE (ms); 4 s",
        |all, values| {
            all.retransmission.t2_ns = time_ms(&values[0])?.as_nanos() as u64;
            Ok(())
        },
    ),
    does(
        W,
        "-3pcc",
        "HOST:PORT",
        "the twin: a scenario that begins with sendCmd connects to it, one with recvCmd listens there",
        |all, values| {
            all.twin = Some(TwinPart::Classic(values[0].parse()?));
            Ok(())
        },
    ),
    does(
        W,
        "-master",
        "NAME",
        "is the master of that name among those of -slave_cfg",
        |all, values| {
            all.twin = Some(TwinPart::Master(values[0].clone()));
            Ok(())
        },
    ),
    does(
        W,
        "-slave",
        "NAME",
        "is a slave of that name",
        |all, values| {
            all.twin = Some(TwinPart::Slave(values[0].clone()));
            Ok(())
        },
    ),
    does(
        W,
        "-slave_cfg",
        "FILE",
        "names and addresses, name;host:port in each line",
        |all, values| {
            all.twin_file = Some(values[0].clone());
            Ok(())
        },
    ),
];

const NUMBER: &str = "whole number";
