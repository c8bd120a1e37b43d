//! What came of verifying a call.

use crate::claims::Attestation;
use crate::passport::Passport;
use crate::verdict::Verdict;

/// One value of Identity, judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// What became of it.
    pub verdict: Verdict,
    /// More about it, for people: what differs from what, which error.
    pub detail: String,
    /// What it says, if it could be read.
    pub passport: Option<Passport>,
}

/// A call, judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// What is to be said of the call.
    pub verdict: Verdict,
    /// Each value of Identity, in order.
    pub tokens: Vec<Judged>,
}

impl Outcome {
    /// The tokens that hold.
    pub fn valid(&self) -> impl Iterator<Item = &Passport> {
        let valid = self
            .tokens
            .iter()
            .filter(|one| one.verdict == Verdict::Valid);
        valid.filter_map(|one| one.passport.as_ref())
    }

    /// The attestation of the first valid token that has one.
    pub fn attestation(&self) -> Option<Attestation> {
        self.valid().find_map(|passport| passport.attest)
    }

    /// Why, in words: the verdict, its meaning, and what is known beside it.
    pub fn explain(&self) -> String {
        let detail = self.tokens.iter().find(|one| one.verdict == self.verdict);
        let detail = detail.map_or("", |one| one.detail.as_str());
        let (name, meaning) = (self.verdict.name(), self.verdict.meaning());
        if detail.is_empty() {
            format!("{name}: {meaning}")
        } else {
            format!("{name}: {meaning}; {detail}")
        }
    }
}
