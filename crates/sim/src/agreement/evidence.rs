//! The journal as a witness.

use std::ops::RangeInclusive;
use std::time::Instant;

use gannet_sip::Method;

use crate::journal::Journal;

/// How often an INVITE is sent that nothing answers: timer A until timer B (RFC 3261 17.1.1.2).
pub(super) const INVITES: usize = 7;

/// How often any other request is sent that nothing answers: timer E until timer F
/// (RFC 3261 17.1.2.2). The same number of times a 2xx is repeated without ACK (13.3.1.4).
pub(super) const REPEATS: usize = 11;

/// One datagram, read.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) from: usize,
    pub(super) to: Option<usize>,
    pub(super) sent: Instant,
    pub(super) arrivals: Vec<Instant>,
    /// The status code; `None` for a request.
    pub(super) status: Option<u16>,
    /// The method in CSeq.
    pub(super) method: Method,
    pub(super) cseq: u32,
    pub(super) branch: String,
    pub(super) sip_call_id: String,
    pub(super) from_tag: String,
    pub(super) to_tag: String,
}

impl Sheet {
    fn arrived(&self, from: Instant, until: Instant) -> bool {
        self.arrivals.iter().any(|at| (from..=until).contains(at))
    }
}

/// All datagrams of a journal, read.
#[derive(Debug)]
pub struct Evidence {
    sheets: Vec<Sheet>,
}

impl Evidence {
    /// Reads a journal. What has no CSeq, branch or Call-ID is left out.
    pub fn read(journal: &Journal) -> Self {
        let sheets = journal
            .flights()
            .iter()
            .filter_map(|flight| {
                let message = flight.message();
                let cseq = message.cseq().ok()?;
                Some(Sheet {
                    from: flight.from,
                    to: flight.to,
                    sent: flight.sent,
                    arrivals: flight.arrivals.clone(),
                    status: message.status(),
                    method: cseq.method,
                    cseq: cseq.number,
                    branch: message.via().ok()?.branch()?.to_owned(),
                    sip_call_id: message.call_id()?.to_owned(),
                    from_tag: message.from_tag().unwrap_or_default(),
                    to_tag: message.to_tag().unwrap_or_default(),
                })
            })
            .collect();
        Self { sheets }
    }

    /// All datagrams in the order of sending.
    pub(super) fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    /// The last request of a node in a call with this method (and number, if that is known): its
    /// branch.
    pub(super) fn branch(
        &self,
        from: usize,
        sip_call_id: &str,
        method: &Method,
        wanted: impl Fn(&Sheet) -> bool,
    ) -> Option<&str> {
        self.sheets
            .iter()
            .rev()
            .find(|sheet| {
                sheet.from == from
                    && sheet.status.is_none()
                    && sheet.method == *method
                    && sheet.sip_call_id == sip_call_id
                    && wanted(sheet)
            })
            .map(|sheet| sheet.branch.as_str())
    }

    /// How often a request was sent.
    pub(super) fn times_sent(&self, from: usize, branch: &str, method: &Method) -> usize {
        self.sheets
            .iter()
            .filter(|sheet| {
                sheet.from == from
                    && sheet.status.is_none()
                    && sheet.branch == branch
                    && sheet.method == *method
            })
            .count()
    }

    /// True if a response of that kind to a node's request reached it until then.
    pub(super) fn heard(
        &self,
        node: usize,
        branch: &str,
        method: &Method,
        codes: RangeInclusive<u16>,
        until: Instant,
    ) -> bool {
        self.sheets.iter().any(|sheet| {
            sheet.to == Some(node)
                && sheet.status.is_some_and(|code| codes.contains(&code))
                && sheet.branch == branch
                && sheet.method == *method
                && sheet.arrivals.iter().any(|at| *at <= until)
        })
    }

    /// True if a request with this method of a call reached a node.
    pub(super) fn reached(&self, node: usize, sip_call_id: &str, method: &Method) -> bool {
        self.sheets.iter().any(|sheet| {
            sheet.to == Some(node)
                && sheet.status.is_none()
                && sheet.method == *method
                && sheet.sip_call_id == sip_call_id
                && !sheet.arrivals.is_empty()
        })
    }

    /// For a node whose 2xx to INVITE had no ACK until it ended a call: the number of such a 2xx
    /// that was sent as often as it must be while no ACK came.
    pub(super) fn unacknowledged(
        &self,
        node: usize,
        sip_call_id: &str,
        local_tag: &str,
        until: Instant,
    ) -> bool {
        let successes = |sheet: &&Sheet| {
            sheet.from == node
                && sheet.method == Method::Invite
                && sheet.status.is_some_and(|code| (200..300).contains(&code))
                && sheet.sip_call_id == sip_call_id
                && sheet.to_tag == local_tag
        };
        let mut numbers: Vec<_> = self
            .sheets
            .iter()
            .filter(successes)
            .map(|s| s.cseq)
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().any(|number| {
            let sent: Vec<_> = self
                .sheets
                .iter()
                .filter(successes)
                .filter(|sheet| sheet.cseq == number)
                .collect();
            let acknowledged = self.sheets.iter().any(|sheet| {
                sheet.to == Some(node)
                    && sheet.status.is_none()
                    && sheet.method == Method::Ack
                    && sheet.cseq == number
                    && sheet.sip_call_id == sip_call_id
                    && sheet.to_tag == local_tag
                    && sent
                        .first()
                        .is_some_and(|first| sheet.arrived(first.sent, until))
            });
            sent.len() >= REPEATS && !acknowledged
        })
    }

    /// True if the copy of the INVITE that arrived just then was sent while its sender had heard
    /// nothing at all.
    pub(super) fn was_sent_in_the_dark(
        &self,
        caller: usize,
        callee: usize,
        sip_call_id: &str,
        arrival: Instant,
    ) -> bool {
        self.sheets.iter().any(|sheet| {
            sheet.from == caller
                && sheet.to == Some(callee)
                && sheet.status.is_none()
                && sheet.method == Method::Invite
                && sheet.sip_call_id == sip_call_id
                && sheet.arrivals.contains(&arrival)
                && !self.heard(
                    caller,
                    &sheet.branch,
                    &Method::Invite,
                    100..=699,
                    sheet.sent,
                )
        })
    }

    /// True if a later request of the same dialog arrived before this one.
    pub(super) fn was_overtaken(
        &self,
        from: usize,
        sip_call_id: &str,
        (from_tag, cseq): (&str, u32),
    ) -> bool {
        let arrivals = |wanted: &dyn Fn(u32) -> bool| {
            self.sheets
                .iter()
                .filter(|sheet| {
                    sheet.from == from
                        && sheet.status.is_none()
                        && sheet.sip_call_id == sip_call_id
                        && sheet.from_tag == from_tag
                        && wanted(sheet.cseq)
                })
                .flat_map(|sheet| sheet.arrivals.iter().copied())
                .min()
        };
        let own = arrivals(&|number| number == cseq);
        let later = arrivals(&|number| number > cseq);
        matches!((own, later), (Some(own), Some(later)) if later <= own)
    }

    /// The branch of a node's request with this tag and number.
    pub(super) fn branch_of(
        &self,
        from: usize,
        sip_call_id: &str,
        method: &Method,
        (from_tag, cseq): (&str, u32),
    ) -> Option<&str> {
        self.branch(from, sip_call_id, method, |sheet| {
            sheet.from_tag == from_tag && sheet.cseq == cseq
        })
    }
}
