//! The names of the traffic parameters and how their values are read.

use gannet_ua::aka::AkaPassword;

use super::traffic::{
    CheckBehaviour, CheckLevel, DataSelect, ProtocolStatNames, TrafficModel, TrafficParams,
};

/// Sets a parameter from its value; else says what is expected.
pub(super) type Set = fn(&mut TrafficParams, &str) -> Result<(), Expected>;

/// What a value should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// Something that is said in words.
    Described(&'static str),
}

/// Every traffic parameter. The last ones are not Seagull's.
pub(super) const TABLE: [(&str, Set); 44] = [
    ("call-rate", |to, text| put(&mut to.call_rate, rate(text))),
    ("call-rate-scale", |to, text| {
        put(&mut to.call_rate_scale, rate(text))
    }),
    ("burst-limit", |to, text| {
        put(&mut to.burst_limit, above_zero(text))
    }),
    ("model-traffic-select", |to, text| {
        put(&mut to.model, word(text, &MODEL_NAMES, &MODELS))
    }),
    ("max-send", |to, text| put(&mut to.max_send, number(text))),
    ("max-receive", |to, text| {
        put(&mut to.max_receive, number(text))
    }),
    ("select-timeout-ms", |to, text| {
        put(&mut to.select_timeout_ms, number(text))
    }),
    ("max-simultaneous-calls", |to, text| {
        put(&mut to.calls_max, at_least_one(text))
    }),
    ("number-calls", |to, text| {
        put(&mut to.calls_total, above_zero(text))
    }),
    ("call-timeout-ms", |to, text| {
        put(&mut to.call_timeout_ms, above_zero(text))
    }),
    ("call-open-timeout-ms", |to, text| {
        put(&mut to.open_timeout_ms, above_zero(text))
    }),
    ("call-timeout-behaviour-abort", |to, text| {
        put(&mut to.abort_on_timeout, truth(text))
    }),
    ("msg-check-level", |to, text| {
        const LEVELS: [CheckLevel; 2] = [CheckLevel::Parse, CheckLevel::All];
        put(&mut to.check_level, word(text, &["P", "A"], &LEVELS))
    }),
    ("msg-check-behaviour", |to, text| {
        const BEHAVIOURS: [CheckBehaviour; 2] = [CheckBehaviour::Warn, CheckBehaviour::Fail];
        put(
            &mut to.check_behaviour,
            word(text, &["W", "E"], &BEHAVIOURS),
        )
    }),
    ("execute-check-action", |to, text| {
        put(&mut to.checks, truth(text))
    }),
    ("external-data-file", |to, text| {
        put(&mut to.data_file, path(text))
    }),
    ("external-data-select", |to, text| {
        const SELECTS: [DataSelect; 2] = [DataSelect::Sequential, DataSelect::Random];
        let select = word(text, &["sequential", "random"], &SELECTS);
        put(&mut to.data_select, select)
    }),
    ("display-period", |to, text| {
        put(&mut to.display_period_s, above_zero(text))
    }),
    ("log-stat-period", |to, text| {
        put(&mut to.stat_period_s, above_zero(text))
    }),
    ("log-stat-file", |to, text| {
        put(&mut to.stat_file, path(text))
    }),
    ("log-protocol-stat-period", |to, text| {
        put(&mut to.protocol_stat_period_s, above_zero(text))
    }),
    ("log-protocol-stat-name", |to, text| {
        put(&mut to.protocol_stat_names, protocol_names(text))
    }),
    ("log-protocol-stat-file", |to, text| {
        put(&mut to.protocol_stat_file, path(text))
    }),
    ("display-protocol-stat", |to, text| {
        put(&mut to.display_protocol_stat, truth(text))
    }),
    ("display-scenario-stat", |to, text| {
        put(&mut to.display_scenario_stat, truth(text))
    }),
    ("data-log-file", |to, text| {
        put(&mut to.data_log_file, path(text))
    }),
    ("data-log-period", |to, text| {
        put(&mut to.data_log_period_s, above_zero(text))
    }),
    ("data-log-number", |to, text| {
        put(&mut to.data_log_number, above_zero(text))
    }),
    ("data-log-rtdistrib", |to, text| {
        put(&mut to.data_log_distribution_ms, above_zero(text))
    }),
    ("response-time-repartition", |to, text| {
        put(&mut to.repartition_ms, bounds(text))
    }),
    ("response-time-threshold", |to, text| {
        put(&mut to.response_threshold_ms, number(text))
    }),
    ("log-file", |to, text| put(&mut to.log_file, path(text))),
    ("files-no-timestamp", |to, text| {
        put(&mut to.files_no_timestamp, truth(text))
    }),
    ("msg-buffer-size", |to, text| {
        put(&mut to.message_buffer_bytes, number(text))
    }),
    ("reconnect-lag", |to, text| {
        put(&mut to.reconnect_lag_s, number(text))
    }),
    ("retrans-enabled", |to, text| {
        put(&mut to.retransmit, truth(text))
    }),
    ("max-retrans", |to, text| {
        put(&mut to.retransmissions_max, number(text))
    }),
    ("absorb-retransmissions", |to, text| {
        put(&mut to.absorb_retransmissions, truth(text).map(Some))
    }),
    ("skip-trying", |to, text| {
        put(&mut to.skip_trying, truth(text).map(Some))
    }),
    ("answer-background", |to, text| {
        put(&mut to.answer_background, methods(text))
    }),
    ("match-cseq", |to, text| {
        put(&mut to.match_cseq, truth(text).map(Some))
    }),
    ("exact-line-ends", |to, text| {
        put(&mut to.exact_line_ends, truth(text))
    }),
    ("aka-response", |to, text| {
        const PASSWORDS: [AkaPassword; 2] = [AkaPassword::HexRes, AkaPassword::RawRes];
        put(
            &mut to.aka_password,
            word(text, &["hex", "rfc3310"], &PASSWORDS),
        )
    }),
    ("seed", |to, text| put(&mut to.seed, number(text).map(Some))),
];

