//! Judging the calls of a run.

use std::collections::BTreeMap;

use gannet_sip::Method;
use gannet_ua::endpoint::{EndCause, Outcome};

use super::ends::End;
use super::evidence::{Evidence, INVITES, REPEATS};
use super::{Asymmetry, Findings, Violation};
use crate::phone::{CallRecord, Phone, Role};

/// Judges all calls between phones. `phones` are given with the numbers of their nodes.
pub fn judge_calls(evidence: &Evidence, phones: &[(usize, &Phone)]) -> Findings {
    let mut court = Court {
        evidence,
        findings: Findings::default(),
    };
    let mut files: BTreeMap<&str, File<'_>> = BTreeMap::new();
    for (node, phone) in phones {
        for record in phone.calls() {
            court.check_end(*node, record);
            let file = files.entry(&record.sip_call_id).or_default();
            match record.role {
                Role::Caller => file.caller = Some((*node, record)),
                Role::Callee => file.legs.push((*node, record)),
            }
        }
    }
    if !court.findings.violations.is_empty() {
        return court.findings;
    }
    for (sip_call_id, file) in files {
        let Some(caller) = file.caller else {
            court.disagree(sip_call_id, "nothing".to_owned(), "that it was called");
            continue;
        };
        let other = phones.iter().find(|(node, _)| *node != caller.0);
        let callee = other.map_or(caller.0, |(node, _)| *node);
        court.judge(caller, callee, &file.legs);
    }
    court.findings
}

#[derive(Default)]
struct File<'a> {
    caller: Option<(usize, &'a CallRecord)>,
    legs: Vec<(usize, &'a CallRecord)>,
}

/// The caller's story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Story {
    Refused(u16),
    Cancelled(u16),
    /// No final response came. True if nothing came at all until timer B.
    Unheard(bool),
    Crossed,
    /// The callee's BYE came, but not its 2xx.
    EndedUnanswered,
    Talked(End),
}

/// The callee's story of one leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Leg {
    Refused(u16),
    Cancelled,
    Stood(End),
}

struct Court<'a> {
    evidence: &'a Evidence,
    findings: Findings,
}

