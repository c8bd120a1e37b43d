//! What is to be said of a call and of each of its tokens.

use std::fmt;

/// What became of one token, or of a call. Each way to fail has its own name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Signed by one who may, for this call, now.
    Valid,
    /// There is no Identity.
    NoIdentity,
    /// Only tokens of extensions that are not known; such are passed over (RFC 8225 8.1).
    UnknownExtension,
    /// The value is not one of Identity, or a member of the token is wrong or missing.
    Malformed,
    /// Longer than is read.
    TooLarge,
    /// Another algorithm than ES256.
    UnknownAlgorithm,
    /// The parameters `info`, `alg` or `ppt` say something else than the token.
    Contradiction,
    /// The token was made too long ago, or in the future.
    StaleDate,
    /// A compact form, and no Date to make it whole.
    NoDate,
    /// Nothing says where the certificate is.
    NoCertificateUri,
    /// The certificate cannot be fetched.
    CertificateUnavailable,
    /// What was fetched is said to be of another type.
    WrongContentType,
    /// What was fetched is no certificate, or one that cannot be read.
    UnreadableCertificate,
    /// The certificate has a key for another algorithm.
    WrongKey,
    /// The certificate is too old.
    ExpiredCertificate,
    /// The certificate begins later.
    CertificateNotYetValid,
    /// The certificate is its own issuer.
    SelfMadeCertificate,
    /// Nobody who is trusted has issued it.
    UnknownIssuer,
    /// The certificates between it and a trusted one are not good.
    BadChain,
    /// The signature is not that of the certificate's key.
    BadSignature,
    /// The token is for another caller.
    WrongOrig,
    /// The token is for another one called: a replay.
    WrongDestination,
    /// The token is for another caller and another one called: cut and pasted from another call.
    CutAndPaste,
    /// The certificate speaks for nobody.
    NoScope,
    /// The certificate speaks for others.
    WrongScope,
    /// An extension lacks a claim: `attest` and `origid` of shaken, `div`, `rph`.
    MissingClaim,
    /// An extension in the compact form, which it does not have.
    CompactExtension,
    /// The diverted call leads back to no token.
    BrokenDiversion,
    /// `rph` does not allow the Resource-Priority of the message.
    WrongPriority,
    /// Several valid tokens of one kind say different things.
    SeveralDiffer,
}

/// Name, what it says to a person, response code.
type Row = (Verdict, &'static str, &'static str, u16);

/// RFC 8224 6.2.2 for the codes: 428 without Identity, 436 when the certificate cannot be had, 437 when it
/// is not accepted, 438 when the token is not, 403 when it is stale.
const TABLE: [Row; 30] = {
    use Verdict as V;
    [
        (
            V::Valid,
            "valid",
            "signed by one who may, for this call, now",
            200,
        ),
        (V::NoIdentity, "no-identity", "there is no Identity", 428),
        (
            V::UnknownExtension,
            "unknown-extension",
            "all tokens are of extensions that are not known",
            428,
        ),
        (
            V::Malformed,
            "malformed",
            "the value is none of Identity",
            438,
        ),
        (
            V::TooLarge,
            "too-large",
            "the value is longer than is read",
            438,
        ),
        (
            V::UnknownAlgorithm,
            "unknown-algorithm",
            "another algorithm than ES256",
            437,
        ),
        (
            V::Contradiction,
            "contradiction",
            "info, alg or ppt say something else than the token",
            438,
        ),
        (
            V::StaleDate,
            "stale-date",
            "the token was made too long ago, or in the future",
            403,
        ),
        (V::NoDate, "no-date", "the compact form needs a Date", 438),
        (
            V::NoCertificateUri,
            "no-certificate-uri",
            "nothing says where the certificate is",
            436,
        ),
        (
            V::CertificateUnavailable,
            "certificate-unavailable",
            "the certificate cannot be fetched",
            436,
        ),
        (
            V::WrongContentType,
            "wrong-content-type",
            "what was fetched is said to be no certificate",
            436,
        ),
        (
            V::UnreadableCertificate,
            "unreadable-certificate",
            "what was fetched is no certificate that can be read",
            437,
        ),
        (
            V::WrongKey,
            "wrong-key",
            "the certificate has a key for another algorithm",
            437,
        ),
        (
            V::ExpiredCertificate,
            "expired-certificate",
            "the certificate is too old",
            437,
        ),
        (
            V::CertificateNotYetValid,
            "certificate-not-yet-valid",
            "the certificate begins later",
            437,
        ),
        (
            V::SelfMadeCertificate,
            "self-made-certificate",
            "the certificate is its own issuer",
            437,
        ),
        (
            V::UnknownIssuer,
            "unknown-issuer",
            "nobody who is trusted has issued the certificate",
            437,
        ),
        (
            V::BadChain,
            "bad-chain",
            "the certificates up to a trusted one are not good",
            437,
        ),
        (
            V::BadSignature,
            "bad-signature",
            "the signature is not that of the certificate's key",
            438,
        ),
        (
            V::WrongOrig,
            "wrong-orig",
            "the token is for another caller",
            438,
        ),
        (
            V::WrongDestination,
            "wrong-destination",
            "the token is for another one called: a replay",
            438,
        ),
        (
            V::CutAndPaste,
            "cut-and-paste",
            "the token is from another call",
            438,
        ),
        (
            V::NoScope,
            "no-scope",
            "the certificate speaks for nobody",
            437,
        ),
        (
            V::WrongScope,
            "wrong-scope",
            "the certificate speaks for others",
            437,
        ),
        (
            V::MissingClaim,
            "missing-claim",
            "the extension lacks a claim",
            438,
        ),
        (
            V::CompactExtension,
            "compact-extension",
            "the extension has no compact form",
            438,
        ),
        (
            V::BrokenDiversion,
            "broken-diversion",
            "the diversion leads back to no token",
            438,
        ),
        (
            V::WrongPriority,
            "wrong-priority",
            "Resource-Priority is not what was signed",
            438,
        ),
        (
            V::SeveralDiffer,
            "several-differ",
            "valid tokens of one kind say different things",
            438,
        ),
    ]
};

