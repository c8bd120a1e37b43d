//! Who answers.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use gannet_events::traffic::{Figures, Layout, Period, Phase, Snapshot};

use super::counters::counters;
use super::query::{Query, Table};
use super::request::Request;
use super::response::{BODY, Outcome, response};
use super::structure::{structure, view};
use super::table::data;
use crate::Order;

/// What is said to a request, and what is to be done.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The response.
    pub bytes: Vec<u8>,
    /// What was ordered.
    pub order: Option<Order>,
}

/// Answers requests; keeps since when the periodic figures count.
#[derive(Debug, Clone)]
pub struct Desk {
    layout: Arc<Layout>,
    since: Option<Arc<Snapshot>>,
}

impl Desk {
    /// The desk of a run whose periodic figures count from its start.
    pub fn new(layout: Arc<Layout>) -> Self {
        Self {
            layout,
            since: None,
        }
    }

    /// The answer while the run is as in `now`; nothing before its first snapshot.
    pub fn answer(&mut self, request: &Request, now: Option<Arc<Snapshot>>) -> Answer {
        match Query::of(request) {
            Some(Query::Order(order)) => Answer {
                bytes: response(Outcome::Ok, BODY),
                order: Some(order),
            },
            Some(query) => {
                let now = now.unwrap_or_else(|| Arc::new(nothing_yet(&self.layout)));
                match self.figures(query, &now) {
                    Some(body) => Answer {
                        bytes: response(Outcome::Ok, &body),
                        order: None,
                    },
                    None => Self::refusal(),
                }
            }
            None => Self::refusal(),
        }
    }

    /// The answer to what cannot be answered.
    pub fn refusal() -> Answer {
        Answer {
            bytes: response(Outcome::BadRequest, BODY),
            order: None,
        }
    }

    fn figures(&mut self, query: Query, now: &Arc<Snapshot>) -> Option<String> {
        let recent = || Period::between(self.since.as_deref(), now);
        match query {
            Query::Order(_) => None,
            Query::Counters => Some(counters(&recent(), now)),
            Query::View => Some(view(&self.layout)),
            Query::Structure(table) => structure(&self.layout, table),
            Query::Data(table) => {
                let text = data(&self.layout, table, &recent(), now)?;
                if matches!(table, Table::Traffic | Table::Timer) {
                    self.since = Some(Arc::clone(now));
                }
                Some(text)
            }
        }
    }
}

fn nothing_yet(layout: &Layout) -> Snapshot {
    Snapshot {
        started: SystemTime::UNIX_EPOCH,
        elapsed: Duration::ZERO,
        reset: Duration::ZERO,
        at_reset: None,
        figures: Figures::new(layout),
        call_rate: 0.0,
        call_rate_scale: 1.0,
        phase: Phase::Init,
    }
}