impl Court<'_> {
    fn check_end(&mut self, node: usize, record: &CallRecord) {
        let sip_call_id = record.sip_call_id.clone();
        if record.ended.is_none() {
            let violation = Violation::NotEnded { node, sip_call_id };
            self.findings.violations.push(violation);
        } else if !record.after_end.is_empty() {
            self.findings.violations.push(Violation::AfterEnd {
                node,
                sip_call_id,
                reported: record.after_end.clone(),
            });
        }
    }

    fn disagree(&mut self, sip_call_id: &str, caller: String, callee: impl Into<String>) {
        self.findings.violations.push(Violation::Disagreement {
            sip_call_id: sip_call_id.to_owned(),
            caller,
            callee: callee.into(),
        });
    }

    fn odd(&mut self, node: usize, record: &CallRecord) {
        let cause = record.ended.as_ref().map(|(_, cause)| cause);
        self.findings.violations.push(Violation::OddEnd {
            node,
            sip_call_id: record.sip_call_id.clone(),
            found: format!(
                "answered {:?}, accepted {:?}, ended by {cause:?}",
                record.answered.is_some(),
                record.accepted.is_some()
            ),
        });
    }

    fn judge(
        &mut self,
        caller: (usize, &CallRecord),
        callee: usize,
        legs: &[(usize, &CallRecord)],
    ) {
        let Some(story) = story_of(caller.1) else {
            return self.odd(caller.0, caller.1);
        };
        self.findings.outcomes.push(match story {
            Story::Refused(407) => "refused for lack of credentials",
            Story::Refused(_) => "refused",
            Story::Cancelled(487) => "cancelled",
            Story::Cancelled(_) => "cancelled while refused",
            Story::Unheard(_) => "unheard",
            Story::Crossed => "cancelled while answered",
            Story::EndedUnanswered => "ended before the answer",
            Story::Talked(End::Theirs) => "ended by the callee",
            Story::Talked(End::Ours) => "ended by the caller",
            Story::Talked(End::OursTooLate | End::OursOvertaken) => "ended by both",
            Story::Talked(End::OursUnheard | End::NoAck) => "ended unheard",
        });
        let mut told = Vec::new();
        for (node, record) in legs {
            match leg_of(record) {
                Some(leg) => told.push((*record, leg)),
                None => return self.odd(*node, record),
            }
        }
        self.check_claim_of_caller(caller, story);
        for (record, leg) in &told {
            self.check_claim_of_leg(callee, record, *leg);
        }
        self.match_legs(caller, callee, story, told);
    }

    /// Finds the leg that the caller's story is about; the others need a reason.
    fn match_legs(
        &mut self,
        caller: (usize, &CallRecord),
        callee: usize,
        story: Story,
        mut told: Vec<(&CallRecord, Leg)>,
    ) {
        let (node, record) = caller;
        let main = told.iter().rposition(|(leg_record, leg)| match story {
            Story::Talked(_) => leg_record.local_tag == record.remote_tag,
            Story::Crossed | Story::EndedUnanswered => matches!(leg, Leg::Stood(_)),
            Story::Refused(_) | Story::Cancelled(_) | Story::Unheard(_) => true,
        });
        let Some(main) = main else {
            return match story {
                Story::Unheard(_) if told.is_empty() => self.check_silence(record, callee),
                _ => self.disagree(
                    &record.sip_call_id,
                    format!("{story:?}"),
                    format!("{told:?}"),
                ),
            };
        };
        let (main_record, leg) = told.remove(main);
        if !self.agree(story, leg) {
            self.disagree(
                &record.sip_call_id,
                format!("{story:?}"),
                format!("{leg:?}"),
            );
        }
        if matches!(story, Story::Talked(_)) && main_record.remote_tag != record.local_tag {
            let tags = format!("the tag {}", record.local_tag);
            let other = format!("the tag {}", main_record.remote_tag);
            self.disagree(&record.sip_call_id, tags, other);
        }
        for (other, leg) in told {
            let challenged = other.cseq < main_record.cseq && leg == Leg::Refused(407);
            if challenged {
                continue;
            }
            let late = self.evidence.was_sent_in_the_dark(
                node,
                callee,
                &record.sip_call_id,
                main_record.began.max(other.began),
            );
            if late {
                self.findings.asymmetries.push(Asymmetry::Ghost);
            } else {
                let callee = format!("also {leg:?}");
                self.disagree(&record.sip_call_id, format!("{story:?}"), callee);
            }
        }
    }

    fn agree(&mut self, story: Story, leg: Leg) -> bool {
        match (story, leg) {
            (Story::Refused(code) | Story::Cancelled(code), Leg::Refused(given)) => code == given,
            (Story::Cancelled(code), Leg::Cancelled) => code == 487,
            (Story::Talked(end), Leg::Stood(other)) => end.agrees_with(other),
            // The caller's BYE came, or theirs came when the caller had ended the call.
            (Story::Crossed, Leg::Stood(end)) => end != End::Ours,
            (Story::Unheard(_), Leg::Refused(_) | Leg::Cancelled) => {
                self.findings.asymmetries.push(Asymmetry::RefusalUnheard);
                true
            }
            // Whoever gave up after CANCEL still acknowledges and ends what comes after all; after
            // timer B nobody is there any more.
            (Story::Unheard(all), Leg::Stood(end)) => {
                self.findings.asymmetries.push(Asymmetry::AnswerUnheard);
                end != End::Ours && !(all && end == End::Theirs)
            }
            // An early dialog was there to end. A callee that got no ACK ends the call by BYE.
            (Story::EndedUnanswered, Leg::Stood(end)) => {
                self.findings.asymmetries.push(Asymmetry::AnswerUnheard);
                end == End::NoAck
            }
            (Story::Refused(_), Leg::Cancelled | Leg::Stood(_))
            | (Story::Cancelled(_), Leg::Stood(_))
            | (
                Story::Talked(_) | Story::Crossed | Story::EndedUnanswered,
                Leg::Refused(_) | Leg::Cancelled,
            ) => false,
        }
    }

    fn check_silence(&mut self, record: &CallRecord, callee: usize) {
        let reached = self
            .evidence
            .reached(callee, &record.sip_call_id, &Method::Invite);
        if reached {
            let callee = "nothing, though INVITE arrived";
            self.disagree(&record.sip_call_id, "that it called".to_owned(), callee);
        } else {
            self.findings.asymmetries.push(Asymmetry::InviteUnheard);
        }
    }

    fn check_claim_of_caller(&mut self, (node, record): (usize, &CallRecord), story: Story) {
        let Some((ended, _)) = record.ended else {
            return;
        };
        match story {
            Story::Unheard(all) => {
                let id = &record.sip_call_id;
                let evidence = self.evidence;
                let invite = Method::Invite;
                let branch = evidence
                    .branch(node, id, &invite, |sheet| sheet.to_tag.is_empty())
                    .unwrap_or_default();
                let codes = if all { 100..=699 } else { 200..=699 };
                let sent = evidence.times_sent(node, branch, &invite);
                let found = if evidence.heard(node, branch, &invite, codes, ended) {
                    "a response arrived in time".to_owned()
                } else if all && sent != INVITES {
                    format!("INVITE was sent {sent} times")
                } else {
                    return;
                };
                self.unproven(node, record, "that no response came", found);
            }
            Story::Talked(end) => self.check_end_claim(node, record, end),
            // The callee's claim that no ACK came is what is proven.
            Story::Refused(_) | Story::Cancelled(_) | Story::Crossed | Story::EndedUnanswered => {}
        }
    }

    fn check_claim_of_leg(&mut self, node: usize, record: &CallRecord, leg: Leg) {
        if let Leg::Stood(end) = leg {
            self.check_end_claim(node, record, end);
        }
    }

    fn check_end_claim(&mut self, node: usize, record: &CallRecord, end: End) {
        let Some((ended, _)) = record.ended else {
            return;
        };
        let id = &record.sip_call_id;
        match end {
            End::OursUnheard => {
                let evidence = self.evidence;
                let bye = Method::Bye;
                let branch = evidence
                    .branch(node, id, &bye, |sheet| sheet.from_tag == record.local_tag)
                    .unwrap_or_default();
                let sent = evidence.times_sent(node, branch, &bye);
                let heard = evidence.heard(node, branch, &bye, 100..=699, ended);
                self.findings.asymmetries.push(Asymmetry::ByeUnheard);
                if heard {
                    let found = "one arrived in time".to_owned();
                    self.unproven(node, record, "that BYE had no response", found);
                } else if sent != REPEATS {
                    let found = format!("BYE was sent {sent} times");
                    self.unproven(node, record, "that BYE had no response", found);
                }
            }
            End::NoAck => {
                let proven = self
                    .evidence
                    .unacknowledged(node, id, &record.local_tag, ended);
                self.findings.asymmetries.push(Asymmetry::AckUnheard);
                if !proven {
                    let found = "an ACK arrived in time, or 2xx was not repeated".to_owned();
                    self.unproven(node, record, "that no ACK came", found);
                }
            }
            End::OursOvertaken => {
                let tag = record.local_tag.as_str();
                let overtaken = self.evidence.sheets().iter().any(|sheet| {
                    sheet.from == node
                        && sheet.status.is_none()
                        && sheet.method == Method::Bye
                        && sheet.from_tag == tag
                        && self.evidence.was_overtaken(node, id, (tag, sheet.cseq))
                });
                if !overtaken {
                    let found = "no later request arrived before it".to_owned();
                    self.unproven(node, record, "that BYE was overtaken", found);
                }
            }
            End::Theirs | End::Ours | End::OursTooLate => {}
        }
    }

    fn unproven(&mut self, node: usize, record: &CallRecord, claim: &'static str, found: String) {
        self.findings.violations.push(Violation::Unproven {
            node,
            sip_call_id: record.sip_call_id.clone(),
            claim,
            found,
        });
    }
}

