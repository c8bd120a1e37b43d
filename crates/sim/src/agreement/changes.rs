//! Judging the requests inside calls: re-INVITE and INFO.

use gannet_sip::Method;

use super::evidence::Evidence;
use super::{Asymmetry, Findings, Violation};
use crate::phone::{CallRecord, Phone, RequestRecord};

/// Judges the requests inside calls: each is done, with the code that the other user gave or one
/// that the rules of dialogs give (491 for crossing INVITEs, 500 for one too early or out of
/// order, 487 and 481 for a call that is over), or proven to have had no response.
pub fn judge_changes(evidence: &Evidence, phones: &[(usize, &Phone)]) -> Findings {
    let mut findings = Findings::default();
    for (node, phone) in phones {
        let Some((_, other)) = phones.iter().find(|(other, _)| other != node) else {
            continue;
        };
        for request in phone.requests().iter().filter(|r| r.request.is_some()) {
            let Some(call) = phone.calls().find(|call| call.id == request.call) else {
                continue;
            };
            judge(evidence, (*node, call, request), other, &mut findings);
        }
    }
    findings
}

fn judge(
    evidence: &Evidence,
    (node, call, request): (usize, &CallRecord, &RequestRecord),
    other: &Phone,
    findings: &mut Findings,
) {
    let sip_call_id = call.sip_call_id.clone();
    let Some((at, code)) = request.done else {
        let violation = Violation::NotEnded { node, sip_call_id };
        return findings.violations.push(violation);
    };
    let method = Method::new(&request.method);
    if request.timed_out {
        let key = (call.local_tag.as_str(), request.cseq);
        let branch = evidence.branch_of(node, &sip_call_id, &method, key);
        let branch = branch.unwrap_or_default();
        findings.asymmetries.push(Asymmetry::ChangeUnheard);
        if evidence.heard(node, branch, &method, 200..=699, at) {
            findings.violations.push(Violation::Unproven {
                node,
                sip_call_id,
                claim: "that a request had no response",
                found: format!("one to {method} {} arrived in time", request.cseq),
            });
        }
        return;
    }
    let by_rule = match code {
        481 | 487 => true,
        491 => method == Method::Invite,
        // Too early for another INVITE, or overtaken by a later request (RFC 3261 14.2, 12.2.2).
        500 => {
            let key = (call.local_tag.as_str(), request.cseq);
            method == Method::Invite || evidence.was_overtaken(node, &sip_call_id, key)
        }
        _ => false,
    };
    let given = other.calls().any(|their| {
        their.sip_call_id == sip_call_id
            && other.requests().iter().any(|answered| {
                answered.call == their.id
                    && answered.request.is_none()
                    && answered.method == request.method
                    && answered.cseq == request.cseq
                    && answered.done.is_some_and(|(_, given)| given == code)
            })
    });
    if !given && !by_rule {
        findings.violations.push(Violation::Disagreement {
            sip_call_id,
            caller: format!("that {method} {} got {code}", request.cseq),
            callee: "no such answer".to_owned(),
        });
    }
}
