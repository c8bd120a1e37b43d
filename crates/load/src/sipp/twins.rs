//! Who the twins of a command line are.

use std::net::SocketAddr;

use gannet_diag::{nearest, render};
use gannet_scenario::seagull::NamedBytes;
use gannet_scenario::sipp::model::{Scenario, StepKind, Twin};
use gannet_scenario::sipp::slave_cfg;

use super::arguments::{Arguments, HostPort, TwinPart};
use super::error::SippError;
use super::hosts::{TWIN_PORT, resolve};
use super::traffic::{TwinPlan, TwinSide};

/// The twins of a command line; `None` if there are none.
pub(super) fn twin_plan(
    arguments: &Arguments,
    scenario: &Scenario,
) -> Result<Option<TwinPlan>, SippError> {
    let Some(part) = &arguments.twin else {
        let has_commands = scenario.steps.iter().any(|step| {
            matches!(
                step.kind,
                StepKind::SendCommand(_) | StepKind::ReceiveCommand(_)
            )
        });
        if has_commands {
            let text = "this scenario has sendCmd or recvCmd: name its twin with -3pcc, or -master \
                        or -slave and -slave_cfg";
            return Err(SippError::Unfit(text.to_owned()));
        }
        return Ok(None);
    };
    let Some(twin) = &scenario.twin else {
        let text = "-3pcc, -master and -slave need a scenario with sendCmd or recvCmd";
        return Err(SippError::Unfit(text.to_owned()));
    };
    match part {
        TwinPart::Classic(host) => {
            let side = match twin {
                Twin::Connects => TwinSide::Connects,
                Twin::Listens => TwinSide::Listens,
            };
            let address = resolve(host, TWIN_PORT, None)?;
            Ok(Some(TwinPlan::Classic(side, address)))
        }
        TwinPart::Master(name) => extended(arguments, scenario, name, true).map(Some),
        TwinPart::Slave(name) => extended(arguments, scenario, name, false).map(Some),
    }
}

/// One of those that `-slave_cfg` names.
fn extended(
    arguments: &Arguments,
    scenario: &Scenario,
    name: &str,
    is_master: bool,
) -> Result<TwinPlan, SippError> {
    let path = arguments.twin_file.as_deref().unwrap_or_default();
    let bytes = std::fs::read(path).map_err(|source| SippError::Read {
        what: "file of twins",
        path: path.to_owned(),
        source,
    })?;
    let file = NamedBytes {
        name: path.to_owned(),
        bytes,
    };
    let (known, source, diagnostics) = slave_cfg(&file);
    if diagnostics.has_errors() {
        return Err(SippError::Twins {
            path: path.to_owned(),
            what: render(&source, diagnostics.as_slice(), false),
        });
    }
    let mut peers = Vec::new();
    for peer in known {
        let host = HostPort {
            host: peer.host,
            port: Some(peer.port),
        };
        peers.push((peer.name, resolve(&host, TWIN_PORT, None)?));
    }
    let missing = |name: &str, why: &str, peers: &[(String, SocketAddr)]| {
        let known = nearest(name, peers.iter().map(|(known, _)| known), 1);
        let hint = known
            .first()
            .map(|known| format!("; did you mean \"{known}\"?"));
        SippError::Twins {
            path: path.to_owned(),
            what: format!("there is no \"{name}\"{why}{}", hint.unwrap_or_default()),
        }
    };
    let at = peers.iter().position(|(known, _)| known == name);
    let Some(at) = at else {
        return Err(missing(name, "", &peers));
    };
    for step in &scenario.steps {
        if let StepKind::SendCommand(send) = &step.kind
            && let Some(to) = &send.to
            && !peers.iter().any(|(known, _)| known == to)
        {
            return Err(missing(
                to,
                ", to whom the scenario sends a command",
                &peers,
            ));
        }
    }
    let (_, own) = peers.remove(at);
    Ok(TwinPlan::Extended {
        own,
        peers,
        is_master,
    })
}
