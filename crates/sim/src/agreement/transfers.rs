//! Judging REFER in calls: who was asked, who called, who was told what.

use gannet_sip::Method;

use super::evidence::Evidence;
use super::{Asymmetry, Findings, Violation};
use crate::phone::{CallRecord, Errand, Fate, Phone, ReferRecord, Role};

/// Judges the REFERs of both phones: each has one end, which is the one that the other side told,
/// gave or can be proven not to have told. A REFER that succeeded has made a call that both sides
/// know. What the one side offered as hold the other has read as such.
pub fn judge_transfers(evidence: &Evidence, phones: &[(usize, &Phone)]) -> Findings {
    let mut findings = Findings::default();
    for (node, phone) in phones {
        let Some((_, other)) = phones.iter().find(|(other, _)| other != node) else {
            continue;
        };
        for refer in phone.refers() {
            if let Some(call) = phone.calls().find(|call| call.id == refer.call) {
                judge(evidence, (*node, phone, call, refer), other, &mut findings);
            }
        }
        judge_holds(phone, other, &mut findings);
    }
    findings
}

fn judge(
    evidence: &Evidence,
    (node, phone, call, refer): (usize, &Phone, &CallRecord, &ReferRecord),
    other: &Phone,
    findings: &mut Findings,
) {
    let sip_call_id = call.sip_call_id.clone();
    let Some((at, fate)) = refer.fate else {
        let violation = Violation::NotEnded { node, sip_call_id };
        return findings.violations.push(violation);
    };
    if !refer.after_fate.is_empty() {
        findings.violations.push(Violation::AfterEnd {
            node,
            sip_call_id: sip_call_id.clone(),
            reported: refer.after_fate.clone(),
        });
    }
    let errand = errand_in(other, &sip_call_id);
    let accepted = errand.filter(|errand| errand.notice.is_some());
    let agree = match fate {
        Fate::Done(code) => accepted.is_some_and(|errand| {
            errand.told == Some(code) && (code >= 300 || is_known(phone, other, errand))
        }),
        Fate::Refused(_) => accepted.is_none(),
        Fate::Unanswered => {
            let refer = Method::Refer;
            let branch = evidence.branch(node, &sip_call_id, &refer, |sheet| sheet.sent <= at);
            let branch = branch.unwrap_or_default();
            findings.asymmetries.push(Asymmetry::ReferUnheard);
            !evidence.heard(node, branch, &refer, 200..=699, at)
        }
        Fate::Lost => {
            findings.asymmetries.push(Asymmetry::ReferUnheard);
            accepted.is_some()
        }
    };
    if !agree {
        findings.violations.push(Violation::Disagreement {
            sip_call_id,
            caller: format!("that its REFER ended so: {fate:?}"),
            callee: format!("{:?}", errand.map(|errand| (errand.made, errand.told))),
        });
    }
}

/// The REFER that came in a call.
fn errand_in<'a>(phone: &'a Phone, sip_call_id: &str) -> Option<&'a Errand> {
    let call = phone.calls().find(|call| call.sip_call_id == sip_call_id)?;
    let errands = phone.errands();
    errands.iter().find(|errand| errand.call == call.id)
}

/// Whether the call that was made for a REFER has reached the one who asked for it.
fn is_known(asker: &Phone, asked: &Phone, errand: &Errand) -> bool {
    let made = asked.calls().find(|call| Some(call.id) == errand.made);
    made.is_some_and(|made| {
        asker.calls().any(|call| {
            let same = call.sip_call_id == made.sip_call_id && call.role == Role::Callee;
            same && call.accepted.is_some()
        })
    })
}

/// An offer that was accepted was read as what it was.
fn judge_holds(phone: &Phone, other: &Phone, findings: &mut Findings) {
    let own = phone.requests().iter();
    for offer in own.filter(|r| r.request.is_some() && r.done.is_some_and(|(_, code)| code == 200))
    {
        let Some(call) = phone.calls().find(|call| call.id == offer.call) else {
            continue;
        };
        let theirs = other.calls().find(|c| c.sip_call_id == call.sip_call_id);
        let read = other.requests().iter().find(|read| {
            read.request.is_none()
                && read.cseq == offer.cseq
                && read.method == offer.method
                && theirs.is_some_and(|theirs| theirs.id == read.call)
        });
        if read.is_some_and(|read| read.holds != offer.holds) {
            findings.violations.push(Violation::Disagreement {
                sip_call_id: call.sip_call_id.clone(),
                caller: format!("hold {} in {}", offer.holds, offer.cseq),
                callee: format!("hold {}", !offer.holds),
            });
        }
    }
}
