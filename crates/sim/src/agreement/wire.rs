//! Rules for what is on the wire, whatever the outcome.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use gannet_sip::Method;
use gannet_ua::endpoint::EndCause;

use super::evidence::{Evidence, Sheet};
use super::{Findings, Violation};
use crate::phone::{CallRecord, Phone, Role};

/// When a 2xx is repeated after it was sent first, in milliseconds (RFC 3261 13.3.1.4).
const SUCCESS_MS: [u64; 11] = [
    0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500,
];

/// 64*T1.
const GIVE_UP: Duration = Duration::from_secs(32);

/// Judges everything that was sent, once nothing more will be.
pub fn judge_wire(evidence: &Evidence, phones: &[(usize, &Phone)]) -> Findings {
    let mut files: BTreeMap<&str, Vec<&Sheet>> = BTreeMap::new();
    for sheet in evidence.sheets() {
        files.entry(&sheet.sip_call_id).or_default().push(sheet);
    }
    let mut judge = Judge {
        findings: Findings::default(),
    };
    for sheets in files.values() {
        judge.numbers_grow(sheets);
        judge.requests_are_answered(sheets);
        judge.cancel_has_permission(sheets);
        judge.success_is_repeated_until_ack(sheets);
        judge.success_is_acknowledged(sheets);
        judge.crossing_invites_are_refused(sheets);
    }
    for (node, phone) in phones {
        for record in phone.calls() {
            if let Some(sheets) = files.get(record.sip_call_id.as_str()) {
                judge.bye_waits_for_ack(*node, record, sheets);
                judge.giving_up_is_final(*node, record, sheets);
            }
        }
    }
    judge.findings
}

struct Judge {
    findings: Findings,
}

impl Judge {
    fn broken(&mut self, sheet: &Sheet, rule: &'static str, found: String) {
        self.findings.violations.push(Violation::Rule {
            node: sheet.from,
            sip_call_id: sheet.sip_call_id.clone(),
            rule,
            found,
        });
    }

    /// CSeq numbers of one sender's requests grow (RFC 3261 8.1.1.5, 12.2.1.1).
    fn numbers_grow(&mut self, sheets: &[&Sheet]) {
        let mut last: BTreeMap<(usize, &str), u32> = BTreeMap::new();
        for sheet in first_sends(sheets) {
            if matches!(sheet.method, Method::Ack | Method::Cancel) {
                continue;
            }
            let before = last.insert((sheet.from, &sheet.from_tag), sheet.cseq);
            if before.is_some_and(|before| before >= sheet.cseq) {
                let found = format!("{} {} after {before:?}", sheet.cseq, sheet.method);
                self.broken(sheet, "CSeq numbers grow", found);
            }
        }
    }

    /// A request that arrives gets a final response (RFC 3261 8.2.6, 15.1.2).
    fn requests_are_answered(&mut self, sheets: &[&Sheet]) {
        for sheet in sheets {
            let Some(receiver) = sheet.to.filter(|_| is_request(sheet)) else {
                continue;
            };
            if sheet.method == Method::Ack || sheet.arrivals.is_empty() {
                continue;
            }
            let answered = sheets.iter().any(|answer| {
                answer.from == receiver
                    && answer.status.is_some_and(|code| code >= 200)
                    && same_transaction(answer, sheet)
            });
            if !answered {
                let found = format!("{} {} arrived", sheet.cseq, sheet.method);
                self.broken(sheet, "a request gets a final response", found);
            }
        }
    }

    /// CANCEL waits for a provisional response to the very INVITE (RFC 3261 9.1).
    fn cancel_has_permission(&mut self, sheets: &[&Sheet]) {
        for cancel in first_sends(sheets) {
            if cancel.method != Method::Cancel {
                continue;
            }
            let permitted = sheets.iter().any(|sheet| {
                sheet.to == Some(cancel.from)
                    && sheet.status.is_some()
                    && sheet.method == Method::Invite
                    && sheet.branch == cancel.branch
                    && arrived_by(sheet, cancel.sent)
            });
            if !permitted {
                let found = "none had come".to_owned();
                self.broken(cancel, "CANCEL waits for a provisional response", found);
            }
        }
    }

