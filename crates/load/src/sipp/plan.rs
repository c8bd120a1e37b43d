//! From a command line to the settings of a player.

use std::net::SocketAddr;

use gannet_traffic::sipp::{Facts, Levels, Settings, Strictness};
use gannet_traffic::{Model, PacerSettings, Share};

use super::arguments::Arguments;
use super::hosts::Addresses;

/// What `[sipp_version]` prints: the version whose command line and files these are.
const SIPP_VERSION: &str = "3.7.7";

/// The settings of a player whose first socket has the address `own`.
pub(super) fn settings(
    arguments: &Arguments,
    addresses: &Addresses,
    own: SocketAddr,
    levels: Levels,
) -> Settings {
    let nanoseconds = |time: std::time::Duration| time.as_nanos() as u64;
    let seed = arguments.seed.unwrap_or_else(|| fastrand::u64(..));
    Settings {
        waits_first: true,
        pacing: PacerSettings {
            model: Model::BestEffort,
            calls_per_s: arguments.rate / arguments.rate_period.as_secs_f64(),
            burst_limit: None,
            share: Share { index: 0, count: 1 },
            seed,
        },
        calls_max: arguments.calls_max,
        calls_wanted: arguments.calls_wanted,
        users: arguments.users,
        facts: facts(arguments, addresses, own),
        protocol: arguments.transport.protocol,
        sockets: arguments.transport.sockets,
        send_to: addresses.sending,
        behaviours: arguments.behaviours,
        retransmission: arguments.retransmission,
        pause_ms: arguments.pause.as_millis() as u64,
        receive_timeout_ns: arguments.receive_timeout.map(nanoseconds),
        send_timeout_ns: arguments.send_timeout.map(nanoseconds),
        dead_call_ns: nanoseconds(arguments.dead_call),
        ignores_messages_in_pause: arguments.ignores_messages_in_pause,
        keeps_slashes: arguments.keeps_slashes,
        lost_percent: arguments.lost_percent,
        base_cseq: arguments.base_cseq,
        call_ids: arguments.call_ids.clone(),
        dynamic_id: arguments.dynamic_id,
        reconnect: arguments.reconnect,
        tdm_map: arguments.tdm_map,
        watchdog: arguments.watchdog,
        strictness: Strictness {
            routes_by_rfc: arguments.strict.routing,
            init_takes_no_line: arguments.strict.init,
        },
        levels,
        seed,
    }
}

fn facts(arguments: &Arguments, addresses: &Addresses, own: SocketAddr) -> Facts {
    Facts {
        service: arguments.service.clone(),
        remote_host: addresses.remote_host.clone(),
        remote: addresses.remote,
        local_ip: addresses.local_ip,
        local_port: own.port(),
        media_ip: arguments.media.ip.unwrap_or(addresses.local_ip),
        media_port: arguments.media.port,
        pid: std::process::id(),
        auth_user: arguments
            .auth_user
            .clone()
            .unwrap_or_else(|| arguments.service.clone()),
        auth_password: arguments.auth_password.clone(),
        auth_uri: arguments.auth_uri.clone(),
        version: SIPP_VERSION.to_owned(),
        ip_field: arguments.injection.ip_field,
    }
}