const MODEL_NAMES: [&str; 3] = ["uniform", "best-effort", "poisson"];

const MODELS: [TrafficModel; 3] = [
    TrafficModel::Uniform,
    TrafficModel::BestEffort,
    TrafficModel::Poisson,
];

fn put<T>(to: &mut T, value: Result<T, Expected>) -> Result<(), Expected> {
    *to = value?;
    Ok(())
}

fn number(text: &str) -> Result<u64, Expected> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(number) if digits => Ok(number),
        _ => Err(Expected::Described("a number")),
    }
}

/// 0 switches something off.
fn above_zero(text: &str) -> Result<Option<u64>, Expected> {
    Ok(Some(number(text)?).filter(|number| *number > 0))
}

/// With 0 the run would do nothing.
fn at_least_one(text: &str) -> Result<u64, Expected> {
    match number(text) {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(Expected::Described("a number of at least 1")),
    }
}

/// Digits with or without decimals.
fn rate(text: &str) -> Result<f64, Expected> {
    let plain = text.starts_with(|first: char| first.is_ascii_digit())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
    match text.parse::<f64>() {
        Ok(rate) if plain && rate.is_finite() => Ok(rate),
        _ => Err(Expected::Described("a number")),
    }
}

fn truth(text: &str) -> Result<bool, Expected> {
    word(text, &["true", "false"], &[true, false])
}

fn word<T: Copy>(text: &str, names: &'static [&'static str], values: &[T]) -> Result<T, Expected> {
    names
        .iter()
        .position(|name| *name == text)
        .map(|at| values[at])
        .ok_or(Expected::OneOf(names))
}

fn path(text: &str) -> Result<Option<String>, Expected> {
    if text.is_empty() {
        return Err(Expected::Described("the name of a file"));
    }
    Ok(Some(text.to_owned()))
}

fn protocol_names(text: &str) -> Result<ProtocolStatNames, Expected> {
    if text == "all" {
        return Ok(ProtocolStatNames::All);
    }
    let names: Vec<String> = text
        .split(';')
        .map(str::trim_ascii)
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect();
    if names.is_empty() {
        return Err(Expected::Described("`all`, or names with `;` between"));
    }
    Ok(ProtocolStatNames::Names(names))
}

fn bounds(text: &str) -> Result<Vec<u64>, Expected> {
    let expected = Expected::Described("ascending numbers with `,` between");
    let bounds: Vec<u64> = text
        .split(',')
        .map(|bound| number(bound.trim_ascii()).map_err(|_| expected))
        .collect::<Result<_, _>>()?;
    if bounds.is_sorted_by(|a, b| a < b) {
        Ok(bounds)
    } else {
        Err(expected)
    }
}

/// Requests that start no call, end none and are no part of another one's transaction.
fn methods(text: &str) -> Result<Vec<String>, Expected> {
    let mut methods: Vec<String> = Vec::new();
    let names = text
        .split(|c: char| c.is_ascii_whitespace() || c == ',' || c == ';')
        .filter(|name| !name.is_empty());
    for name in names {
        // The token of RFC 3261 25.1.
        let token = name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&byte));
        if !token || ["INVITE", "ACK", "CANCEL"].contains(&name) {
            return Err(Expected::Described(
                "methods other than INVITE, ACK and CANCEL, with blanks between",
            ));
        }
        if !methods.iter().any(|known| known == name) {
            methods.push(name.to_owned());
        }
    }
    Ok(methods)
}
