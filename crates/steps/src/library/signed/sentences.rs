//! The sentences about signed calls.

use gannet_pbx::IdentityRule;
use gannet_stir::Fault;

use super::signing::{self, Wrong};
use super::verifying;
use crate::world::Flaw;
use crate::{StepDefinition, step};

const SECTION: &str = "Signed calls";

/// The sentences of this subject.
pub(in super::super) fn definitions() -> Vec<StepDefinition> {
    [signed(), wrong(), received(), server()].concat()
}

fn signed() -> Vec<StepDefinition> {
    vec![
        step!(
            "calls from {phone} are signed with attestation {word}",
            section: SECTION,
            about: "From now on each INVITE of the phone that begins a call has Date and Identity with a shaken token (RFC 8224, RFC 8588): full (A), partial (B) or gateway (C) attestation. Certificates are issued for the scenario and given by an HTTP server of its own. Say it after the sentence that describes the phone.",
            example: "calls from Alice are signed with attestation A",
            no within,
            run: signing::signed,
        ),
        step!(
            "calls from {phone} are signed with attestation {word} by certificate {file}",
            section: SECTION,
            about: "The same with a certificate and key of yours: PEM, the key in the same file or in one beside it that ends in .key. The scenario's HTTP server gives it.",
            example: "calls from Alice are signed with attestation A by certificate \"sp.pem\"",
            no within,
            run: signing::signed_by,
        ),
        step!(
            "calls from {phone} are signed with attestation {word} with ppt {word}",
            section: SECTION,
            about: "The same with this extension: shaken; div: a second token tells that the call was diverted (RFC 8946); rph: a second token tells that Resource-Priority ets.0 is allowed (RFC 8443).",
            example: "calls from Alice are signed with attestation A with ppt div",
            no within,
            run: signing::signed_with_ppt,
        ),
        step!(
            "calls from {phone} are signed with attestation {word} by certificate {file} with ppt {word}",
            section: SECTION,
            about: "Both.",
            example: "calls from Alice are signed with attestation A by certificate \"sp.pem\" with ppt div",
            no within,
            run: signing::signed_by_with_ppt,
        ),
        step!(
            "calls from {phone} are signed again with attestation {word}",
            section: SECTION,
            about: "One more Identity beside those that the phone has already. What is wrong on purpose from now on is wrong with this one.",
            example: "calls from Alice are signed again with attestation C",
            no within,
            run: signing::signed_again,
        ),
        step!(
            "{phone} calls {dest} with the Identity received by {phone}",
            section: SECTION,
            about: "As `calls`, with Date and Identity of the newest INVITE that this phone has received: a replay, or cut and paste (RFC 7375).",
            example: "Alice calls Carol with the Identity received by Bob",
            run: signing::replayed,
        ),
    ]
}

/// `Identity sent by <phone> has <text>`.
macro_rules! wrong {
    ($text:literal, $about:literal, $wrong:expr) => {
        step!(
            concat!("Identity sent by {phone} has ", $text),
            section: SECTION,
            about: $about,
            example: concat!("Identity sent by Alice has ", $text),
            no within,
            run: signing::wrong,
            with: $wrong,
        )
    };
}

// tidy(function-length): a table, one entry for each sentence
fn wrong() -> Vec<StepDefinition> {
    vec![
        wrong!(
            "a stale date",
            "From now on iat and Date of the phone's calls are an hour old; 403 Stale Date is due. Calls that no sentence has signed are signed with attestation A, here and in the sentences below.",
            Wrong::Token(Fault::StaleDate)
        ),
        wrong!(
            "a wrong destination",
            "dest is somebody else; 438 is due.",
            Wrong::Token(Fault::WrongDestination)
        ),
        wrong!(
            "a wrong caller",
            "orig is somebody else; 438 is due.",
            Wrong::Token(Fault::WrongOrig)
        ),
        wrong!(
            "a bad signature",
            "A bit of the signature differs; 438 is due.",
            Wrong::Token(Fault::BadSignature)
        ),
        wrong!(
            "an expired certificate",
            "The certificate ended an hour ago; 437 is due.",
            Wrong::Certificate(Flaw::Expired)
        ),
        wrong!(
            "an unknown certificate",
            "An authority that nobody trusts has issued the certificate; 437 is due.",
            Wrong::Certificate(Flaw::Unknown)
        ),
        wrong!(
            "a self-made certificate",
            "The certificate is its own issuer; 437 is due.",
            Wrong::Certificate(Flaw::SelfMade)
        ),
        wrong!(
            "a certificate for others",
            "The certificate speaks for another number and another domain; 437 is due.",
            Wrong::Certificate(Flaw::Scope)
        ),
        wrong!(
            "a missing certificate",
            "Nothing is where x5u says; 436 is due.",
            Wrong::Certificate(Flaw::Missing)
        ),
        wrong!(
            "a certificate of a wrong content type",
            "The certificate is given as text/html; 436 is due.",
            Wrong::Certificate(Flaw::ContentType)
        ),
        wrong!(
            "no certificate URI",
            "There is neither info nor x5u; 436 is due.",
            Wrong::Token(Fault::NoCertificateUri)
        ),
        wrong!(
            "a huge token",
            "The token is longer than is read; 438 is due. It does not fit into a datagram of every network.",
            Wrong::Token(Fault::Huge)
        ),
        wrong!(
            "an unknown algorithm",
            "alg is ES999; 437 is due.",
            Wrong::Token(Fault::UnknownAlgorithm)
        ),
        wrong!(
            "an unknown extension",
            "ppt is one that nobody knows; such tokens are passed over (RFC 8225 8.1).",
            Wrong::Token(Fault::UnknownExtension)
        ),
    ]
}

