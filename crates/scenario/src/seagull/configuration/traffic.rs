use gannet_ua::aka::AkaPassword;

/// How a run goes. Counted in Seagull's units.
///
/// | traffic-param | default | effect |
/// | --- | --- | --- |
/// | `call-rate` | 0 | new calls per second |
/// | `call-rate-scale` | 1 | calls per second that the keys + and - add and take away |
/// | `burst-limit` | 0: none | new calls per second at most, with best-effort |
/// | `model-traffic-select` | `best-effort` | `uniform`, `best-effort` or `poisson` |
/// | `max-send`, `max-receive` | 10 | messages of one turn of Seagull's loop |
/// | `select-timeout-ms` | 1000 | longest wait of Seagull's loop |
/// | `max-simultaneous-calls` | 100 | calls open at once |
/// | `number-calls` | 0: no limit | calls of the whole run |
/// | `call-timeout-ms` | 0: none | longest wait of a call for a message |
/// | `call-open-timeout-ms` | 0: none | longest wait of a call for its connection |
/// | `call-timeout-behaviour-abort` | `false` | the abort section takes over at a timeout |
/// | `msg-check-level`, `msg-check-behaviour` | `P`, `W` | nothing, with text protocols |
/// | `execute-check-action` | `true` | `false` takes all checks out of the scenario |
/// | `external-data-file` | none | see [`ExternalData`](crate::seagull::external::ExternalData) |
/// | `external-data-select` | `sequential` | `sequential` or `random` |
/// | `display-period` | 0: none | seconds between two screens |
/// | `log-stat-period`, `log-stat-file` | 0: none | seconds between two lines; both needed |
/// | `log-protocol-stat-period`, `-file` | 0: none | the same for messages |
/// | `log-protocol-stat-name` | none | `all`, or names with `;` between |
/// | `display-protocol-stat` | `false` | counts messages |
/// | `display-scenario-stat` | `false` | shows the steps |
/// | `data-log-file` | none | gets every response time |
/// | `data-log-period`, `data-log-number` | 1 s, 200 | how often it is written; 0: never |
/// | `data-log-rtdistrib` | 0: none | counts per ms up to this one in place of measures |
/// | `response-time-repartition` | `50,75,100,150,300,5000` | bounds in ms |
/// | `response-time-threshold` | 0 | ms, for `-rsptimelog` |
/// | `log-file` | none | goes before `-log` |
/// | `files-no-timestamp` | `false` | file names stay as they are |
/// | `msg-buffer-size` | 4096 | nothing |
/// | `reconnect-lag` | 1 | seconds before a lost connection is made again |
/// | `retrans-enabled`, `max-retrans` | `false`, 0 | `retrans=".."` of a send is heeded |
///
/// Seagull knows none of these:
///
/// | traffic-param | default | effect |
/// | --- | --- | --- |
/// | `absorb-retransmissions` | as the command says | `true`: what has been received already is answered again, or dropped, and disturbs no call |
/// | `skip-trying` | as the command says | `true`: a 100 that no step waits for is dropped |
/// | `answer-background` | none | requests answered with 200 beside the scenario, e.g. `INFO NOTIFY OPTIONS` |
/// | `match-cseq` | as the command says | `true`: a response must have the CSeq method of what was sent |
/// | `exact-line-ends` | `false` | `true`: values hold the carriage return, see [`LineEnds`](crate::model::LineEnds) |
/// | `aka-response` | `hex` | password of Digest/AKA: `hex` digits of RES, or its octets (`rfc3310`) |
/// | `seed` | the command's | number that all random choices come from |
#[derive(Debug, Clone, PartialEq)]
pub struct TrafficParams {
    /// `call-rate`: new calls per second. Decimals are allowed, which Seagull refuses.
    pub call_rate: f64,
    /// `call-rate-scale`: calls per second that a key adds or takes away.
    pub call_rate_scale: f64,
    /// `burst-limit`: new calls per second at most.
    pub burst_limit: Option<u64>,
    /// `model-traffic-select`.
    pub model: TrafficModel,
    /// `max-send`: steps that send, per turn of Seagull's loop.
    pub max_send: u64,
    /// `max-receive`: messages received, per turn of Seagull's loop.
    pub max_receive: u64,
    /// `select-timeout-ms`.
    pub select_timeout_ms: u64,
    /// `max-simultaneous-calls`.
    pub calls_max: u64,
    /// `number-calls`: the run ends after that many.
    pub calls_total: Option<u64>,
    /// `call-timeout-ms`: for a receive step.
    pub call_timeout_ms: Option<u64>,
    /// `call-open-timeout-ms`: for a connection that is being made.
    pub open_timeout_ms: Option<u64>,
    /// `call-timeout-behaviour-abort`.
    pub abort_on_timeout: bool,
    /// `msg-check-level`.
    pub check_level: CheckLevel,
    /// `msg-check-behaviour`.
    pub check_behaviour: CheckBehaviour,
    /// `execute-check-action`.
    pub checks: bool,
    /// `external-data-file`: its path.
    pub data_file: Option<String>,
    /// `external-data-select`.
    pub data_select: DataSelect,
    /// `display-period`.
    pub display_period_s: Option<u64>,
    /// `log-stat-period`.
    pub stat_period_s: Option<u64>,
    /// `log-stat-file`: its path.
    pub stat_file: Option<String>,
    /// `log-protocol-stat-period`.
    pub protocol_stat_period_s: Option<u64>,
    /// `log-protocol-stat-name`.
    pub protocol_stat_names: ProtocolStatNames,
    /// `log-protocol-stat-file`: its path.
    pub protocol_stat_file: Option<String>,
    /// `display-protocol-stat`.
    pub display_protocol_stat: bool,
    /// `display-scenario-stat`.
    pub display_scenario_stat: bool,
    /// `data-log-file`: its path.
    pub data_log_file: Option<String>,
    /// `data-log-period`.
    pub data_log_period_s: Option<u64>,
    /// `data-log-number`: measures that wait at most, half of it.
    pub data_log_number: Option<u64>,
    /// `data-log-rtdistrib`: the last millisecond that is counted on its own.
    pub data_log_distribution_ms: Option<u64>,
    /// `response-time-repartition`: upper bounds, ascending.
    pub repartition_ms: Vec<u64>,
    /// `response-time-threshold`.
    pub response_threshold_ms: u64,
    /// `log-file`: its path.
    pub log_file: Option<String>,
    /// `files-no-timestamp`.
    pub files_no_timestamp: bool,
    /// `msg-buffer-size`, in bytes.
    pub message_buffer_bytes: u64,
    /// `reconnect-lag`.
    pub reconnect_lag_s: u64,
    /// `retrans-enabled`.
    pub retransmit: bool,
    /// `max-retrans`.
    pub retransmissions_max: u64,
    /// `absorb-retransmissions`.
    pub absorb_retransmissions: Option<bool>,
    /// `skip-trying`.
    pub skip_trying: Option<bool>,
    /// `answer-background`: methods.
    pub answer_background: Vec<String>,
    /// `match-cseq`.
    pub match_cseq: Option<bool>,
    /// `exact-line-ends`.
    pub exact_line_ends: bool,
    /// `aka-response`.
    pub aka_password: AkaPassword,
    /// `seed`.
    pub seed: Option<u64>,
}