fn story_of(record: &CallRecord) -> Option<Story> {
    let (_, cause) = record.ended.as_ref()?;
    match (record.answered, cause) {
        (None, EndCause::Failed(Outcome::Response(response))) => {
            response.status().map(Story::Refused)
        }
        (None, EndCause::Failed(Outcome::Timeout)) => Some(Story::Unheard(true)),
        (None, EndCause::LocalCancel(Outcome::Response(response))) => {
            response.status().map(Story::Cancelled)
        }
        (None, EndCause::LocalCancel(Outcome::Timeout)) => Some(Story::Unheard(false)),
        (None, EndCause::CancelCrossed) => Some(Story::Crossed),
        (None, EndCause::RemoteBye(_)) => Some(Story::EndedUnanswered),
        (Some(_), cause) => End::of(cause).map(Story::Talked),
        (None, _) => None,
    }
}

fn leg_of(record: &CallRecord) -> Option<Leg> {
    let (_, cause) = record.ended.as_ref()?;
    match (record.accepted, cause) {
        (None, EndCause::Rejected(code)) => Some(Leg::Refused(*code)),
        (None, EndCause::RemoteCancel(_)) => Some(Leg::Cancelled),
        (Some(_), cause) => {
            let end = End::of(cause)?;
            // Only BYE may overtake ACK.
            let fine = record.confirmed.is_some() || matches!(end, End::Theirs | End::NoAck);
            fine.then_some(Leg::Stood(end))
        }
        (None, _) => None,
    }
}