fn received() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} receives a valid Identity",
            section: SECTION,
            about: "The newest INVITE that the phone has received, or the next one, is signed by one who may, for this caller and this callee, then: certificate, signature, orig, dest, date and scope hold. Trusted are the scenario's own authority and `[stir] trust`.",
            example: "Bob receives a valid Identity",
            condition,
            run: verifying::valid,
        ),
        step!(
            "the Identity received by {phone} is {word}",
            section: SECTION,
            about: "The same INVITE is judged so: valid, no-identity, unknown-extension, malformed, too-large, unknown-algorithm, contradiction, stale-date, no-date, no-certificate-uri, certificate-unavailable, wrong-content-type, unreadable-certificate, wrong-key, expired-certificate, certificate-not-yet-valid, self-made-certificate, unknown-issuer, bad-chain, bad-signature, wrong-orig, wrong-destination, cut-and-paste, no-scope, wrong-scope, missing-claim, compact-extension, broken-diversion, wrong-priority, several-differ.",
            example: "the Identity received by Bob is wrong-destination",
            condition,
            run: verifying::judged,
        ),
        step!(
            "{phone} receives attestation {word}",
            section: SECTION,
            about: "A valid token of the same INVITE has this attestation.",
            example: "Bob receives attestation A",
            condition,
            run: verifying::attestation,
        ),
        step!(
            "{phone} receives origid {text}",
            section: SECTION,
            about: "A valid token of the same INVITE has this origid (RFC 8588 5).",
            example: "Bob receives origid \"123e4567-e89b-12d3-a456-426655440000\"",
            condition,
            run: verifying::origid,
        ),
        step!(
            "{phone} receives verstat {text}",
            section: SECTION,
            about: "From or P-Asserted-Identity of the same INVITE has this verstat (3GPP TS 24.229): TN-Validation-Passed, TN-Validation-Failed or No-TN-Validation.",
            example: "Bob receives verstat \"TN-Validation-Passed\"",
            condition,
            run: verifying::verstat,
        ),
        step!(
            "{phone} receives no Identity",
            section: SECTION,
            about: "The same INVITE has no Identity.",
            example: "Bob receives no Identity",
            condition,
            run: verifying::none,
        ),
    ]
}

fn server() -> Vec<StepDefinition> {
    vec![
        step!(
            "the embedded server signs calls with attestation {word}",
            section: SECTION,
            about: "From now on it signs calls of its users that come without Identity and do not ask for privacy. Also `[pbx.stir] sign`.",
            example: "the embedded server signs calls with attestation B",
            no within,
            run: signing::server_signs,
        ),
        step!(
            "the embedded server marks callers by their Identity",
            section: SECTION,
            about: "From now on it verifies, and tells the callee by verstat what it found. Also `[pbx.stir] verify = \"mark\"`.",
            example: "the embedded server marks callers by their Identity",
            no within,
            run: signing::server_verifies,
            with: IdentityRule::Mark,
        ),
        step!(
            "the embedded server refuses calls with a wrong Identity",
            section: SECTION,
            about: "From now on what is wrong gets 403, 436, 437 or 438 with a Reason (RFC 8224 6.2.2); calls without Identity go on. Also `[pbx.stir] verify = \"refuse\"`.",
            example: "the embedded server refuses calls with a wrong Identity",
            no within,
            run: signing::server_verifies,
            with: IdentityRule::Refuse,
        ),
        step!(
            "the embedded server requires a valid Identity",
            section: SECTION,
            about: "The same, and calls without Identity get 428. Also `[pbx.stir] verify = \"require\"`.",
            example: "the embedded server requires a valid Identity",
            no within,
            run: signing::server_verifies,
            with: IdentityRule::Require,
        ),
    ]
}