impl Verdict {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.into_iter().map(|row| row.0)
    }

    fn row(self) -> Row {
        let row = TABLE.into_iter().find(|row| row.0 == self);
        row.expect("each verdict has its row, which a test counts")
    }

    /// Its name in sentences, JSON and logs.
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// The verdict of that name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::all().find(|one| one.name() == name)
    }

    /// What it means.
    pub fn meaning(self) -> &'static str {
        self.row().2
    }

    /// How the call is refused by one who refuses (RFC 8224 6.2.2); 200 if it is not.
    pub fn code(self) -> u16 {
        self.row().3
    }

    /// The reason phrase of the code (RFC 8224 6.2.2).
    pub fn phrase(self) -> &'static str {
        match self.code() {
            403 => "Stale Date",
            428 => "Use Identity Header",
            436 => "Bad Identity Info",
            437 => "Unsupported Credential",
            438 => "Invalid Identity Header",
            _ => "OK",
        }
    }

    /// The Reason that says it in a response (RFC 8224 6.2.2, RFC 9410 3); `None` if there is nothing to say.
    pub fn reason(self) -> Option<String> {
        let (code, phrase) = (self.code(), self.phrase());
        (code >= 300).then(|| format!("STIR;cause={code};text=\"{phrase}\""))
    }

    /// The `verstat` parameter for From and P-Asserted-Identity (3GPP TS 24.229 7.2A.20).
    pub fn verstat(self) -> &'static str {
        match self {
            Self::Valid => "TN-Validation-Passed",
            Self::NoIdentity | Self::UnknownExtension => "No-TN-Validation",
            _ => "TN-Validation-Failed",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_verdict_has_one_row_and_one_name() {
        let names: BTreeSet<_> = Verdict::all().map(Verdict::name).collect();
        assert_eq!(names.len(), TABLE.len());
        // The last one: a variant without a row would make the numbers differ.
        assert_eq!(Verdict::SeveralDiffer as usize + 1, TABLE.len());
        for (at, verdict) in Verdict::all().enumerate() {
            assert_eq!(verdict as usize, at, "{verdict}");
            assert_eq!(Verdict::of_name(verdict.name()), Some(verdict));
        }
    }

    #[test]
    fn responses_are_those_of_rfc_8224() {
        let reason = |verdict: Verdict| verdict.reason().unwrap_or_default();
        assert_eq!(
            reason(Verdict::StaleDate),
            "STIR;cause=403;text=\"Stale Date\""
        );
        assert_eq!(
            reason(Verdict::BadSignature),
            "STIR;cause=438;text=\"Invalid Identity Header\""
        );
        assert_eq!(Verdict::Valid.reason(), None);
        assert_eq!(Verdict::NoIdentity.verstat(), "No-TN-Validation");
    }
}
