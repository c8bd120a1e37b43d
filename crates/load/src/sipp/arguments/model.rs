//! What a command line says.

use std::net::IpAddr;
use std::time::Duration;

use gannet_traffic::sipp::{
    Behaviours, CallIds, DynamicId, Protocol, Reconnect, Retransmission, Sockets, TdmMap, Watchdog,
};

use super::HostPort;
use crate::watch::WatchOptions;

/// Where a scenario comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// One that is part of the program.
    Builtin(String),
    /// A file.
    File(String),
}

/// What a command line says. Fields are named after what they are for; the option is beside each.
#[derive(Debug, Clone, PartialEq)]
pub struct Arguments {
    /// `-sf`, `-sn`; the caller `uac` if neither is given.
    pub scenario: Source,
    /// A scenario was named.
    pub scenario_given: bool,
    /// `-rxsf`, `-rxsn`: the scenario of calls that come, beside one that makes calls.
    pub received: Option<Source>,
    /// `-oocsf`, `-oocsn`.
    pub out_of_call: Option<Source>,
    /// Peers and own addresses.
    pub hosts: Hosts,
    /// `-t`.
    pub transport: Transport,
    /// `-max_socket`.
    pub sockets_max: usize,
    /// `-buff_size`.
    pub buffer_bytes: Option<usize>,
    /// `-max_reconnect`, `-reconnect_close`, `-reconnect_sleep`.
    pub reconnect: Reconnect,
    /// `-tls_…`.
    pub tls: Tls,
    /// `-bg`.
    pub background: bool,
    /// `-nostdin`.
    pub no_keyboard: bool,
    /// `-sleep`.
    pub sleep: Duration,
    /// `-skip_rlimit`.
    pub keeps_file_limit: bool,
    /// `-lost`.
    pub lost_percent: f64,
    /// `-key`.
    pub keys: Vec<(String, String)>,
    /// `-set`.
    pub globals: Vec<(String, String)>,
    /// `-tdmmap`.
    pub tdm_map: Option<TdmMap>,
    /// `-dynamicStart` and its relatives.
    pub dynamic_id: DynamicId,
    /// `-default_behaviors`, `-nd`, `-aa`.
    pub behaviours: Behaviours,
    /// `-base_cseq`.
    pub base_cseq: u32,
    /// `-cid_str`, `-cid_type`.
    pub call_ids: CallIds,
    /// `-d`.
    pub pause: Duration,
    /// `-deadcall_wait`.
    pub dead_call: Duration,
    /// `-auth_uri`.
    pub auth_uri: Option<String>,
    /// `-au`; else the service.
    pub auth_user: Option<String>,
    /// `-ap`.
    pub auth_password: String,
    /// `-s`.
    pub service: String,
    /// `-pause_msg_ign`.
    pub ignores_messages_in_pause: bool,
    /// `-callid_slash_ign`.
    pub keeps_slashes: bool,
    /// `-inf` and its relatives.
    pub injection: Injection,
    /// `-mi`, `-mp` and their relatives.
    pub media: Media,
    /// `-r`: calls per period.
    pub rate: f64,
    /// `-rp`.
    pub rate_period: Duration,
    /// `-timer_resol`: time between two looks at the sockets while they bring thousands of
    /// messages a second; zero to look all the time.
    pub gather_interval: Duration,
    /// `-rate_scale`.
    pub rate_scale: f64,
    /// `-rate_increase` and its relatives.
    pub rise: RateRise,
    /// `-l`.
    pub calls_max: Option<u64>,
    /// `-m`.
    pub calls_wanted: Option<u64>,
    /// `-users`.
    pub users: Option<u64>,
    /// `-recv_timeout`.
    pub receive_timeout: Option<Duration>,
    /// `-send_timeout`.
    pub send_timeout: Option<Duration>,
    /// `-timeout`.
    pub timeout: Option<Duration>,
    /// `-timeout_error`.
    pub timeout_is_error: bool,
    /// `-nr`, `-max_retrans`, `-T2` and their relatives.
    pub retransmission: Retransmission,
    /// `-3pcc`, `-master`, `-slave`.
    pub twin: Option<TwinPart>,
    /// `-slave_cfg`.
    pub twin_file: Option<String>,
    /// `-max_recv_loops`.
    pub receives_per_turn: usize,
    /// `-watchdog_minor_threshold`, `-watchdog_major_threshold`.
    pub watchdog: Watchdog,
    /// `-f`.
    pub screen_period: Duration,
    /// `-fd`.
    pub statistics_period: Duration,
    /// `-trace_stat`.
    pub statistics: bool,
    /// `-stf`.
    pub statistics_file: Option<String>,
    /// `-stat_delimiter`.
    pub delimiter: String,
    /// `-rfc3339`.
    pub rfc3339: bool,
    /// `-periodic_rtd`.
    pub periodic_classes: bool,
    /// `-trace_…`.
    pub traces: Traces,
    /// Where SIPp's surprising readings are not wanted.
    pub strict: Strict,
    /// `-seed`.
    pub seed: Option<u64>,
    /// `-out`, `-fail_if`.
    pub watch: WatchOptions,
}

