//! Whether tokens whose signatures hold are for this call (RFC 8224 6.2, RFC 8588 7, RFC 8946 6, RFC 8443 4).

use crate::certificate::Certificate;
use crate::claims::Party;
use crate::facts::CallFacts;
use crate::outcome::Judged;
use crate::passport::Passport;
use crate::verdict::Verdict;

/// Why a token does not hold.
pub(crate) struct Failing {
    pub(crate) verdict: Verdict,
    pub(crate) detail: String,
    pub(crate) passport: Option<Passport>,
}

/// A token whose signature holds; whether it is for this call is still to be seen.
pub(crate) struct Signed {
    pub(crate) passport: Passport,
    /// `None` when the key was given.
    pub(crate) certificate: Option<Certificate>,
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "errors and texts are handed over alike"
)]
pub(crate) fn failing(verdict: Verdict, detail: impl ToString) -> Failing {
    Failing {
        verdict,
        detail: detail.to_string(),
        passport: None,
    }
}

/// Whom the call was for, on the way back through what its div tokens say (RFC 8946 6).
pub(crate) fn reached(facts: &CallFacts, passports: &[&Passport]) -> Vec<Party> {
    let mut reached = vec![Party::of_uri(&facts.to), Party::of_uri(&facts.target)];
    // Each round uses up a token, so there are no more rounds than tokens.
    for _ in passports {
        let more = passports.iter().filter_map(|one| {
            let div = one.div.as_ref()?;
            let leads_here = one.dest.iter().any(|dest| meets(&reached, facts, dest));
            (leads_here && !reached.contains(div)).then(|| div.clone())
        });
        let more: Vec<_> = more.collect();
        if more.is_empty() {
            break;
        }
        reached.extend(more);
    }
    reached
}

fn meets(reached: &[Party], facts: &CallFacts, dest: &Party) -> bool {
    reached.contains(dest) || dest.is_meant_by(&facts.to) || dest.is_meant_by(&facts.target)
}

/// Whether a signed token is for this call, and its certificate for this caller.
pub(crate) fn fits(
    facts: &CallFacts,
    signed: Signed,
    reached: &[Party],
    all_dest: &[Vec<Party>],
) -> Result<Passport, Failing> {
    let Signed {
        passport,
        certificate,
    } = signed;
    let mut callers = std::iter::once(&facts.from).chain(&facts.asserted);
    let orig_fits = callers.any(|caller| passport.orig.is_meant_by(caller));
    let dest_fits = passport.dest.iter().any(|dest| meets(reached, facts, dest));
    let orig = || format!("orig is {}, From is {}", passport.orig, facts.from);
    let dest = || {
        let all: Vec<_> = passport.dest.iter().map(ToString::to_string).collect();
        format!("dest is {}, To is {}", all.join(" and "), facts.to)
    };
    let failed = match (orig_fits, dest_fits) {
        (true, true) => extension(facts, &passport, certificate.as_ref(), all_dest).err(),
        (false, true) => Some(failing(Verdict::WrongOrig, orig())),
        (true, false) => Some(failing(Verdict::WrongDestination, dest())),
        (false, false) => {
            let detail = format!("{}; {}", orig(), dest());
            Some(failing(Verdict::CutAndPaste, detail))
        }
    };
    match failed {
        None => Ok(passport),
        Some(mut failing) => {
            failing.passport = Some(passport);
            Err(failing)
        }
    }
}

/// What the extensions want, and whether the certificate speaks for the signer.
fn extension(
    facts: &CallFacts,
    passport: &Passport,
    certificate: Option<&Certificate>,
    all_dest: &[Vec<Party>],
) -> Result<(), Failing> {
    let lacks = |name: &str| failing(Verdict::MissingClaim, format!("there is no `{name}`"));
    // A diverted call is signed by the one who diverts (RFC 8946 5).
    let mut signer = &passport.orig;
    match passport.ppt.as_deref() {
        Some("shaken") => {
            passport.attest.ok_or_else(|| lacks("attest"))?;
            passport.origid.as_ref().ok_or_else(|| lacks("origid"))?;
        }
        Some("div") => {
            let div = passport.div.as_ref().ok_or_else(|| lacks("div"))?;
            signer = div;
            if !all_dest.iter().any(|dest| dest.contains(div)) {
                let detail = format!("no other token is for {div}");
                return Err(failing(Verdict::BrokenDiversion, detail));
            }
        }
        Some("rph") => {
            let allowed = passport.rph.as_ref().ok_or_else(|| lacks("rph"))?;
            let is_allowed =
                |value: &&String| allowed.iter().any(|a| a.eq_ignore_ascii_case(value));
            if let Some(value) = facts.priorities.iter().find(|value| !is_allowed(value)) {
                let detail = format!("{value} is not in {}", allowed.join(", "));
                return Err(failing(Verdict::WrongPriority, detail));
            }
        }
        _ => {}
    }
    match certificate {
        None => Ok(()),
        Some(certificate) => certificate.speaks_for(signer).map_err(|verdict| {
            let list = certificate
                .tn_auth_list
                .as_ref()
                .and_then(|l| l.as_ref().ok());
            let entries = list.map_or(Vec::new(), |list| list.entries.clone());
            let entries = entries.iter().map(ToString::to_string);
            let said: Vec<_> = entries.chain(certificate.domains.iter().cloned()).collect();
            failing(verdict, format!("{signer} is not of [{}]", said.join(", ")))
        }),
    }
}

/// What is to be said of the call: one valid token will do, unless another one contradicts it.
pub(crate) fn overall(tokens: &[Judged]) -> Verdict {
    let valid: Vec<&Passport> = tokens
        .iter()
        .filter(|one| one.verdict == Verdict::Valid)
        .filter_map(|one| one.passport.as_ref())
        .collect();
    let differ = valid.iter().enumerate().any(|(at, one)| {
        valid[..at].iter().any(|other| {
            let same_kind = one.ppt == other.ppt && one.div == other.div;
            same_kind && (&one.orig, one.attest) != (&other.orig, other.attest)
        })
    });
    let known = |one: &&Judged| one.verdict != Verdict::UnknownExtension;
    match (valid.is_empty(), tokens.iter().find(known)) {
        (false, _) if differ => Verdict::SeveralDiffer,
        (false, _) => Verdict::Valid,
        (true, Some(first)) => first.verdict,
        (true, None) if tokens.is_empty() => Verdict::NoIdentity,
        (true, None) => Verdict::UnknownExtension,
    }
}
