//! `[identity ...]`: a signed call (RFC 8224), which SIPp does not have.

use gannet_diag::Diagnostic;

use super::keyword::{judge, missing, text_parameter};
use super::parameters::{Parameter, parameter};
use super::{Mapped, Names};
use crate::sipp::model::{IdentityOf, Text};

/// Parameters of `[identity]`.
const PARAMETERS: [&str; 6] = ["key", "x5u", "orig", "dest", "attest", "origid"];

/// Compiles the keyword. `None` after a complaint.
pub(super) fn identity(inner: &Mapped, names: &mut impl Names) -> Option<IdentityOf> {
    judge(inner, &PARAMETERS, names);
    let mut needed = |name: &str| {
        let found = text_parameter(inner, name, names);
        if found.is_none() {
            missing(inner, "identity", name, names);
        }
        found
    };
    let (key, x5u) = (needed("key"), needed("x5u"));
    let (orig, dest) = (needed("orig"), needed("dest"));
    let origid = text_parameter(inner, "origid", names);
    let attest = attestation(inner, names)?;
    if origid.is_some() && attest.is_none() {
        let place = inner.span(0..inner.text().len());
        names.tell(Diagnostic::error(
            "bad-keyword",
            "`[identity]` with `origid=` needs `attest=`, too (RFC 8588 5)",
            place,
        ));
        return None;
    }
    Some(IdentityOf {
        key: key?,
        x5u: x5u?,
        orig: orig?,
        dest: dest?,
        attest,
        origid,
    })
}

/// The letter, or a text with keywords that will be one. The outer `None` after a complaint.
#[expect(clippy::option_option, reason = "absent and wrong are two things")]
fn attestation(inner: &Mapped, names: &mut impl Names) -> Option<Option<Text>> {
    let Some(Parameter::Text(text)) = parameter(inner, "attest") else {
        return Some(None);
    };
    let letter = text.text();
    if !letter.contains('[') && !matches!(letter, "A" | "B" | "C") {
        names.tell(Diagnostic::error(
            "bad-keyword",
            format!("`{letter}` is no attestation: there are A, B and C (RFC 8588 4)"),
            text.span(0..letter.len()),
        ));
        return None;
    }
    Some(text_parameter(inner, "attest", names))
}
