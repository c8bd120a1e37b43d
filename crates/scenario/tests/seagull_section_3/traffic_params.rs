//! Every row of the table of traffic-params, and those that Seagull does not know.

use gannet_diag::Severity;
use gannet_scenario::seagull::configuration::{DataSelect, TrafficModel, TrafficParams};

use super::{file, good, problem, traffic};

/// Name, value, and what differs from the defaults.
const ROWS: &[[&str; 3]] = &[
    ["call-rate", "200", "call_rate: 200.0"],
    ["call-rate", "0.5", "call_rate: 0.5"],
    ["call-rate-scale", "10", "call_rate_scale: 10.0"],
    ["burst-limit", "7", "burst_limit: Some(7)"],
    ["model-traffic-select", "uniform", "model: Uniform"],
    ["model-traffic-select", "best-effort", ""],
    ["model-traffic-select", "poisson", "model: Poisson"],
    ["max-send", "200", "max_send: 200"],
    ["max-send", "0", "max_send: 0"],
    ["max-receive", "201", "max_receive: 201"],
    ["select-timeout-ms", "50", "select_timeout_ms: 50"],
    ["max-simultaneous-calls", "2000", "calls_max: 2000"],
    ["number-calls", "1", "calls_total: Some(1)"],
    ["number-calls", "0", ""],
    ["call-timeout-ms", "30000", "call_timeout_ms: Some(30000)"],
    [
        "call-open-timeout-ms",
        "5000",
        "open_timeout_ms: Some(5000)",
    ],
    [
        "call-timeout-behaviour-abort",
        "true",
        "abort_on_timeout: true",
    ],
    ["msg-check-level", "A", "check_level: All"],
    ["msg-check-level", "P", ""],
    ["msg-check-behaviour", "E", "check_behaviour: Fail"],
    ["execute-check-action", "false", "checks: false"],
    ["external-data-file", "d.csv", "data_file: Some(\"d.csv\")"],
    ["external-data-select", "random", "data_select: Random"],
    ["display-period", "1", "display_period_s: Some(1)"],
    ["log-protocol-stat-name", "all", "protocol_stat_names: All"],
    [
        "log-protocol-stat-name",
        "a;b;",
        "protocol_stat_names: Names([\"a\", \"b\"])",
    ],
    [
        "display-protocol-stat",
        "true",
        "display_protocol_stat: true",
    ],
    [
        "display-scenario-stat",
        "true",
        "display_scenario_stat: true",
    ],
    ["data-log-file", "d.csv", "data_log_file: Some(\"d.csv\")"],
    ["data-log-period", "0", "data_log_period_s: None"],
    ["data-log-number", "1000", "data_log_number: Some(1000)"],
    [
        "data-log-rtdistrib",
        "3000",
        "data_log_distribution_ms: Some(3000)",
    ],
    [
        "response-time-repartition",
        "10, 20,30",
        "repartition_ms: [10, 20, 30]",
    ],
    ["response-time-threshold", "5", "response_threshold_ms: 5"],
    ["log-file", "x.log", "log_file: Some(\"x.log\")"],
    ["files-no-timestamp", "true", "files_no_timestamp: true"],
    ["msg-buffer-size", "1", "message_buffer_bytes: 1"],
    ["reconnect-lag", "3", "reconnect_lag_s: 3"],
    ["retrans-enabled", "true", "retransmit: true"],
    [
        "absorb-retransmissions",
        "true",
        "absorb_retransmissions: Some(true)",
    ],
    [
        "absorb-retransmissions",
        "false",
        "absorb_retransmissions: Some(false)",
    ],
    ["skip-trying", "true", "skip_trying: Some(true)"],
    [
        "answer-background",
        "INFO, NOTIFY INFO",
        "answer_background: [\"INFO\", \"NOTIFY\"]",
    ],
    ["answer-background", "", ""],
    ["match-cseq", "false", "match_cseq: Some(false)"],
    ["exact-line-ends", "true", "exact_line_ends: true"],
    ["aka-response", "rfc3310", "aka_password: RawRes"],
    ["aka-response", "hex", ""],
    ["seed", "42", "seed: Some(42)"],
    ["seed", "0", "seed: Some(0)"],
];