    /// A 2xx to INVITE is sent at T1, 2*T1 and so on until its ACK comes (RFC 3261 13.3.1.4).
    fn success_is_repeated_until_ack(&mut self, sheets: &[&Sheet]) {
        let mut done: Vec<&str> = Vec::new();
        for first in sheets.iter().filter(|sheet| is_invite_success(sheet)) {
            if done.contains(&first.branch.as_str()) {
                continue;
            }
            done.push(&first.branch);
            let acknowledged = sheets
                .iter()
                .filter(|ack| is_ack_for(ack, first) && ack.to == Some(first.from))
                .flat_map(|ack| ack.arrivals.iter().copied())
                .filter(|at| *at >= first.sent)
                .min();
            let is_before = |at: Instant| acknowledged.is_none_or(|ack| at < ack);
            let expected = SUCCESS_MS
                .iter()
                .filter(|ms| is_before(first.sent + Duration::from_millis(**ms)))
                .count();
            let sent = sheets
                .iter()
                .filter(|sheet| {
                    is_invite_success(sheet)
                        && sheet.branch == first.branch
                        && is_before(sheet.sent)
                })
                .count();
            if sent != expected {
                let found = format!("sent {sent} times before the ACK, expected {expected}");
                self.broken(first, "a 2xx is repeated until its ACK", found);
            }
        }
    }

    /// Each 2xx that comes again brings the ACK again (RFC 3261 13.2.2.4), as long as the INVITE's
    /// transaction lives.
    fn success_is_acknowledged(&mut self, sheets: &[&Sheet]) {
        for success in sheets.iter().filter(|sheet| is_invite_success(sheet)) {
            let Some(caller) = success.to else { continue };
            let acks = || {
                sheets
                    .iter()
                    .filter(|ack| is_ack_for(ack, success) && ack.from == caller)
            };
            let Some(first_ack) = acks().map(|ack| ack.sent).min() else {
                continue;
            };
            let first_heard = sheets
                .iter()
                .filter(|sheet| is_invite_success(sheet) && sheet.branch == success.branch)
                .flat_map(|sheet| sheet.arrivals.iter().copied())
                .min();
            let end = first_heard.map_or(first_ack, |at| at + GIVE_UP);
            for at in &success.arrivals {
                let wanted = *at > first_ack && *at < end;
                if wanted && !acks().any(|ack| ack.sent == *at) {
                    let found = "one was not acknowledged".to_owned();
                    self.broken(success, "each 2xx brings an ACK", found);
                }
            }
        }
    }

    /// An INVITE inside a dialog that meets one of the other side is refused (RFC 3261 14.2).
    fn crossing_invites_are_refused(&mut self, sheets: &[&Sheet]) {
        let inside = |sheet: &&&Sheet| {
            is_request(sheet) && sheet.method == Method::Invite && !sheet.to_tag.is_empty()
        };
        for theirs in sheets.iter().filter(inside) {
            let (Some(node), Some(met)) = (theirs.to, theirs.arrivals.iter().min()) else {
                continue;
            };
            let first_arrival = sheets
                .iter()
                .filter(|sheet| is_request(sheet) && same_transaction(sheet, theirs))
                .flat_map(|sheet| sheet.arrivals.iter())
                .min();
            if first_arrival != Some(met) {
                continue;
            }
            let crosses = sheets.iter().filter(inside).any(|ours| {
                let heard = sheets.iter().any(|answer| {
                    answer.to == Some(node)
                        && answer.status.is_some_and(|code| code >= 200)
                        && same_transaction(answer, ours)
                        && arrived_by(answer, *met)
                });
                ours.from == node && ours.sent < *met && !heard
            });
            let accepted = sheets.iter().any(|answer| {
                answer.from == node
                    && same_transaction(answer, theirs)
                    && answer
                        .status
                        .is_some_and(|code| code >= 200 && ![481, 487, 491, 500].contains(&code))
            });
            if crosses && accepted {
                let found = format!("{} was answered", theirs.cseq);
                self.broken(theirs, "an INVITE that crosses one gets 491", found);
            }
        }
    }

