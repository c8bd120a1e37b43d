//! Messages that no call waits for.

use gannet_events::traffic::Phase;
use gannet_scenario::model::{SectionEnd, SectionId};

use super::call::{CallId, State};
use super::core::{Core, Turn};
use super::receiving::Incoming;
use super::{Cause, LogEntry, Place};

impl Core {
    /// A message of a call that waits for another one, or for none.
    pub(super) fn unexpected(
        &mut self,
        turn: &mut Turn<'_, '_>,
        id: CallId,
        incoming: &Incoming<'_>,
    ) {
        if self.passes_over(turn, incoming) {
            return;
        }
        let (ends, returns) = self.default_for(turn, incoming);
        let call = self.calls.get(id);
        if let Some(section) = returns
            && call.resume.is_none()
        {
            self.enter_returning(turn.now_ns, id, section);
            self.take_first(turn, id, incoming);
            return;
        }
        let receiving = call.state == State::Receiving;
        let place = self.place_of(id);
        self.figures.unexpected_messages += 1;
        self.step_figures(place).unexpected += 1;
        self.log_unexpected(turn, Some((id, place)), incoming, receiving);
        self.stop_repeat(id);
        if let Some(section) = ends {
            let call = self.calls.get_mut(id);
            call.section = section.0;
            call.step = 0;
            call.resume = None;
            self.take_first(turn, id, incoming);
        } else if self.enter_abort(turn, id) {
            self.run(turn, id);
        } else {
            self.note_failure(turn, id, place, Cause::Unexpected);
            self.fail(turn, id, place);
        }
    }

    /// A message whose call is not known.
    pub(super) fn unknown(&mut self, turn: &mut Turn<'_, '_>, incoming: &Incoming<'_>) {
        let begins = |section: SectionId| {
            incoming
                .message
                .is_some_and(|message| turn.plan.begins_with(section, incoming.channel, message))
        };
        let main = match self.phase {
            Phase::Init => turn.plan.init,
            _ => Some(turn.plan.traffic),
        };
        if let Some(section) = main.filter(|section| begins(*section)) {
            self.begin_incoming(turn, section, incoming);
            return;
        }
        if self.passes_over(turn, incoming) {
            return;
        }
        let (ends, returns) = self.default_for(turn, incoming);
        if let Some(section) = ends.or(returns) {
            self.begin_incoming(turn, section, incoming);
            return;
        }
        self.figures.unexpected_messages += 1;
        self.log_unexpected(turn, None, incoming, false);
    }

    fn begin_incoming(
        &mut self,
        turn: &mut Turn<'_, '_>,
        section: SectionId,
        incoming: &Incoming<'_>,
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
        self.take_first(turn, id, incoming);
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

    /// The first default section that begins with the message: one that ends the call, and one that gives
    /// it back.
    fn default_for(
        &self,
        turn: &Turn<'_, '_>,
        incoming: &Incoming<'_>,
    ) -> (Option<SectionId>, Option<SectionId>) {
        let Some(message) = incoming.message else {
            return (None, None);
        };
        let found = turn
            .plan
            .defaults
            .iter()
            .copied()
            .find(|section| turn.plan.begins_with(*section, incoming.channel, message));
        match found {
            Some(id) if turn.plan.section(id.0).end == SectionEnd::Return => (None, Some(id)),
            other => (other, None),
        }
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
