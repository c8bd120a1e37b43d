//! A user with a phone: an endpoint, habits, and a record of what it saw.

mod act;
mod aim;
mod habits;
mod react;
mod record;
mod transfer;
mod user;

pub use aim::Deed;
pub use habits::Habits;
pub use record::{CallRecord, Registering, RequestRecord, Role};
pub use transfer::{Errand, Fate, ReferRecord};
pub use user::Phone;
