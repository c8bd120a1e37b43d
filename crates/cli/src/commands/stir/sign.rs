//! `gannet stir sign`.

use std::path::PathBuf;

use clap::Args;
use gannet_events::ExitCode;
use gannet_sip::date_text;
use gannet_stir::{Attestation, IdentityField, Party, Passport, SigningKey, Token, uuid};
use serde_json::json;

use super::files;
use crate::problem::Problem;

/// Sign a call: write the value of its Identity.
#[derive(Debug, Args)]
pub(super) struct SignArguments {
    /// The signer's key.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,

    /// Where the signer's certificate is.
    #[arg(long, value_name = "URI")]
    x5u: String,

    /// Who calls: a number or a URI.
    #[arg(long, value_name = "CALLER", value_parser = party)]
    orig: Party,

    /// Who is called; more than once if several are.
    #[arg(long, value_name = "CALLEE", required = true, value_parser = party)]
    dest: Vec<Party>,

    /// Full (A), partial (B) or gateway (C) attestation; makes it a shaken token (RFC 8588).
    #[arg(long, value_name = "A|B|C", value_parser = attestation)]
    attest: Option<Attestation>,

    /// Which origin it is, for shaken; a new UUID without.
    #[arg(long, value_name = "UUID", requires = "attest")]
    origid: Option<String>,

    /// Whom the call was for before it was diverted; makes it a div token (RFC 8946).
    #[arg(long, value_name = "CALLEE", value_parser = party, conflicts_with = "attest")]
    div: Option<Party>,

    /// A value of Resource-Priority; makes it a rph token (RFC 8443).
    #[arg(long, value_name = "PRIORITY", conflicts_with_all = ["attest", "div"])]
    rph: Vec<String>,

    /// When, in seconds since 1970 began; now without.
    #[arg(long, value_name = "SECONDS")]
    iat: Option<u64>,

    /// The compact form, of which the receiver makes up the rest (RFC 8225 7).
    #[arg(long, conflicts_with_all = ["attest", "div", "rph"])]
    compact: bool,

    /// Write JSON: identity, date, header and claims.
    #[arg(long)]
    json: bool,
}

pub(super) fn party(text: &str) -> Result<Party, String> {
    Party::read(text).ok_or_else(|| {
        "expected a number such as +12155551212, or a URI such as sip:alice@example.com".to_owned()
    })
}

fn attestation(text: &str) -> Result<Attestation, String> {
    Attestation::read(text).ok_or_else(|| "there are A, B and C".to_owned())
}

pub(super) fn execute(arguments: &SignArguments) -> Result<ExitCode, Problem> {
    let key = files::key(&arguments.key)?;
    let passport = passport(arguments);
    let token = signed(&passport, &key)?;
    let token = if arguments.compact {
        token.to_compact()
    } else {
        token
    };
    let field = IdentityField {
        token,
        info: Some(arguments.x5u.clone()),
        alg: Some(passport.alg.clone()),
        ppt: passport.ppt.clone(),
    };
    if arguments.json {
        let value = json!({
            "identity": field.to_string(),
            "token": field.token.to_string(),
            "date": date_text(passport.iat),
            "header": passport.header_json(),
            "claims": passport.claims_json(),
        });
        files::say(&format!("{value:#}"));
    } else {
        files::say(&field.to_string());
    }
    Ok(ExitCode::Passed)
}

fn signed(passport: &Passport, key: &SigningKey) -> Result<Token, Problem> {
    Token::sign(passport, key).map_err(Problem::environment)
}

fn passport(arguments: &SignArguments) -> Passport {
    let iat = arguments.iat.unwrap_or_else(files::now);
    let (orig, dest) = (arguments.orig.clone(), arguments.dest.clone());
    let mut passport = Passport::new(&arguments.x5u, orig, dest, iat);
    let kind = if arguments.attest.is_some() {
        Some("shaken")
    } else if arguments.div.is_some() {
        Some("div")
    } else if arguments.rph.is_empty() {
        None
    } else {
        Some("rph")
    };
    passport.ppt = kind.map(str::to_owned);
    passport.attest = arguments.attest;
    passport.origid = arguments
        .attest
        .map(|_| arguments.origid.clone().unwrap_or_else(new_origid));
    passport.div.clone_from(&arguments.div);
    passport.rph = (!arguments.rph.is_empty()).then(|| arguments.rph.clone());
    passport
}

fn new_origid() -> String {
    uuid(fastrand::u64(..), fastrand::u64(..))
}
