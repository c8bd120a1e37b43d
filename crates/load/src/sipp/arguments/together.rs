//! What does not go together on a command line.

use gannet_traffic::sipp::Sockets;

use super::error::ArgumentsError;
use super::{Arguments, TwinPart};

/// Options that exclude each other; `has` says whether an option is there.
pub(super) fn exclusions(
    all: &Arguments,
    has: &impl Fn(&str, bool) -> bool,
) -> Vec<ArgumentsError> {
    let pairs = [
        (
            ("-users", all.users.is_some()),
            ("-l", all.calls_max.is_some()),
            "as many calls are open as there are users",
        ),
        (
            ("-max_log_size", all.traces.bytes_max.is_some()),
            ("-ringbuffer_size", all.traces.ring_bytes.is_some()),
            "a log ends at a size, or is begun anew at a size",
        ),
    ];
    let excluded = pairs
        .into_iter()
        .filter(|(one, other, _)| has(one.0, one.1) && has(other.0, other.1));
    excluded
        .map(|((one, _), (other, _), why)| ArgumentsError::Excluded { one, other, why })
        .collect()
}

/// Options that are without effect alone.
pub(super) fn needs(all: &Arguments, has: &impl Fn(&str, bool) -> bool) -> Vec<ArgumentsError> {
    let is_extended = matches!(all.twin, Some(TwinPart::Master(_) | TwinPart::Slave(_)));
    let pairs = [
        (
            ("-t ui", all.transport.sockets == Sockets::PerAddress),
            ("-inf", !all.injection.files.is_empty()),
        ),
        (
            ("-timeout_error", all.timeout_is_error),
            ("-timeout", all.timeout.is_some()),
        ),
        (
            ("-master or -slave", is_extended),
            ("-slave_cfg", all.twin_file.is_some()),
        ),
    ];
    let alone = pairs
        .into_iter()
        .filter(|(option, needed)| option.1 && !has(needed.0, needed.1));
    alone
        .map(|((option, _), (needed, _))| ArgumentsError::Alone { option, needed })
        .collect()
}
