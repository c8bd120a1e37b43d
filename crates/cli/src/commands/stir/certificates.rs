//! `gannet stir keygen`, `ca` and `issue`.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use gannet_events::ExitCode;
use gannet_stir::{Authority, CertificateOrder, SigningKey, TnAuthList, TnEntry};

use super::files;
use crate::problem::Problem;

/// Make a private key for ES256 (P-256), in PEM.
#[derive(Debug, Args)]
pub(super) struct KeygenArguments {
    /// Where to write it; standard output without. A file that is there is not overwritten.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Make the certificate of an authority, for tests.
#[derive(Debug, Args)]
pub(super) struct CaArguments {
    /// Its key; made if the file is not there.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,

    /// Where to write the certificate; standard output without.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Its name.
    #[arg(long, value_name = "NAME", default_value = "Gannet test authority")]
    name: String,

    #[command(flatten)]
    times: Times,
}

/// Issue the certificate of a signer (RFC 8226).
#[derive(Debug, Args)]
pub(super) struct IssueArguments {
    /// The certificate of the authority.
    #[arg(long, value_name = "FILE", required_unless_present = "self_made")]
    ca: Option<PathBuf>,

    /// The key of the authority.
    #[arg(long, value_name = "FILE", required_unless_present = "self_made")]
    ca_key: Option<PathBuf>,

    /// The key of the signer; made if the file is not there.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,

    /// Where to write the certificate; standard output without.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// The signer's name.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// It speaks for all numbers of this service provider.
    #[arg(long, value_name = "CODE")]
    spc: Vec<String>,

    /// It speaks for this number.
    #[arg(long, value_name = "NUMBER")]
    tn: Vec<String>,

    /// It speaks for so many numbers from this one on.
    #[arg(long, value_name = "NUMBER+COUNT", value_parser = range)]
    range: Vec<TnEntry>,

    /// It speaks for callers of this domain or address.
    #[arg(long, value_name = "DOMAIN")]
    domain: Vec<String>,

    /// Nobody issues it but the signer.
    #[arg(long, conflicts_with_all = ["ca", "ca_key"])]
    self_made: bool,

    #[command(flatten)]
    times: Times,
}

/// From when to when a certificate is valid.
#[derive(Debug, Args)]
struct Times {
    /// How many days it is valid.
    #[arg(long, value_name = "DAYS", default_value_t = 365, value_parser = clap::value_parser!(u32).range(1..=36_500))]
    days: u32,

    /// From when on, in seconds since 1970 began; now without.
    #[arg(long, value_name = "SECONDS")]
    from: Option<u64>,
}

const DAY_S: u64 = 86_400;

fn range(text: &str) -> Result<TnEntry, String> {
    let read = || {
        let (start, count) = text.rsplit_once('+')?;
        Some(TnEntry::Range {
            start: number(start),
            count: count.parse().ok()?,
        })
    };
    read().ok_or_else(|| "expected a number, `+` and how many, as in 12155550100+100".to_owned())
}

/// As certificates write numbers; what is none stays as it is and is refused with its own error.
fn number(text: &str) -> String {
    gannet_stir::canonical_number(text).unwrap_or_else(|| text.to_owned())
}

fn order(name: &str, times: &Times) -> CertificateOrder {
    let from = times.from.unwrap_or_else(files::now);
    CertificateOrder {
        name: name.to_owned(),
        tn_auth_list: TnAuthList::default(),
        domains: Vec::new(),
        not_before: from,
        not_after: from.saturating_add(u64::from(times.days) * DAY_S),
    }
}

pub(super) fn keygen(arguments: &KeygenArguments) -> Result<ExitCode, Problem> {
    let key = SigningKey::generate().map_err(Problem::environment)?;
    match &arguments.out {
        Some(path) => files::write_secret(path, &key.to_pem())?,
        None => files::say(key.to_pem().trim_end()),
    }
    Ok(ExitCode::Passed)
}

pub(super) fn ca(arguments: &CaArguments) -> Result<ExitCode, Problem> {
    let key = files::key_or_new(&arguments.key)?;
    let order = order(&arguments.name, &arguments.times);
    let authority = Authority::new(&order, &key).map_err(Problem::input)?;
    files::write(arguments.out.as_deref(), authority.pem())?;
    Ok(ExitCode::Passed)
}

pub(super) fn issue(arguments: &IssueArguments) -> Result<ExitCode, Problem> {
    let mut entries: Vec<_> = arguments.spc.iter().cloned().map(TnEntry::Spc).collect();
    entries.extend(arguments.range.iter().cloned());
    entries.extend(arguments.tn.iter().map(|tn| TnEntry::One(number(tn))));
    let list = TnAuthList { entries };
    if list.entries.is_empty() && arguments.domain.is_empty() {
        let text = "the certificate would speak for nobody: say --spc, --tn, --range or --domain";
        return Err(files::usage(text.to_owned()));
    }
    if !list.entries.is_empty() {
        list.check().map_err(Problem::input)?;
    }
    let default_name = || match arguments.spc.first() {
        Some(code) => format!("SHAKEN {code}"),
        None => "Gannet test signer".to_owned(),
    };
    let name = arguments.name.clone().unwrap_or_else(default_name);
    let mut order = order(&name, &arguments.times);
    order.tn_auth_list = list;
    order.domains.clone_from(&arguments.domain);
    let pem = match (&arguments.ca, &arguments.ca_key) {
        (Some(ca), Some(ca_key)) => {
            let certificate = files::read("the authority's certificate", ca)?;
            let certificate = String::from_utf8_lossy(&certificate).into_owned();
            let authority = Authority::read(&certificate, &files::key(ca_key)?)
                .with_context(|| format!("`{}` cannot issue", ca.display()))
                .map_err(Problem::input)?;
            let key = files::key_or_new(&arguments.key)?;
            authority.issue(&order, &key)
        }
        _ => order.self_made(&files::key_or_new(&arguments.key)?),
    };
    let pem = pem.map_err(Problem::input)?;
    files::write(arguments.out.as_deref(), &pem)?;
    Ok(ExitCode::Passed)
}
