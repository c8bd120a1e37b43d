//! What surrounds a call.

use fastrand::Rng;
use gannet_scenario::sipp::injection::InjectionFile;
use gannet_scenario::sipp::model::{Scenario, Scope, VariableId};

use super::Common;
use crate::shard::PortKey;
use crate::sipp::state::CallState;
use crate::sipp::values::Value;
use crate::sipp::{LogEntry, Settings, World};

/// What surrounds a call while its texts are rendered and its actions run.
pub(in crate::sipp) struct Env<'e> {
    /// The scenario, its texts baked.
    pub(in crate::sipp) scenario: &'e Scenario,
    /// The settings of the run.
    pub(in crate::sipp) settings: &'e Settings,
    /// What calls share.
    pub(in crate::sipp) common: &'e mut Common,
    /// Injection files, by `FileId`.
    pub(in crate::sipp) files: &'e mut [InjectionFile],
    /// Everything random.
    pub(in crate::sipp) rng: &'e mut Rng,
    /// All that is outside.
    pub(in crate::sipp) world: &'e mut dyn World,
    /// Nanoseconds since the run began.
    pub(in crate::sipp) now_ns: u64,
}

/// Where in its scenario a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sipp) struct At {
    /// Number of the call among those that are open, by which the world knows its media.
    pub(in crate::sipp) call: u32,
    /// Index of the step, for `[msg_index]`, `[branch]` and `index`; that of the cursor for actions.
    pub(in crate::sipp) step: usize,
    /// Whether an action asks: then `[branch]` is that of the step before the cursor, which has sent
    /// the last request as a rule, and `[msg_index]` is -2, as in SIPp.
    pub(in crate::sipp) acts: bool,
    /// The call's socket; `None`: the first of the run.
    pub(in crate::sipp) port: Option<PortKey>,
}

impl Env<'_> {
    /// A variable of the call, its user or the process; `None` if nothing was ever stored.
    #[inline]
    pub(in crate::sipp) fn variable<'v>(
        &'v self,
        state: &'v CallState,
        id: VariableId,
    ) -> Option<&'v Value> {
        let variable = &self.scenario.variables[id.index()];
        let number = usize::from(variable.number);
        match variable.scope {
            Scope::Call => state.variable(number),
            Scope::Global => Some(self.common.stores.global(number)),
            Scope::User => match state.user() {
                Some(user) => self.common.stores.user(user.get() as usize, number),
                None => state.variable(self.common.user_variables_at + number),
            },
        }
    }

    /// The same, to be written.
    #[inline]
    pub(in crate::sipp) fn variable_mut<'v>(
        &'v mut self,
        state: &'v mut CallState,
        id: VariableId,
    ) -> &'v mut Value {
        let variable = &self.scenario.variables[id.index()];
        let number = usize::from(variable.number);
        match variable.scope {
            Scope::Call => state.variable_mut(number, self.common.call_variables),
            Scope::Global => self.common.stores.global_mut(number),
            Scope::User => {
                if let Some(user) = state.user() {
                    return self.common.stores.user_mut(user.get() as usize, number);
                }
                // Without -users each call begins with none stored, as in SIPp.
                let number = self.common.user_variables_at + number;
                state.variable_mut(number, self.common.call_variables)
            }
        }
    }

    /// Whether `test` and `condexec` take a variable for set.
    pub(in crate::sipp) fn is_set(&self, state: &CallState, id: VariableId) -> bool {
        self.variable(state, id).is_some_and(Value::is_set)
    }

    /// A variable as a number: 0 if it is none.
    pub(in crate::sipp) fn number(&self, state: &CallState, id: VariableId) -> f64 {
        self.variable(state, id).map_or(0.0, Value::number)
    }

    /// Something is odd, in words.
    pub(in crate::sipp) fn warn(&mut self, text: impl FnOnce() -> String) {
        self.common.warnings += 1;
        if self.settings.levels.errors {
            self.world.log(LogEntry::Warning(&text()));
        }
    }
}
