//! Variables that outlive a call.

use super::Value;

/// Variables of the process and of its users.
#[derive(Debug, Default)]
pub(in crate::sipp) struct Stores {
    globals: Vec<Value>,
    /// By user, from 1.
    users: Vec<Vec<Value>>,
    per_user: usize,
}

impl Stores {
    /// So many, nothing stored.
    pub(in crate::sipp) fn new(globals: usize, per_user: usize) -> Self {
        Self {
            globals: vec![Value::default(); globals],
            users: Vec::new(),
            per_user,
        }
    }

    /// A variable of the process.
    #[inline]
    pub(in crate::sipp) fn global(&self, number: usize) -> &Value {
        &self.globals[number]
    }

    /// The same, to be written.
    #[inline]
    pub(in crate::sipp) fn global_mut(&mut self, number: usize) -> &mut Value {
        &mut self.globals[number]
    }

    /// A variable of a user; `None` if nothing was ever stored for the user.
    #[inline]
    pub(in crate::sipp) fn user(&self, user: usize, number: usize) -> Option<&Value> {
        self.users.get(user)?.get(number)
    }

    /// The same, to be written.
    pub(in crate::sipp) fn user_mut(&mut self, user: usize, number: usize) -> &mut Value {
        if self.users.len() <= user {
            self.users.resize_with(user + 1, Vec::new);
        }
        let own = &mut self.users[user];
        if own.is_empty() {
            own.resize_with(self.per_user, Value::default);
        }
        &mut own[number]
    }
}