    /// A callee sends no BYE before the ACK came or 64*T1 are over (RFC 3261 15).
    fn bye_waits_for_ack(&mut self, node: usize, record: &CallRecord, sheets: &[&Sheet]) {
        let (Role::Callee, Some(accepted)) = (record.role, record.accepted) else {
            return;
        };
        let bye = sheets.iter().find(|sheet| {
            is_request(sheet)
                && sheet.method == Method::Bye
                && sheet.from == node
                && sheet.from_tag == record.local_tag
        });
        let Some(bye) = bye else { return };
        let acknowledged = sheets.iter().any(|ack| {
            is_request(ack)
                && ack.method == Method::Ack
                && ack.to == Some(node)
                && ack.to_tag == record.local_tag
                && arrived_by(ack, bye.sent)
        });
        if !acknowledged && bye.sent < accepted + GIVE_UP {
            let found = "none had come".to_owned();
            self.broken(bye, "BYE of a callee waits for ACK", found);
        }
    }

    /// After its user gave up, a caller starts no INVITE, and a 2xx that crossed is ended by BYE
    /// (RFC 3261 9.1, 15).
    fn giving_up_is_final(&mut self, node: usize, record: &CallRecord, sheets: &[&Sheet]) {
        let (Role::Caller, None, Some(gave_up)) = (record.role, record.answered, record.hung_up)
        else {
            return;
        };
        let ended_by = |wanted: fn(&EndCause) -> bool| {
            record
                .ended
                .as_ref()
                .is_some_and(|(_, cause)| wanted(cause))
        };
        for invite in first_sends(sheets) {
            let starts = invite.method == Method::Invite && invite.to_tag.is_empty();
            if starts && invite.from == node && invite.sent > gave_up {
                let found = format!("{} INVITE", invite.cseq);
                self.broken(invite, "no INVITE after giving up", found);
            }
        }
        if ended_by(|cause| matches!(cause, EndCause::CancelCrossed)) {
            let bye = sheets.iter().any(|sheet| {
                is_request(sheet) && sheet.method == Method::Bye && sheet.from == node
            });
            if !bye && let Some(sheet) = sheets.first() {
                let found = "none was sent".to_owned();
                self.broken(
                    sheet,
                    "an answer that crosses CANCEL is ended by BYE",
                    found,
                );
            }
        }
    }
}

const fn is_request(sheet: &Sheet) -> bool {
    sheet.status.is_none()
}

fn is_invite_success(sheet: &Sheet) -> bool {
    sheet.method == Method::Invite && sheet.status.is_some_and(|code| (200..300).contains(&code))
}

fn is_ack_for(ack: &Sheet, success: &Sheet) -> bool {
    is_request(ack)
        && ack.method == Method::Ack
        && ack.cseq == success.cseq
        && ack.to_tag == success.to_tag
        && ack.from_tag == success.from_tag
}

fn same_transaction(one: &Sheet, other: &Sheet) -> bool {
    one.branch == other.branch && one.method == other.method
}

fn arrived_by(sheet: &Sheet, end: Instant) -> bool {
    sheet.arrivals.iter().any(|at| *at <= end)
}

/// The requests, without their repetitions.
fn first_sends<'a>(sheets: &[&'a Sheet]) -> Vec<&'a Sheet> {
    let mut first: Vec<&Sheet> = Vec::new();
    for sheet in sheets.iter().filter(|sheet| is_request(sheet)) {
        let known = first.iter().any(|known| same_transaction(known, sheet));
        if !known {
            first.push(sheet);
        }
    }
    first
}
