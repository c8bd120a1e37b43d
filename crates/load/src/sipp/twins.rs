//! Who the twins of a command line are.

use gannet_scenario::sipp::model::{Scenario, StepKind, Twin};

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
    let name = match part {
        TwinPart::Classic(host) => {
            let side = match twin {
                Twin::Connects => TwinSide::Connects,
                Twin::Listens => TwinSide::Listens,
            };
            let address = resolve(host, TWIN_PORT, None)?;
            return Ok(Some(TwinPlan::Classic(side, address)));
        }
        TwinPart::Master(name) | TwinPart::Slave(name) => name,
    };
    let path = arguments.twin_file.as_deref().unwrap_or_default();
    let text = std::fs::read_to_string(path).map_err(|source| SippError::Read {
        what: "file of twins",
        path: path.to_owned(),
        source,
    })?;
    let mut peers = Vec::new();
    for (known, host) in names(path, &text)? {
        peers.push((known, resolve(&host, TWIN_PORT, None)?));
    }
    let at = peers.iter().position(|(known, _)| known == name);
    let Some(at) = at else {
        return Err(SippError::Twins {
            path: path.to_owned(),
            what: format!("there is no \"{name}\""),
        });
    };
    let (_, own) = peers.remove(at);
    Ok(Some(TwinPlan::Extended {
        own,
        peers,
        is_master: matches!(part, TwinPart::Master(_)),
    }))
}

/// The lines `name;host:port`.
fn names(path: &str, text: &str) -> Result<Vec<(String, HostPort)>, SippError> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let read = line.split_once(';').and_then(|(name, host)| {
            let host = host.trim_end_matches(';').trim();
            Some((name.trim().to_owned(), host.parse().ok()?))
        });
        found.push(read.ok_or_else(|| SippError::Twins {
            path: path.to_owned(),
            what: format!("line {}: \"{line}\" is no name;host:port", number + 1),
        })?);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_name_twins() {
        let read = names("f", "# twins\nm;127.0.0.1:7001\n\ns1;[::1]:7002;\n").expect("two names");
        let found: Vec<_> = read
            .iter()
            .map(|(name, host)| (name.as_str(), host.port))
            .collect();
        assert_eq!(found, [("m", Some(7_001)), ("s1", Some(7_002))]);
        let error = names("f", "m;h:1\nnothing")
            .expect_err("no name")
            .to_string();
        assert_eq!(error, "f: line 2: \"nothing\" is no name;host:port");
    }
}
