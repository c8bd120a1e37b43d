//! Messages that no call waits for.

use gannet_events::traffic::Phase;
use gannet_scenario::model::{SectionEnd, SectionId};

use super::call::{CallId, State};
use super::core::{Core, Turn};
use super::matching::{Match, begins, default_for};
use super::receiving::Incoming;
use super::{Cause, LogEntry, Place};

/// The most sections that return which interrupt each other in one call.
const RESUMES_MAX: usize = 16;

impl Core {
    /// A message of a call that waits for another one, or for none.
    pub(super) fn unexpected(
        &mut self,
        turn: &mut Turn<'_, '_>,
        id: CallId,
        incoming: &Incoming<'_>,
    ) {
        let default = default_for(turn.plan, incoming);
        if let Some((section, found)) = default
            && turn.plan.section(section.0).end == SectionEnd::Return
            && self.calls.get(id).resumes.len() < RESUMES_MAX
        {
            self.enter_returning(turn.now_ns, id, section);
            self.take(turn, id, incoming, found);
            return;
        }
        if default.is_none() && self.passes_over(turn, incoming) {
            return;
        }
        let receiving = self.calls.get(id).state == State::Receiving;
        let place = self.place_of(id);
        self.figures.unexpected_messages += 1;
        self.step_figures(place).unexpected += 1;
        self.log_unexpected(turn, Some((id, place)), incoming, receiving);
        self.stop_repeat(id);
        if let Some((section, found)) = default {
            let call = self.calls.get_mut(id);
            call.section = section.0;
            call.resumes.clear();
            self.take(turn, id, incoming, found);
        } else if self.enter_abort(turn, id) {
            self.run(turn, id);
        } else {
            self.note_failure(turn, id, place, Cause::Unexpected);
            self.fail(turn, id, place);
        }
    }

    /// A message whose call is not known. What the scenario waits for goes before what is answered or
    /// passed over beside it.
    pub(super) fn unknown(&mut self, turn: &mut Turn<'_, '_>, incoming: &Incoming<'_>) {
        let plan = turn.plan;
        let main = match self.phase {
            // The init section is played once.
            Phase::Init => plan.init.filter(|_| !self.init_begun),
            _ => Some(plan.traffic),
        };
        let found = main
            .and_then(|section| Some((section, begins(plan, section, incoming)?)))
            .or_else(|| default_for(plan, incoming));
        if let Some((section, found)) = found {
            self.begin_incoming(turn, section, incoming, found);
        } else if !self.passes_over(turn, incoming) {
            self.figures.unexpected_messages += 1;
            self.log_unexpected(turn, None, incoming, false);
        }
    }

    fn begin_incoming(
        &mut self,
        turn: &mut Turn<'_, '_>,
        section: SectionId,
        incoming: &Incoming<'_>,
        found: Match,
    ) {
        let has_room = self.figures.calls_open < self.settings.calls_max as u64;
        let is_open = matches!(self.phase, Phase::Init | Phase::Running)
            && self.wanted.is_none_or(|wanted| self.begun < wanted);
        if !is_open || !has_room {
            self.figures.failed_refused += 1;
            if !has_room && self.settings.levels.warnings {
                turn.world.log(LogEntry::NoFreeCall);
            }
            return;
        }
        let id = self.begin(turn.now_ns, section, true);
        if turn.plan.init == Some(section) {
            self.init_begun = true;
            self.calls.get_mut(id).is_init = true;
        }
        self.take(turn, id, incoming, found);
    }

    /// Messages that are answered or passed over without the scenario.
    fn passes_over(&mut self, turn: &mut Turn<'_, '_>, incoming: &Incoming<'_>) -> bool {
        if self.settings.skip_trying && incoming.name == b"100" {
            self.figures.trying_skipped += 1;
            return true;
        }
        let answers = self
            .settings
            .background_methods
            .iter()
            .any(|method| method.as_ref() == incoming.name);
        answers && self.answer(turn, incoming)
    }

    fn log_unexpected(
        &mut self,
        turn: &mut Turn<'_, '_>,
        call: Option<(CallId, Place)>,
        incoming: &Incoming<'_>,
        receiving: bool,
    ) {
        if !self.settings.levels.traffic {
            return;
        }
        let mut key = std::mem::take(&mut self.scratch.key);
        key.clear();
        if let Some((id, _)) = call {
            self.key_of(id, &mut key);
        }
        turn.world.log(LogEntry::Unexpected {
            place: call.map(|(_, place)| place),
            message: incoming.name,
            receiving,
            key: &key,
        });
        self.scratch.key = key;
    }
}
