//! Options go before the configuration.

use std::time::Duration;

use gannet_diag::nearest;
use gannet_scenario::model::{Action, Mode, OpenArgs, Scenario, StepKind};
use gannet_scenario::seagull::Run;
use gannet_scenario::seagull::configuration::TrafficParams;
use thiserror::Error;

use super::options::{CALL_TIMEOUT, ChannelAddress, Options};

/// An option that does not go with the files.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OptionError {
    /// No channel has that name.
    #[error("option {option}: no channel has the name `{channel}`{}; there is {}", hint(.channel, .known), .known.join(", "))]
    UnknownChannel {
        /// The option.
        option: &'static str,
        /// The name.
        channel: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// There are several channels.
    #[error("option {option}: which channel? Write {option} CHANNEL=ADDRESS:PORT; there is {}", .known.join(", "))]
    WhichChannel {
        /// The option.
        option: &'static str,
        /// The names that there are.
        known: Vec<String>,
    },
    /// A server has no peer of its own.
    #[error("option --dest: channel `{channel}` waits for peers (mode=server) and calls none")]
    NoPeer {
        /// The channel.
        channel: String,
    },
    /// No call would ever begin.
    #[error("the rate is 0, so no call would begin: give --rate, --ramp or --control")]
    NoRate,
}

fn hint(name: &str, known: &[String]) -> String {
    nearest(name, known, 1)
        .first()
        .map(|name| format!(", did you mean `{name}`?"))
        .unwrap_or_default()
}

/// Puts the options in the place of what the configuration says.
///
/// # Errors
/// All options that do not go with the files.
pub fn apply(run: &mut Run, options: &Options) -> Result<(), Vec<OptionError>> {
    let mut errors = Vec::new();
    for address in &options.sources {
        let set = |args: &mut OpenArgs| args.source = Some(address.address.clone());
        readdress(&mut run.scenario, "--source", address, &set, &mut errors);
    }
    for address in &options.dests {
        let set = |args: &mut OpenArgs| {
            args.dest = Some(address.address.clone());
            args.standby = None;
        };
        readdress(&mut run.scenario, "--dest", address, &set, &mut errors);
    }
    traffic(&mut run.configuration.traffic, options);
    let is_still = run.configuration.traffic.call_rate <= 0.0 && options.ramp.is_none();
    if run.scenario.is_client() && is_still && options.control.is_none() {
        errors.push(OptionError::NoRate);
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}

fn readdress(
    scenario: &mut Scenario,
    option: &'static str,
    wanted: &ChannelAddress,
    set: &dyn Fn(&mut OpenArgs),
    errors: &mut Vec<OptionError>,
) {
    let names = |scenario: &Scenario| -> Vec<String> {
        let channels = scenario.channels.iter();
        channels.map(|channel| channel.name.clone()).collect()
    };
    let at = match &wanted.channel {
        Some(name) => scenario.channels.iter().position(|it| it.name == *name),
        None if scenario.channels.len() == 1 => Some(0),
        None => {
            let known = names(scenario);
            errors.push(OptionError::WhichChannel { option, known });
            return;
        }
    };
    let Some(at) = at else {
        errors.push(OptionError::UnknownChannel {
            option,
            channel: wanted.channel.clone().unwrap_or_default(),
            known: names(scenario),
        });
        return;
    };
    let channel = &mut scenario.channels[at];
    if option == "--dest" && channel.open.mode == Mode::Server {
        errors.push(OptionError::NoPeer {
            channel: channel.name.clone(),
        });
        return;
    }
    set(&mut channel.open);
    for args in opened_by_calls(scenario, at) {
        set(args);
    }
}

/// What calls open on a channel with arguments of their own.
fn opened_by_calls(scenario: &mut Scenario, channel: usize) -> impl Iterator<Item = &mut OpenArgs> {
    let steps = scenario
        .sections
        .iter_mut()
        .flat_map(|section| &mut section.steps);
    steps
        .filter_map(move |step| match &mut step.kind {
            StepKind::Send(send) if send.channel.index() == channel => Some(&mut send.before),
            _ => None,
        })
        .flatten()
        .filter_map(|action| match action {
            Action::Open(Some(args)) => Some(args),
            _ => None,
        })
}

fn traffic(params: &mut TrafficParams, options: &Options) {
    let ms = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    if let Some(rate) = options.rate {
        params.call_rate = rate;
    }
    if let Some(model) = options.model {
        params.model = model;
    }
    if let Some(calls) = options.calls {
        params.calls_total = Some(calls);
    }
    if let Some(open_max) = options.open_max {
        params.calls_max = open_max;
    }
    match options.timeout {
        Some(Duration::ZERO) => params.call_timeout_ms = None,
        Some(timeout) => params.call_timeout_ms = Some(ms(timeout)),
        None => {
            params.call_timeout_ms.get_or_insert(ms(CALL_TIMEOUT));
        }
    }
    if params.open_timeout_ms.is_none() {
        params.open_timeout_ms = params.call_timeout_ms;
    }
    if options.beyond.seed.is_some() {
        params.seed = options.beyond.seed;
    }
    if options.beyond.absorb_retransmissions {
        params.absorb_retransmissions = Some(true);
    }
    if options.beyond.skip_trying {
        params.skip_trying = Some(true);
    }
    if !options.beyond.answer.is_empty() {
        params.answer_background.clone_from(&options.beyond.answer);
    }
}
