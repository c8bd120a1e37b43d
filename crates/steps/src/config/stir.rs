//! `[stir]` and `[pbx.stir]`: who is trusted, and what the embedded server does about signed calls.

use std::path::Path;

use gannet_pbx::IdentityRule;
use gannet_stir::{Attestation, Chain};

use super::model::{Config, PbxStirSettings};
use super::reader::Section;

/// Reads `[stir]`.
pub(super) fn read(root: &mut Section<'_, '_, '_>, config: &mut Config, folder: &Path) {
    let Some(mut section) = root.section("stir") else {
        return;
    };
    for file in section.strings("trust").unwrap_or_default() {
        let path = folder.join(&file.value);
        let read = std::fs::read(&path).map_err(|error| error.to_string());
        let chain = read.and_then(|octets| Chain::read(&octets).map_err(|error| error.to_string()));
        match chain {
            Ok(chain) => config.trusted_signers.extend(chain.certificates),
            Err(error) => {
                let expected = format!("a file with certificates in PEM or DER ({error})");
                section.bad_value(&file.value, &expected, file.span);
            }
        }
    }
    section.finish();
}

/// Reads `[pbx.stir]`.
pub(super) fn pbx(pbx: &mut Section<'_, '_, '_>) -> Option<PbxStirSettings> {
    let mut section = pbx.section("stir")?;
    let letters = [
        ("a", Attestation::A),
        ("b", Attestation::B),
        ("c", Attestation::C),
    ];
    let rules = [
        ("ignore", IdentityRule::Ignore),
        ("mark", IdentityRule::Mark),
        ("refuse", IdentityRule::Refuse),
        ("require", IdentityRule::Require),
    ];
    let settings = PbxStirSettings {
        sign: section.choice("sign", &letters),
        verify: section.choice("verify", &rules).unwrap_or_default(),
    };
    section.finish();
    Some(settings)
}
