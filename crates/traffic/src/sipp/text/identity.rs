//! `[identity]`: a call signed while it is sent (RFC 8224 4, RFC 8588).

use std::io::Write;

use gannet_scenario::sipp::model::{IdentityOf, Text};
use gannet_stir::{Attestation, IdentityField, Party, Passport, SigningKey, Token, uuid};

use super::render::rendered;
use super::{At, Env, RenderError};
use crate::sipp::state::CallState;

/// Appends the value of Identity for a call that is signed now.
pub(super) fn append(
    env: &mut Env<'_>,
    state: &mut CallState,
    at: At,
    of: &IdentityOf,
    out: &mut Vec<u8>,
) -> Result<(), RenderError> {
    let mut text = |text: &Text| value(env, state, at, text);
    let (name, x5u) = (text(&of.key)?, text(&of.x5u)?);
    let (orig, dest) = (text(&of.orig)?, text(&of.dest)?);
    let attest = of.attest.as_ref().map(&mut text).transpose()?;
    let origid = of.origid.as_ref().map(&mut text).transpose()?;
    let wrong = |what: String| RenderError::Identity(what);
    let party = |text: &str| {
        let found = Party::read(text);
        found.ok_or_else(|| wrong(format!("`{text}` is neither a number nor a URI")))
    };
    let (iat, _) = env.world.time_of_day();
    let mut passport = Passport::new(&x5u, party(&orig)?, vec![party(&dest)?], iat);
    if let Some(letter) = attest {
        let read = Attestation::read(&letter);
        let read = read.ok_or_else(|| wrong(format!("`{letter}` is no attestation")))?;
        passport.ppt = Some("shaken".to_owned());
        passport.attest = Some(read);
        passport.origid = Some(origid.unwrap_or_else(|| uuid(env.rng.u64(..), env.rng.u64(..))));
    }
    let key = key(env, name.as_bytes())?;
    let token = Token::sign(&passport, key).map_err(|error| wrong(error.to_string()))?;
    let field = IdentityField {
        token,
        info: Some(x5u),
        alg: Some(passport.alg),
        ppt: passport.ppt,
    };
    // A vector takes all that is written.
    let _ = write!(out, "{field}");
    Ok(())
}

fn value(
    env: &mut Env<'_>,
    state: &mut CallState,
    at: At,
    text: &Text,
) -> Result<String, RenderError> {
    let octets = rendered(env, state, at, text)?;
    let value = String::from_utf8_lossy(&octets).into_owned();
    env.common.scratch.give(octets);
    Ok(value)
}

/// The key of that file, which is read once in a run.
fn key<'e>(env: &'e mut Env<'_>, name: &[u8]) -> Result<&'e SigningKey, RenderError> {
    let keys = &env.common.signing_keys;
    let known = keys.iter().position(|(known, _)| known == name);
    let at = if let Some(at) = known {
        at
    } else {
        let shown = String::from_utf8_lossy(name);
        let mut octets = Vec::new();
        if !env.world.read_file(name, &mut octets) {
            return Err(RenderError::File(shown.into_owned()));
        }
        let key = SigningKey::read(&octets)
            .map_err(|error| RenderError::Identity(format!("{shown}: {error}")))?;
        env.common.signing_keys.push((name.to_owned(), key));
        env.common.signing_keys.len() - 1
    };
    Ok(&env.common.signing_keys[at].1)
}
