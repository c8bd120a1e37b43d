//! `gannet stir verify`.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use gannet_events::ExitCode;
use gannet_net::http::PageCache;
use gannet_sip::{Message, Uri};
use gannet_stir::{
    CallFacts, Fetched, IdentityField, Outcome, Party, Unavailable, Verifier, VerifyingKey,
    facts_of, identities_of,
};
use serde_json::{Value, json};

use super::files;
use super::sign::party;
use crate::problem::Problem;

/// Verify a signed call, by its Identity or by the whole INVITE; exit code 1 if it is not valid.
#[derive(Debug, Args)]
pub(super) struct VerifyArguments {
    /// The value of Identity, or a token alone; once for each.
    #[arg(value_name = "IDENTITY", required_unless_present = "message")]
    identity: Vec<String>,

    /// A file with the INVITE, as it was received.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["identity", "orig", "dest"])]
    message: Option<PathBuf>,

    /// Certificates of authorities that are trusted.
    #[arg(long, value_name = "FILE", required_unless_present = "public_key")]
    ca: Vec<PathBuf>,

    /// Take the signer's certificates from this file instead of fetching x5u.
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,

    /// Take this public key instead of certificates.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["ca", "certificate"])]
    public_key: Option<PathBuf>,

    /// Who calls; without, whoever the token says.
    #[arg(long, value_name = "CALLER", value_parser = party)]
    orig: Option<Party>,

    /// Who is called; without, whoever the token says.
    #[arg(long, value_name = "CALLEE", value_parser = party)]
    dest: Option<Party>,

    /// Judge as at this time, in seconds since 1970 began; now without.
    #[arg(long, value_name = "SECONDS")]
    at: Option<u64>,

    /// How many seconds a token may be old.
    #[arg(long, value_name = "SECONDS", default_value_t = gannet_stir::FRESHNESS_S)]
    freshness: u64,

    /// Write JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn execute(arguments: &VerifyArguments) -> Result<ExitCode, Problem> {
    let verifier = verifier(arguments)?;
    let given = match &arguments.certificate {
        Some(path) => {
            files::chain("the certificate", path)?;
            Some(files::read("the certificate", path)?)
        }
        None => None,
    };
    let (facts, identities) = call(arguments)?;
    let cache = PageCache::default();
    let source = |uri: &str| match &given {
        Some(octets) => Ok(Fetched {
            content_type: None,
            octets: octets.clone(),
        }),
        None => cache.get(uri).map_or_else(
            |error| {
                let what = error.to_string();
                Err(Unavailable { what })
            },
            |page| {
                Ok(Fetched {
                    content_type: page.content_type,
                    octets: page.body,
                })
            },
        ),
    };
    let now = arguments.at.unwrap_or_else(files::now);
    let outcome = verifier.verify(&facts, &identities, &source, now);
    if arguments.json {
        files::say(&format!("{:#}", as_json(&outcome)));
    } else {
        files::say(&as_text(&outcome));
    }
    Ok(match outcome.verdict {
        gannet_stir::Verdict::Valid => ExitCode::Passed,
        _ => ExitCode::Failed,
    })
}

fn verifier(arguments: &VerifyArguments) -> Result<Verifier, Problem> {
    let mut anchors = Vec::new();
    for path in &arguments.ca {
        anchors.extend(files::chain("the authority's certificate", path)?.certificates);
    }
    let mut verifier = Verifier::new(anchors);
    verifier.freshness_s = arguments.freshness;
    if let Some(path) = &arguments.public_key {
        let key = VerifyingKey::read(&files::read("the public key", path)?)
            .with_context(|| format!("`{}` is no key to verify with", path.display()))
            .map_err(Problem::input)?;
        verifier.key = Some(key);
    }
    Ok(verifier)
}

/// The facts of the call, and its values of Identity.
fn call(arguments: &VerifyArguments) -> Result<(CallFacts, Vec<String>), Problem> {
    if let Some(path) = &arguments.message {
        let message = Message::parse(files::read("the message", path)?);
        let facts = facts_of(&message)
            .with_context(|| format!("`{}` is no INVITE that can be judged", path.display()))
            .map_err(Problem::input)?;
        return Ok((facts, identities_of(&message)));
    }
    let passports: Vec<_> = arguments
        .identity
        .iter()
        .filter_map(|text| IdentityField::read(text).ok())
        .filter_map(|field| field.token.passport().ok())
        .collect();
    let said = passports.first();
    let orig = arguments.orig.clone().or_else(|| Some(said?.orig.clone()));
    // Of several tokens a diverted call goes where the last one says.
    let last = passports.last();
    let dest = arguments
        .dest
        .clone()
        .or_else(|| last?.dest.first().cloned());
    let (Some(orig), Some(dest)) = (orig, dest) else {
        return Err(files::usage(
            "the token does not say who calls whom: say --orig and --dest".to_owned(),
        ));
    };
    let (from, to) = (uri_of(&orig)?, uri_of(&dest)?);
    let rph = passports.iter().find_map(|one| one.rph.clone());
    let facts = CallFacts {
        from,
        asserted: Vec::new(),
        target: to.clone(),
        to,
        date: None,
        priorities: rph.unwrap_or_default(),
    };
    // A token alone says itself what the parameters would repeat.
    let whole = |text: &String| match IdentityField::read(text) {
        Ok(mut field) if field.info.is_none() && !text.contains(';') => {
            field.info = field.token.passport().ok().map(|passport| passport.x5u);
            field.to_string()
        }
        _ => text.clone(),
    };
    Ok((facts, arguments.identity.iter().map(whole).collect()))
}

fn uri_of(party: &Party) -> Result<Uri, Problem> {
    let text = match party {
        Party::Tn(number) => format!("tel:{number}"),
        Party::Uri(uri) => uri.clone(),
    };
    Uri::parse(&text)
        .with_context(|| format!("`{party}` is neither a number nor a URI"))
        .map_err(Problem::input)
}

fn as_text(outcome: &Outcome) -> String {
    let mut lines = vec![outcome.explain()];
    for (at, token) in outcome.tokens.iter().enumerate() {
        let line = format!("Identity {}: {}", at + 1, token.verdict);
        lines.push(match token.detail.as_str() {
            "" => line,
            detail => format!("{line} ({detail})"),
        });
        if let Some(passport) = &token.passport {
            let claims = gannet_stir::canonical_json(&passport.claims_json());
            lines.push(format!("  {claims}"));
        }
    }
    if let Some(reason) = outcome.verdict.reason() {
        let (code, phrase) = (outcome.verdict.code(), outcome.verdict.phrase());
        lines.push(format!("response: {code} {phrase}"));
        lines.push(format!("Reason: {reason}"));
    }
    lines.push(format!("verstat: {}", outcome.verdict.verstat()));
    lines.join("\n")
}

fn as_json(outcome: &Outcome) -> Value {
    let verdict = outcome.verdict;
    let tokens: Vec<_> = outcome
        .tokens
        .iter()
        .map(|token| {
            json!({
                "verdict": token.verdict.name(),
                "detail": token.detail,
                "header": token.passport.as_ref().map(gannet_stir::Passport::header_json),
                "claims": token.passport.as_ref().map(gannet_stir::Passport::claims_json),
            })
        })
        .collect();
    json!({
        "verdict": verdict.name(),
        "meaning": verdict.meaning(),
        "code": verdict.code(),
        "phrase": verdict.phrase(),
        "reason": verdict.reason(),
        "verstat": verdict.verstat(),
        "tokens": tokens,
    })
}