#[test]
fn every_traffic_param_of_section_3() {
    let defaults = fields(&TrafficParams::default());
    for [name, value, expected] in ROWS {
        let params = fields(&good(&traffic(name, value)).traffic);
        let changed: Vec<&str> = params
            .iter()
            .zip(&defaults)
            .filter(|(found, default)| found != default)
            .map(|(found, _)| found.as_str())
            .collect();
        assert_eq!(&changed.join("; "), expected, "{name}={value}");
    }
}

/// `name: value` of every field.
fn fields(params: &TrafficParams) -> Vec<String> {
    let text = format!("{params:?}");
    let mut fields: Vec<String> = Vec::new();
    for piece in text.trim_end_matches(" }").split(", ") {
        match fields.last_mut() {
            Some(last) if !piece.contains(": ") => {
                last.push_str(", ");
                last.push_str(piece);
            }
            _ => fields.push(piece.to_owned()),
        }
    }
    fields[0] = fields[0].replace("TrafficParams { ", "");
    fields
}

#[test]
fn traffic_params_have_their_defaults() {
    let params = good(&file("")).traffic;
    assert_eq!(params, TrafficParams::default());
    let off = [
        params.burst_limit,
        params.calls_total,
        params.call_timeout_ms,
        params.open_timeout_ms,
        params.display_period_s,
        params.stat_period_s,
        params.protocol_stat_period_s,
        params.data_log_distribution_ms,
        params.seed,
    ];
    assert_eq!(off, [None; 9]);
    let numbers = [
        ("max-send", params.max_send, 10),
        ("max-receive", params.max_receive, 10),
        ("select-timeout-ms", params.select_timeout_ms, 1000),
        ("max-simultaneous-calls", params.calls_max, 100),
        ("response-time-threshold", params.response_threshold_ms, 0),
        ("msg-buffer-size", params.message_buffer_bytes, 4096),
        ("reconnect-lag", params.reconnect_lag_s, 1),
        ("max-retrans", params.retransmissions_max, 0),
        ("data-log-period", params.data_log_period_s.unwrap_or(0), 1),
        ("data-log-number", params.data_log_number.unwrap_or(0), 200),
        ("call-rate", params.call_rate as u64, 0),
        ("call-rate-scale", params.call_rate_scale as u64, 1),
    ];
    for (row, found, expected) in numbers {
        assert_eq!(found, expected, "{row}");
    }
    assert_eq!(params.repartition_ms, [50, 75, 100, 150, 300, 5000]);
    assert_eq!(params.model, TrafficModel::BestEffort);
    assert_eq!(params.data_select, DataSelect::Sequential);
    assert!(params.checks && !params.abort_on_timeout && !params.retransmit);
    assert!(!params.display_protocol_stat && !params.display_scenario_stat);
    assert!(!params.files_no_timestamp && !params.exact_line_ends);
}

#[test]
fn traffic_params_that_need_each_other() {
    let both = |defines: &[(&str, &str)]| {
        let defines: Vec<String> = defines
            .iter()
            .map(|(name, value)| {
                format!(
                    "<define entity=\"traffic-param\" name=\"{name}\" value=\"{value}\"></define>"
                )
            })
            .collect();
        file(&defines.join("\n"))
    };
    let params = good(&both(&[
        ("log-stat-period", "1"),
        ("log-stat-file", "s.csv"),
    ]))
    .traffic;
    assert_eq!(params.stat_period_s, Some(1));
    assert_eq!(params.stat_file.as_deref(), Some("s.csv"));
    let params = good(&both(&[
        ("log-protocol-stat-period", "5"),
        ("log-protocol-stat-name", "all"),
        ("log-protocol-stat-file", "p.csv"),
    ]))
    .traffic;
    assert_eq!(params.protocol_stat_period_s, Some(5));
    assert_eq!(params.protocol_stat_file.as_deref(), Some("p.csv"));
    let params = good(&both(&[("retrans-enabled", "true"), ("max-retrans", "2")])).traffic;
    assert_eq!(params.retransmissions_max, 2);
    for name in [
        "log-stat-file",
        "log-stat-period",
        "log-protocol-stat-file",
        "max-retrans",
    ] {
        let (place, code, severity) = problem(&traffic(name, "1"));
        assert_eq!(
            (place.as_str(), code, severity),
            (name, "no-effect", Severity::Warning)
        );
    }
}
