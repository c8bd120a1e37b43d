//! What holds where a command line says nothing.

use std::time::Duration;

use gannet_traffic::sipp::{Behaviours, CallIds, DynamicId, Reconnect, Retransmission, Watchdog};

use super::{
    Arguments, Hosts, Injection, Media, RateRise, Source, Strict, Tls, Trace, Traces, Transport,
};
use crate::watch::WatchOptions;

/// The longest time between two looks at busy sockets.
pub(super) const GATHER_MAX: Duration = Duration::from_millis(3);

impl Default for Arguments {
    fn default() -> Self {
        Self {
            scenario: Source::Builtin("uac".to_owned()),
            scenario_given: false,
            received: None,
            out_of_call: None,
            hosts: Hosts::default(),
            transport: Transport::default(),
            sockets_max: 50_000,
            buffer_bytes: None,
            reconnect: RECONNECT,
            tls: Tls::default(),
            background: false,
            no_keyboard: false,
            sleep: Duration::ZERO,
            keeps_file_limit: false,
            lost_percent: 0.0,
            keys: Vec::new(),
            globals: Vec::new(),
            tdm_map: None,
            dynamic_id: DYNAMIC_ID,
            behaviours: ALL_BEHAVIOURS,
            base_cseq: 1,
            call_ids: CallIds::Pattern("%u-%p@%s".to_owned()),
            pause: Duration::ZERO,
            dead_call: Duration::from_secs(33),
            auth_uri: None,
            auth_user: None,
            auth_password: "password".to_owned(),
            service: "service".to_owned(),
            ignores_messages_in_pause: false,
            keeps_slashes: false,
            injection: Injection::default(),
            media: Media::default(),
            rate: 10.0,
            rate_period: Duration::from_secs(1),
            gather_interval: GATHER_MAX,
            rate_scale: 1.0,
            rise: RateRise::default(),
            calls_max: None,
            calls_wanted: None,
            users: None,
            receive_timeout: None,
            send_timeout: None,
            timeout: None,
            timeout_is_error: false,
            retransmission: RETRANSMISSION,
            twin: None,
            twin_file: None,
            receives_per_turn: 1_000,
            watchdog: Watchdog::default(),
            screen_period: Duration::from_secs(1),
            statistics_period: Duration::from_mins(1),
            statistics: false,
            statistics_file: None,
            delimiter: ";".to_owned(),
            rfc3339: false,
            periodic_classes: false,
            traces: Traces {
                response_times_every: 200,
                ..Traces::default()
            },
            strict: Strict::default(),
            seed: None,
            watch: WatchOptions::default(),
        }
    }
}

const ALL_BEHAVIOURS: Behaviours = Behaviours {
    bye: true,
    abort_unexpected: true,
    ping_reply: true,
    check_cseq: true,
    auto_answer: false,
};

const DYNAMIC_ID: DynamicId = DynamicId {
    start: 10_000,
    max: 12_000,
    step: 4,
};

const RECONNECT: Reconnect = Reconnect {
    max: Some(0),
    closes_calls: true,
    wait_ns: 1_000_000_000,
};

const RETRANSMISSION: Retransmission = Retransmission {
    enabled: true,
    max: 9,
    max_invite: 5,
    max_non_invite: 9,
    t2_ns: 4_000_000_000,
    compares_all: true,
};

impl Default for Tls {
    fn default() -> Self {
        Self {
            certificate: "cacert.pem".to_owned(),
            key: "cakey.pem".to_owned(),
            authority: None,
            revoked: None,
            version: None,
        }
    }
}

impl Default for Media {
    fn default() -> Self {
        Self {
            ip: None,
            port: 6_000,
            port_max: u16::MAX,
            echo: false,
            echo_bytes: 2_048,
            payload_type: 8,
            buffer_bytes: None,
            random_ssrc: false,
            audio_tolerance: 1.0,
            video_tolerance: 1.0,
            figures: None,
        }
    }
}

impl Default for Trace {
    fn default() -> Self {
        Self {
            on: false,
            file: None,
            overwrites: true,
        }
    }
}