/// Peers and own addresses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hosts {
    /// The peer.
    pub remote: Option<HostPort>,
    /// `-rsa`: messages go there instead.
    pub send_to: Option<HostPort>,
    /// `-i`.
    pub local_ip: Option<IpAddr>,
    /// `-bind_local`.
    pub binds_local: bool,
    /// `-p`.
    pub local_port: Option<u16>,
    /// `-bind_to_device`.
    pub device: Option<String>,
    /// `-ci`.
    pub control_ip: Option<IpAddr>,
    /// `-cp`.
    pub control_port: Option<u16>,
}

/// `-t`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Transport {
    /// The first letter.
    pub protocol: Protocol,
    /// The second one.
    pub sockets: Sockets,
}

/// `-tls_…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// `-tls_cert`.
    pub certificate: String,
    /// `-tls_key`.
    pub key: String,
    /// `-tls_ca`: the peer is checked only if given.
    pub authority: Option<String>,
    /// `-tls_crl`.
    pub revoked: Option<String>,
    /// `-tls_version`.
    pub version: Option<String>,
}

/// Injection files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Injection {
    /// `-inf`.
    pub files: Vec<String>,
    /// `-rxinf`.
    pub received_files: Vec<String>,
    /// `-infindex`: file and column.
    pub indexes: Vec<(String, usize)>,
    /// `-ip_field`.
    pub ip_field: usize,
}

/// Media.
#[derive(Debug, Clone, PartialEq)]
pub struct Media {
    /// `-mi`.
    pub ip: Option<IpAddr>,
    /// `-mp`, `-min_rtp_port`.
    pub port: u16,
    /// `-max_rtp_port`.
    pub port_max: u16,
    /// `-rtp_echo`.
    pub echo: bool,
    /// `-mb`.
    pub echo_bytes: usize,
    /// `-rtp_payload`.
    pub payload_type: u8,
    /// `-rtp_buffsize`.
    pub buffer_bytes: Option<usize>,
    /// `-random_base_ssrc`.
    pub random_ssrc: bool,
    /// `-audiotolerance`.
    pub audio_tolerance: f64,
    /// `-videotolerance`.
    pub video_tolerance: f64,
    /// `-media_figures`.
    pub figures: Option<String>,
}

/// A rate that rises.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct RateRise {
    /// `-rate_increase`.
    pub by: f64,
    /// `-rate_max`.
    pub max: Option<f64>,
    /// `-rate_interval`; else that of `-fd`.
    pub every: Option<Duration>,
    /// `-no_rate_quit`.
    pub stays: bool,
}

/// The part in 3PCC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TwinPart {
    /// `-3pcc`: the address to listen at or to connect to.
    Classic(HostPort),
    /// `-master`: the own name.
    Master(String),
    /// `-slave`: the own name.
    Slave(String),
}

/// A trace file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// It is written.
    pub on: bool,
    /// Its name, if it is given.
    pub file: Option<String>,
    /// What was there before is lost.
    pub overwrites: bool,
}

/// Trace files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Traces {
    /// `-trace_msg`.
    pub messages: Trace,
    /// `-trace_shortmsg`.
    pub short_messages: Trace,
    /// `-trace_counts`.
    pub counts: bool,
    /// `-trace_err`.
    pub errors: Trace,
    /// `-trace_error_codes`.
    pub error_codes: bool,
    /// `-trace_calldebug`.
    pub calls: Trace,
    /// `-trace_screen`.
    pub screens: Trace,
    /// `-trace_rtt`.
    pub response_times: bool,
    /// `-rtt_freq`.
    pub response_times_every: u64,
    /// `-trace_logs`.
    pub logs: Trace,
    /// `-ringbuffer_files`.
    pub ring_files: Option<u32>,
    /// `-ringbuffer_size`.
    pub ring_bytes: Option<u64>,
    /// `-max_log_size`.
    pub bytes_max: Option<u64>,
}

/// Where SIPp's surprising readings are not wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Strict {
    /// `-strict_exit`.
    pub exit: bool,
    /// `-strict_routing`.
    pub routing: bool,
    /// `-strict_init`.
    pub init: bool,
}