/// When calls start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrafficModel {
    /// Evenly; what a second misses is lost.
    Uniform,
    /// As many as the rate asks for since the rate was set; what was missed is made up for.
    BestEffort,
    /// At random, with the rate as mean.
    Poisson,
}

/// How much of a binary message is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckLevel {
    /// `P`: whether all can be decoded.
    Parse,
    /// `A`: all.
    All,
}

/// What a failed check of a binary message does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckBehaviour {
    /// `W`: it is logged.
    Warn,
    /// `E`: the message is refused.
    Fail,
}

/// Which line of external data a call gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataSelect {
    /// The next one, the first one after the last.
    Sequential,
    /// Any.
    Random,
}

/// The protocols whose messages are counted into files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProtocolStatNames {
    /// None.
    None,
    /// All of the run.
    All,
    /// These.
    Names(Vec<String>),
}

impl ProtocolStatNames {
    /// Whether a protocol is meant.
    pub fn contains(&self, protocol: &str) -> bool {
        match self {
            Self::None => false,
            Self::All => true,
            Self::Names(names) => names.iter().any(|name| name == protocol),
        }
    }
}

impl Default for TrafficParams {
    fn default() -> Self {
        Self {
            call_rate: 0.0,
            call_rate_scale: 1.0,
            burst_limit: None,
            model: TrafficModel::BestEffort,
            max_send: 10,
            max_receive: 10,
            select_timeout_ms: 1000,
            calls_max: 100,
            calls_total: None,
            call_timeout_ms: None,
            open_timeout_ms: None,
            abort_on_timeout: false,
            check_level: CheckLevel::Parse,
            check_behaviour: CheckBehaviour::Warn,
            checks: true,
            data_file: None,
            data_select: DataSelect::Sequential,
            display_period_s: None,
            stat_period_s: None,
            stat_file: None,
            protocol_stat_period_s: None,
            protocol_stat_names: ProtocolStatNames::None,
            protocol_stat_file: None,
            display_protocol_stat: false,
            display_scenario_stat: false,
            data_log_file: None,
            data_log_period_s: Some(1),
            data_log_number: Some(200),
            data_log_distribution_ms: None,
            repartition_ms: vec![50, 75, 100, 150, 300, 5000],
            response_threshold_ms: 0,
            log_file: None,
            files_no_timestamp: false,
            message_buffer_bytes: 4096,
            reconnect_lag_s: 1,
            retransmit: false,
            retransmissions_max: 0,
            absorb_retransmissions: None,
            skip_trying: None,
            answer_background: Vec::new(),
            match_cseq: None,
            exact_line_ends: false,
            aka_password: AkaPassword::HexRes,
            seed: None,
        }
    }
}
