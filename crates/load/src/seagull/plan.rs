//! From Seagull's configuration to a plan for a run.

use std::sync::Arc;

use gannet_net::load::PortLimits;
use gannet_scenario::model::{DataTable, LineEnds};
use gannet_scenario::seagull::auth::AuthSettings;
use gannet_scenario::seagull::configuration::{DataSelect, TrafficModel, TrafficParams};
use gannet_scenario::seagull::{LoadOptions, Run};
use gannet_traffic::shard::{Levels, LineOrder, Settings};
use gannet_traffic::{Model, PacerSettings, Share};

use crate::run::RunPlan;

const MS_NS: u64 = 1_000_000;

/// The most milliseconds that a shard sleeps: commands and figures wake it, so this is only a limit.
const IDLE_MAX_MS: u64 = 1_000;

/// What Seagull cannot do, for files that do not ask for it themselves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Beyond {
    /// Retransmissions are answered again and disturb no call.
    pub absorb_retransmissions: bool,
    /// 100 is passed over.
    pub skip_trying: bool,
    /// Methods that are answered beside the scenario.
    pub answer: Vec<String>,
    /// Responses are matched by their CSeq method too.
    pub match_cseq: bool,
    /// Seagull's own faults.
    pub exact: bool,
    /// What all random choices come from; else any number.
    pub seed: Option<u64>,
}

impl Beyond {
    /// How files are read then.
    pub fn load_options(&self) -> LoadOptions {
        LoadOptions {
            exact: self.exact,
            exact_line_ends: self.exact,
            match_cseq: self.match_cseq,
            ..LoadOptions::default()
        }
    }
}

/// The plan for a run: how its configuration says, and beyond.
pub fn plan(run: Run, beyond: &Beyond, levels: Levels, shards: u32) -> RunPlan {
    let params = &run.configuration.traffic;
    let settings = settings(params, beyond, levels);
    RunPlan {
        settings,
        response_bounds_ms: params.repartition_ms.clone(),
        call_rate_scale: params.call_rate_scale,
        shards,
        port_limits: PortLimits {
            messages_per_poll_max: usize::try_from(params.max_receive)
                .unwrap_or(usize::MAX)
                .clamp(64, 4_096),
            ..PortLimits::default()
        },
        segmentation: true,
        reconnect_lag_s: params.reconnect_lag_s,
        idle_ms: params.select_timeout_ms.clamp(1, IDLE_MAX_MS),
        scenario: Arc::new(run.scenario),
        data: run
            .external
            .map(|data| Arc::new(data) as Arc<dyn DataTable>),
    }
}

fn settings(params: &TrafficParams, beyond: &Beyond, levels: Levels) -> Settings {
    let seed = params
        .seed
        .or(beyond.seed)
        .unwrap_or_else(|| fastrand::u64(..));
    let methods = if params.answer_background.is_empty() {
        &beyond.answer
    } else {
        &params.answer_background
    };
    Settings {
        pacing: PacerSettings {
            model: match params.model {
                TrafficModel::Uniform => Model::Uniform,
                TrafficModel::BestEffort => Model::BestEffort,
                TrafficModel::Poisson => Model::Poisson,
            },
            calls_per_s: params.call_rate,
            burst_limit: params
                .burst_limit
                .and_then(|limit| u32::try_from(limit).ok()),
            share: Share { index: 0, count: 1 },
            seed,
        },
        calls_max: usize::try_from(params.calls_max).unwrap_or(usize::MAX),
        calls_wanted: params.calls_total,
        call_timeout_ns: params.call_timeout_ms.map(|ms| ms * MS_NS),
        open_timeout_ns: params.open_timeout_ms.map(|ms| ms * MS_NS),
        timeout_aborts: params.abort_on_timeout,
        starts_per_turn_max: usize::try_from(params.max_send)
            .unwrap_or(usize::MAX)
            .max(1),
        line_order: match params.data_select {
            DataSelect::Sequential => LineOrder::Sequential,
            DataSelect::Random => LineOrder::Random,
        },
        repeats_max: params
            .retransmit
            .then(|| u32::try_from(params.retransmissions_max).unwrap_or(u32::MAX)),
        joins_datagrams: beyond.exact,
        line_ends: if params.exact_line_ends || beyond.exact {
            LineEnds::Exact
        } else {
            LineEnds::Kept
        },
        absorb_retransmissions: params
            .absorb_retransmissions
            .unwrap_or(beyond.absorb_retransmissions),
        skip_trying: params.skip_trying.unwrap_or(beyond.skip_trying),
        background_methods: methods
            .iter()
            .map(|method| method.as_bytes().into())
            .collect(),
        levels,
        keep_measures: params.data_log_file.is_some()
            && params.data_log_period_s.is_some()
            && params.data_log_number.is_some(),
        authorization: AuthSettings {
            aka_password: params.aka_password,
            ..AuthSettings::default()
        },
        seed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings_of(change: impl FnOnce(&mut TrafficParams), beyond: &Beyond) -> Settings {
        let mut params = TrafficParams::default();
        change(&mut params);
        settings(&params, beyond, Levels::default())
    }

    #[test]
    fn parameters_become_settings() {
        let settings = settings_of(
            |params| {
                params.call_rate = 50.0;
                params.calls_max = 2_000;
                params.calls_total = Some(10);
                params.call_timeout_ms = Some(30_000);
                params.retransmit = true;
                params.retransmissions_max = 2;
                params.data_select = DataSelect::Random;
                params.burst_limit = Some(u64::MAX);
            },
            &Beyond::default(),
        );
        assert_eq!(settings.calls_max, 2_000);
        assert_eq!(settings.calls_wanted, Some(10));
        assert_eq!(settings.call_timeout_ns, Some(30_000_000_000));
        assert_eq!(settings.repeats_max, Some(2));
        assert!(matches!(settings.line_order, LineOrder::Random));
        assert!((settings.pacing.calls_per_s - 50.0).abs() < f64::EPSILON);
        // A limit beyond all counting is none.
        assert_eq!(settings.pacing.burst_limit, None);
        assert!(!settings.keep_measures);
    }

    #[test]
    fn files_go_before_options() {
        let options = Beyond {
            absorb_retransmissions: true,
            skip_trying: true,
            answer: vec!["INFO".to_owned()],
            seed: Some(1),
            ..Beyond::default()
        };
        let settings = settings_of(|_| {}, &options);
        assert!(settings.absorb_retransmissions && settings.skip_trying);
        assert_eq!(settings.background_methods, [Box::from(&b"INFO"[..])]);
        assert_eq!(settings.seed, 1);
        let settings = settings_of(
            |params| {
                params.absorb_retransmissions = Some(false);
                params.skip_trying = Some(false);
                params.answer_background = vec!["NOTIFY".to_owned()];
                params.seed = Some(2);
            },
            &options,
        );
        assert!(!settings.absorb_retransmissions && !settings.skip_trying);
        assert_eq!(settings.background_methods, [Box::from(&b"NOTIFY"[..])]);
        assert_eq!(settings.seed, 2);
    }

    #[test]
    fn measures_are_kept_for_a_data_log_alone() {
        let kept = |change: fn(&mut TrafficParams)| {
            settings_of(
                |params| {
                    params.data_log_file = Some("a".to_owned());
                    change(params);
                },
                &Beyond::default(),
            )
            .keep_measures
        };
        assert!(kept(|_| {}));
        assert!(!kept(|params| params.data_log_period_s = None));
        assert!(!kept(|params| params.data_log_number = None));
        assert!(!kept(|params| params.data_log_file = None));
    }
}
